"""What had been published by a day."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from indforecast.domain.observations import Basis
from indforecast.reference import figures
from indforecast.reference.figures import MonthFigure
from indforecast.reference.known import CALENDAR, position, published_on, rest_of_total, totals_on


def place(text: str) -> int:
    return position(pd.Timestamp(f"{text}-01"))


def test_position_is_the_place_in_the_calendar():
    assert [position(period) for period in CALENDAR] == list(range(156))


@pytest.mark.parametrize(
    ("day", "persons"), [(date(2022, 12, 19), None), (date(2022, 12, 20), 3981), (date(2023, 1, 20), 4072)]
)
def test_a_figure_exists_from_its_day_and_a_restatement_replaces_it(day, persons):
    row = published_on(day)["asylum_first"].get(place("2022-11"))
    assert (row and row.observed) == persons


def test_a_weaker_source_never_replaces_a_stronger_one_that_came_earlier(monkeypatch):
    strong = MonthFigure("asylum_first", CALENDAR[0], 100, "restated", date(2013, 3, 20), 3)
    weak = MonthFigure("asylum_first", CALENDAR[0], 110, "rounded", date(2014, 2, 20), 1)
    monkeypatch.setattr(figures, "month_figures", lambda: (strong, weak))
    assert published_on(date(2015, 1, 1))["asylum_first"][0].observed == 100
    monkeypatch.setattr(figures, "month_figures", lambda: (weak, strong))
    assert published_on(date(2015, 1, 1))["asylum_first"][0].observed == 100


def test_repeat_is_the_rest_where_the_other_three_are_published():
    months = published_on(date(2026, 1, 30))
    row = months["asylum_repeat"][place("2018-01")]
    assert (row.observed, row.basis) == (2400 - 1517 - 695, Basis.DERIVED)
    assert months["asylum_repeat"][place("2018-06")].basis is Basis.PUBLISHED
    derived = [at for at, row in months["asylum_repeat"].items() if row.basis is Basis.DERIVED]
    assert derived == [place("2018-01"), place("2018-05")]


def test_nareis_and_repeat_together_are_known_where_total_and_first_alone_are():
    months = published_on(date(2026, 1, 30))
    rest = rest_of_total(months, len(CALENDAR))
    assert {f"{CALENDAR[at]:%Y-%m}": persons for at, persons in rest.items()} == {
        "2017-01": 2687 - 1239,
        "2021-09": 5085 - 3950,
        "2022-08": 4897 - 3717,
        "2022-09": 5373 - 4319,
        "2022-10": 4756 - 3965,
    }
    assert rest_of_total(months, place("2022-09")).keys() == {place(m) for m in ("2017-01", "2021-09", "2022-08")}


def test_totals_exist_from_their_day():
    labels = {total.label for total in totals_on(date(2024, 7, 29))}
    assert "CBS quarter 2024-Q1" in labels
    assert "CBS quarter 2024-Q2" not in labels
    assert "CBS quarter 2024-Q2" in {total.label for total in totals_on(date(2024, 7, 30))}
