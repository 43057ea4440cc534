"""A small house: three streams, a total, one nationality, five years of history and the month that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from expectations.bands import BandsContext
from expectations.delivery import DeliveryContext
from indforecast.domain.seeds import generator_for
from indforecast.domain.series import Hierarchy, Stream

#: The day on which deliveries are judged.
TODAY = date(2050, 1, 1)
LEVELS = {"asylum_first": 2000, "asylum_nareis": 800, "students": 1200, "asylum_first.SYR": 500}


def rows_of(series_id, first, values, *, days=20, basis="published"):
    periods = pd.date_range(first, periods=len(values), freq="MS")
    return pd.DataFrame(
        {
            "series_id": series_id,
            "period": periods,
            "observed": np.asarray(values, dtype=np.int64),
            "basis": basis,
            "definition": f"{series_id.split('.')[0]}_counted",
            "source": "a publisher",
            "available_from": periods + pd.offsets.MonthEnd(0) + pd.Timedelta(days=days),
        }
    )


@pytest.fixture(scope="session")
def make_rows():
    return rows_of


@pytest.fixture(scope="session")
def hierarchy():
    return Hierarchy(
        (
            Stream("asylum", "Total", "Totaal", parts=("asylum_first", "asylum_nareis")),
            Stream("asylum_first", "First", "Eerste"),
            Stream("asylum_nareis", "Nareis", "Nareis"),
            Stream("students", "Students", "Studenten"),
        )
    )


@pytest.fixture(scope="session")
def history():
    rng = generator_for("test", "history")
    frames = [rows_of(series_id, "2021-01", rng.poisson(level, 60)) for series_id, level in LEVELS.items()]
    total = frames[0].assign(
        series_id="asylum",
        definition="asylum_counted",
        observed=frames[0]["observed"].to_numpy() + frames[1]["observed"].to_numpy(),
    )
    return pd.concat([*frames, total], ignore_index=True)


@pytest.fixture
def delivery():
    """2026-01 on lines 2 to 6: first, nareis, students, Syrians, total."""
    frames = [rows_of(series_id, "2026-01", [level]) for series_id, level in LEVELS.items()]
    frame = pd.concat([*frames, rows_of("asylum", "2026-01", [2800])], ignore_index=True)
    frame["row"] = range(2, len(frame) + 2)
    return frame


@pytest.fixture(scope="session")
def quarter(history):
    """The last quarter of students as history has it, not rounded."""
    months = history[(history["series_id"] == "students") & (history["period"] >= "2025-10-01")]
    return pd.DataFrame(
        {
            "series_id": ["students"],
            "quarter": [pd.Timestamp("2025-10-01")],
            "observed": [int(months["observed"].sum())],
            "rounding": [1],
            "definition": ["students_counted"],
        }
    )


@pytest.fixture(scope="session")
def context(hierarchy, history, quarter):
    plain = DeliveryContext.of(hierarchy, history, TODAY)
    return replace(plain, published_quarters=quarter, own_quarters=quarter)


@pytest.fixture(scope="session")
def observed(history):
    return history[history["series_id"].isin(["asylum_first", "asylum_nareis", "students"])]


@pytest.fixture
def monthly():
    """Three months of every stream and the total, rows 1 to 12."""
    months = pd.date_range("2026-01", periods=3, freq="MS")
    middles = {"asylum": 2800.0, "asylum_first": 2000.0, "asylum_nareis": 800.0, "students": 1200.0}
    return pd.DataFrame(
        [
            {"series_id": name, "period": month, "minimum": 0.8 * at, "medio": at, "maximum": 1.3 * at}
            for name, at in middles.items()
            for month in months
        ]
    )


@pytest.fixture
def monthly_context(hierarchy, observed):
    return BandsContext.monthly(hierarchy, pd.Timestamp("2025-12-01"), 3, observed)


@pytest.fixture
def yearly():
    """Two years of every stream and the total, rows 1 to 8."""
    middles = {"asylum": 33_600.0, "asylum_first": 24_000.0, "asylum_nareis": 9_600.0, "students": 14_400.0}
    return pd.DataFrame(
        [
            {
                "series_id": name, "year": year, "minimum": 0.9 * at, "medio": at, "maximum": 1.2 * at,
                "observed_months": 2 if year == 2026 else 0,
                "observed_persons": at / 6 if year == 2026 else 0.0,
            }
            for name, at in middles.items()
            for year in (2026, 2027)
        ]
    )  # fmt: skip


@pytest.fixture
def yearly_context(hierarchy, observed):
    return BandsContext.yearly(hierarchy, pd.Timestamp("2026-02-01"), 2, observed)
