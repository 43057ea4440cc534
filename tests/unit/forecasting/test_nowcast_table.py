from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.forecasting.nowcast_table import NOWCAST_COLUMNS, SHOWN_MONTHS, nowcast_table
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle


@pytest.fixture(scope="module")
def revisions() -> pd.DataFrame:
    return Triangle(reference_frame().assign(delivery_id="x", publisher="p")).revisions()


def table(revisions: pd.DataFrame, day: date, **more) -> pd.DataFrame:
    settings = load_settings()
    return nowcast_table(revisions, day, settings.hierarchy.base_ids, settings=settings.forecast.nowcast, **more)


def test_the_newest_months_of_what_is_not_simulated_newest_first(revisions) -> None:
    found = table(revisions, date(2022, 11, 30))
    assert tuple(found.columns) == NOWCAST_COLUMNS
    assert found["series_id"].unique().tolist() == ["asylum_first", "asylum_repeat", "asylum_nareis"]
    assert (found.groupby("series_id").size() == SHOWN_MONTHS).all()
    first = found[found["series_id"] == "asylum_first"]
    assert first["period"].is_monotonic_decreasing
    assert first["age_months"].tolist() == list(range(SHOWN_MONTHS))


def test_figures_stay_as_published_beside_their_nowcast(revisions) -> None:
    found = table(revisions, date(2022, 11, 30)).set_index(["series_id", "period"])
    row = found.loc[("asylum_first", pd.Timestamp("2022-10-01"))]
    assert (row["kind"], row["first_observed"], row["observed"]) == ("publisher", 3912, 3912)
    assert row["lower"] < 3912 < row["upper"]
    assert row["past_cases"] >= 8
    known = Triangle(reference_frame().assign(delivery_id="x", publisher="p")).as_of(date(2022, 11, 30))
    history = known.observations.set_index(["series_id", "period"])["observed"]
    assert (found["observed"] == history.loc[found.index]).all()
    assert (found["lower"] <= found["median"]).all()
    assert (found["median"] <= found["upper"]).all()


def test_it_says_which_months_reach_the_models(revisions) -> None:
    found = table(revisions, date(2026, 1, 30))
    fed = found[found["in_forecast"]]
    assert fed["series_id"].unique().tolist() == ["asylum_repeat"]
    assert fed["age_months"].tolist() == [0, 1, 2]
    earlier = table(revisions, date(2026, 1, 30), origin=np.datetime64("2025-11", "M"))
    assert earlier[earlier["in_forecast"]]["period"].max() == pd.Timestamp("2025-11-01")


def test_nothing_to_show_is_an_empty_table(revisions) -> None:
    settings = load_settings().forecast.nowcast
    found = nowcast_table(revisions, date(2026, 1, 30), ["students"], settings=settings)
    assert found.empty
    assert tuple(found.columns) == NOWCAST_COLUMNS
