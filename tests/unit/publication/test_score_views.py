from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from indforecast.publication.context import ReportContext
from indforecast.publication.drawing import svg
from indforecast.publication.language import Language
from indforecast.publication.score_views import histogram_spec, score_block
from tests.unit.publication.factory import settings

SHARES = np.array([0.3, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.2])


def _tables(simulated: str = "students") -> dict[str, pd.DataFrame]:
    names = [stream.series_id for stream in settings().hierarchy.streams]
    pit = [
        (name, model, band, number + 1, share, name == simulated)
        for name in names
        for model, shares in (("ensemble", SHARES), ("ets", SHARES[::-1]))
        for band in ("1-3", "all")
        for number, share in enumerate(shares)
    ]
    skill = [
        (name, "ensemble", "random_walk", band, *figures, name == simulated)
        for name in names
        for band, figures in (("1-3", (0.25, 0.1, 0.4, np.nan)), ("all", (-0.05, np.nan, np.nan, 17.0)))
    ]
    return {
        "pit": pd.DataFrame(pit, columns=["series_id", "model", "horizon_band", "bin", "share", "simulated"]),
        "skill": pd.DataFrame(
            skill,
            columns=[
                "series_id", "model", "against", "horizon_band", "skill", "skill_lower", "skill_upper",
                "useful_horizon_months", "simulated",
            ],
        ),
    }  # fmt: skip


def _context(tables: dict[str, pd.DataFrame], code: str = "en") -> ReportContext:
    inputs = SimpleNamespace(tables=tables, hierarchy=settings().hierarchy)
    return ReportContext(SimpleNamespace(inputs=inputs, specs={}), Language(code))  # type: ignore[arg-type]


def test_every_validated_stream_has_a_histogram_and_a_row() -> None:
    block = score_block(_context(_tables()))
    assert block is not None
    streams = settings().hierarchy.streams
    assert len(block.charts) == len(streams) - 1
    assert all("Lowest piece 30%, highest piece 20%; 10% intended" in chart.alt for chart in block.charts)
    rows = {row[0]: row[1:] for row in block.tables[0].rows}
    assert len(rows) == len(streams)
    shown = [row for row in rows.values() if row[0] != "–"]
    assert len(shown) == len(streams) - 1
    for row in shown:
        assert row[0] == "17"
        assert row[1] == "25% (10% to 40%)"
        assert row[2].replace("−", "-") == "-5%"
    (untested,) = (row for row in rows.values() if row[0] == "–")
    assert set(untested) == {"–"}


@pytest.mark.parametrize("missing", ["pit", "skill"])
def test_a_release_without_the_tables_has_no_such_block(missing: str) -> None:
    tables = {name: table for name, table in _tables().items() if name != missing}
    assert score_block(_context(tables)) is None


def test_nothing_scored_is_no_block() -> None:
    assert score_block(_context({name: table.iloc[:0] for name, table in _tables().items()})) is None


def test_bars_are_the_shares_and_the_line_is_what_is_intended() -> None:
    spec = histogram_spec(pd.DataFrame({"bin": range(1, 11), "share": SHARES}))
    bars, line = spec["datasets"].values()
    assert [row["low"] for row in bars] == pytest.approx(SHARES)
    assert line == [{"low": pytest.approx(0.1)}]
    first, again = svg(spec, Language("nl")), svg(spec, Language("nl"))
    assert first == again
    assert first.startswith("<svg")
