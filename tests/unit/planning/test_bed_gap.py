"""Places to find by a day, and June 2022 to the place."""

from datetime import date

import pytest

from indforecast.config import load_settings
from indforecast.planning.bed_gap import bed_gap
from tests.unit.planning.test_places import contract


def test_june_2022_comes_out_exactly():
    # COA chain newsletter June 2022: 51,000 needed, 9,000 more than before, 7,000 end, 16,000 to find
    case = load_settings().planning.places.cases["june-2022"]
    found = bed_gap(
        case.contracts,
        counted_on=case.counted_on,
        on=case.on,
        need=case.need.value,
        planned=case.planned.value,
    )
    assert (found.need, found.increase, found.expiring, found.to_find) == (51_000, 9_000, 7_000, 16_000)
    assert (found.contracted, found.remaining, found.starting) == (42_000, 35_000, 0)


@pytest.mark.parametrize(
    ("on", "to_find"), [(date(2026, 6, 30), 50), (date(2026, 7, 1), 150), (date(2026, 9, 1), 110)]
)
def test_expiry_and_start_count_by_the_day(on, to_find):
    held = [contract(100, until=date(2026, 6, 30)), contract(200), contract(40, starts=date(2026, 9, 1))]
    found = bed_gap(held, counted_on=date(2026, 1, 1), on=on, need=350)
    assert found.to_find == to_find
    assert found.contracted == 300
    assert found.need == found.remaining + found.to_find


def test_more_places_than_needed_leaves_none_to_find():
    found = bed_gap([contract(100)], counted_on=date(2026, 1, 1), on=date(2026, 2, 1), need=70.2)
    assert (found.need, found.difference, found.to_find, found.planned) == (71, -29, 0, 100)


def test_a_day_before_the_count_is_refused():
    with pytest.raises(ValueError, match="lies before"):
        bed_gap([], counted_on=date(2026, 2, 1), on=date(2026, 1, 1), need=1)
