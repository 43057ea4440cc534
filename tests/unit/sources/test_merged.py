from __future__ import annotations

import pytest

from indforecast.sources.grid import Row
from indforecast.sources.merged import Area, Merged

ROWS = (Row(1, ("t", None, "x")), Row(2, ("a", "hidden", 5)), Row(4, (None, None, 7)))


def test_the_first_cell_of_an_area_stands_for_all_its_places() -> None:
    merged = Merged([Area(2, 0, 4, 1)], ROWS)
    assert [merged.cell(ROWS[1], column) for column in range(4)] == ["a", "a", 5, None]
    assert [merged.cell(ROWS[2], column) for column in range(3)] == ["a", "a", 7]
    assert [merged.cell(ROWS[0], column) for column in range(3)] == ["t", None, "x"]


def test_only_what_lies_below_the_first_cell_is_hidden() -> None:
    merged = Merged([Area(2, 0, 4, 1)], ROWS)
    assert [merged.is_hidden(ROWS[1], column) for column in range(3)] == [False, True, False]
    assert [merged.is_hidden(row, 0) for row in ROWS] == [False, False, True]


def test_areas_end_where_they_say() -> None:
    area = Area(2, 1, 3, 2)
    merged = Merged([area], ())
    inside = {(line, column) for line in range(1, 6) for column in range(5) if merged.area(line, column) == area}
    assert inside == {(2, 1), (2, 2), (3, 1), (3, 2)}
    assert area.places == 4


def test_an_area_whose_first_line_is_empty_is_empty() -> None:
    assert Merged([Area(3, 2, 4, 2)], ROWS).cell(ROWS[2], 2) is None


def test_areas_may_touch_and_not_overlap() -> None:
    assert Merged([Area(1, 0, 2, 0), Area(3, 0, 4, 0), Area(1, 1, 4, 1)], ())
    for other in (Area(2, 0, 3, 0), Area(1, 0, 9, 9), Area(1, 0, 2, 0)):
        with pytest.raises(ValueError, match="overlap"):
            Merged([Area(1, 0, 2, 0), other], ())


def test_one_cell_is_no_merged_cell() -> None:
    assert not Merged([Area(1, 0, 1, 0)], ROWS)
