"""The list of measures is complete and named in both languages."""

import pytest

from indforecast.planning.measures import MEASURES, YearRule


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_unit_names_and_decimals(name):
    measure = MEASURES[name]
    assert measure.unit
    assert measure.label_en != measure.label_nl
    assert measure.decimals == 2 if measure.unit == "EUR" else measure.decimals in (0, 1, 4)
    assert (measure.decimals == 0) == (name == "beds")  # places are whole


def test_stocks_are_never_summed_over_a_year():
    for name in ("open_cases", "open_past_term", "share_pending_in_term", "residents", "beds"):
        assert MEASURES[name].year is YearRule.YEAR_END
