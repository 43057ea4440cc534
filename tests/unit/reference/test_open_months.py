"""What totals leave to the months that are not published."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.observations import Basis
from indforecast.reference.figures import TotalFigure
from indforecast.reference.known import CALENDAR, Row
from indforecast.reference.open_months import OpenMonths, blocks_of, seven_nationalities, solve


def total(first: str, count: int, persons: int, series_id: str = "asylum_first") -> TotalFigure:
    periods = tuple(pd.date_range(first, periods=count, freq="MS"))
    return TotalFigure(series_id, periods, persons, f"total {first}", date(2014, 1, 30))


def published(values: dict[int, int], series_id: str = "asylum_first") -> dict[int, Row]:
    return {at: Row(series_id, CALENDAR[at], persons, Basis.PUBLISHED, "x") for at, persons in values.items()}


def as_pairs(blocks):
    return [(block.places, block.remaining) for block in blocks]


def test_a_quarter_leaves_its_rest_to_its_open_months():
    assert as_pairs(blocks_of([total("2013-01-01", 3, 100)], published({1: 30}))) == [((0, 2), 70)]


def test_a_year_bounds_only_months_outside_its_quarters():
    quarter, year = total("2013-01-01", 3, 100), total("2013-01-01", 12, 1000)
    blocks = blocks_of([year, quarter], published({4: 50}))
    assert as_pairs(blocks) == [((0, 1, 2), 100), ((3, 5, 6, 7, 8, 9, 10, 11), 850)]


def test_a_total_whose_months_are_all_published_bounds_nothing_and_the_months_count_in_the_year():
    quarter, year = total("2013-01-01", 3, 100), total("2013-01-01", 12, 1000)
    blocks = blocks_of([quarter, year], published({0: 40, 1: 40, 2: 40}))
    assert as_pairs(blocks) == [(tuple(range(3, 12)), 880)]


def test_published_months_above_their_total_are_refused():
    with pytest.raises(ValueError, match="exceed total 2013-01-01"):
        blocks_of([total("2013-01-01", 3, 100)], published({1: 130}))


def test_seven_nationalities_begin_in_2015():
    seven = seven_nationalities("asylum_first")
    assert seven[:24].sum() == 0
    assert seven[24:27].sum() == 1115
    assert seven[33] == 7900
    assert not seven_nationalities("asylum_repeat").any()


def test_nothing_known_gives_no_estimate():
    stream = OpenMonths("asylum_nareis", {}, [], 40)
    solve([stream], {})
    assert not stream.informed
    assert stream.whole({}) == {}


def test_a_stream_before_its_first_month_is_empty():
    assert not OpenMonths("asylum_nareis", {}, [], 3).informed


def test_estimates_hold_their_block_and_follow_the_seven():
    stream = OpenMonths("asylum_first", {}, [total("2015-10-01", 3, 19600)], 36)
    solve([stream], {})
    whole = stream.whole({})
    assert sum(whole[at] for at in (33, 34, 35)) == 19600
    seven = seven_nationalities("asylum_first")
    others = np.array([stream.values[at] - seven[at] for at in (24, 33, 34, 35)])
    assert others / np.sqrt(seven[[24, 33, 34, 35]]) == pytest.approx(np.full(4, others[1] / np.sqrt(seven[33])))


def test_a_forced_month_keeps_its_value_and_the_block_its_sum():
    stream = OpenMonths("asylum_repeat", {}, [total("2015-01-01", 12, 1925, "asylum_repeat")], 36)
    solve([stream], {})
    whole = stream.whole({30: 400})
    assert whole[30] == 400
    assert sum(whole[at] for at in range(24, 36)) == 1925


def test_a_negative_estimate_is_refused():
    stream = OpenMonths("asylum_repeat", {}, [total("2015-01-01", 12, 1925, "asylum_repeat")], 36)
    solve([stream], {})
    with pytest.raises(ValueError, match="negative"):
        stream.whole({30: -1})


def test_rows_say_what_bounds_them():
    stream = OpenMonths("asylum_repeat", {}, [total("2015-01-01", 12, 1925, "asylum_repeat")], 37)
    solve([stream], {})
    rows = {row.period: row for row in stream.rows(stream.whole({}), {30: ", and more"})}
    assert rows[CALENDAR[29]].source == "estimated: Denton within total 2015-01-01"
    assert rows[CALENDAR[30]].source.endswith("total 2015-01-01, and more")
    assert "assumption" in rows[CALENDAR[36]].source
    assert {row.basis for row in rows.values()} == {Basis.ESTIMATED}
