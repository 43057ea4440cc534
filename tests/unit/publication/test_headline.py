from __future__ import annotations

import pandas as pd
import pytest

from indforecast.publication.headline import headline, headline_figures, headline_year
from tests.unit.publication.conftest import Published
from tests.unit.publication.factory import release_inputs


@pytest.mark.parametrize(
    ("origin", "year"),
    [("2025-12", 2026), ("2026-01", 2026), ("2026-06", 2026), ("2026-07", 2027), ("2025-11", 2026)],
)
def test_the_year_has_at_least_six_months_to_come(origin: str, year: int) -> None:
    assert headline_year(pd.Timestamp(origin)) == year


def test_three_figures_from_the_published_tables(published: Published) -> None:
    figures = headline(published.first)
    assert [figure.key for figure in figures] == ["inflow", "staff", "budget"]
    bands = published.first.table("yearly_bands")
    row = bands[(bands["series_id"] == "asylum") & (bands["year"] == 2026)].iloc[0]
    inflow = figures[0]
    assert (inflow.minimum, inflow.medio, inflow.maximum) == (row["minimum"], row["medio"], row["maximum"])
    assert inflow.unit == "persons"
    assert all(figure.minimum <= figure.medio <= figure.maximum for figure in figures)
    assert all(figure.year == 2026 and "2026" in figure.text["nl"] for figure in figures)
    assert inflow.text["en"].startswith("Total asylum inflow 2026: ")
    assert f"{row['medio']:,.0f}" in inflow.text["en"]
    assert f"{row['medio']:,.0f}".replace(",", ".") in inflow.text["nl"]
    assert inflow.to_dict()["label"] == {"nl": "Totale asielinstroom 2026", "en": "Total asylum inflow 2026"}


def test_money_of_part_of_a_year_is_no_figure() -> None:
    tables = release_inputs().tables
    plan = tables["plan_yearly"].copy()
    plan.loc[plan["year"] == 2026, "months"] = 11
    keys = [figure.key for figure in headline_figures({**tables, "plan_yearly": plan}, 2026)]
    assert keys == ["inflow", "staff", "beds"]


def test_a_year_beyond_the_tables_has_no_figures() -> None:
    assert headline_figures(release_inputs().tables, 2050) == ()
