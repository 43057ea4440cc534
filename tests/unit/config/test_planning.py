"""Planning's figures: ranges, and what has to hold between them."""

import pytest
from pydantic import ValidationError

from indforecast.config import load_settings
from indforecast.config.parameter import Parameter
from indforecast.config.planning import PlanningSettings, ReceptionPlanning, StreamPlanning, is_month, value_at


def parameter(value, unit="x"):
    return {"value": value, "unit": unit, "source": "test"}


def stream(**over):
    figures = load_settings().planning.streams["students"].model_dump()
    return StreamPlanning.model_validate({**figures, **over})


def test_value_in_force_is_the_last_one_dated_at_or_before_the_month():
    dated = {
        "2024-01": Parameter(value=1, unit="x", source="s"),
        "2025-06": Parameter(value=2, unit="x", source="s"),
    }
    assert [value_at(dated, month) for month in ("2023-12", "2024-01", "2025-05", "2025-06", "2030-01")] == [
        1, 1, 1, 2, 2,
    ]  # fmt: skip


def test_month_keys():
    assert is_month("2025-01")
    assert not any(is_month(key) for key in ("2025-00", "2025-13", "2025", "2025-1", "x2025-01", "2025-01x"))


def test_term_is_the_legal_term_with_its_extension():
    extended = stream(legal_term=parameter(6, "months"), term_extension=parameter(9, "months"))
    assert extended.term_months == 15


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"decided_by_month": None}, "'follows' needs decided_by_month"),
        ({"discipline": "capacity"}, "'capacity' needs decided_per_month"),
        ({"discipline": "lottery"}, "discipline"),
        ({"decided_by_month": ()}, "must rise and end at 1"),
        ({"decided_by_month": (parameter(0.5), parameter(0.9))}, "must rise and end at 1"),
        ({"decided_by_month": (parameter(0.5), parameter(0.4), parameter(1.0))}, "must rise and end at 1"),
        ({"decided_by_month": (parameter(1.5),)}, "between 0 and 1"),
        ({"open_cases": {}}, "at least one month"),
        ({"opening_spread": parameter(0)}, "above 0"),
        ({"unit_price": parameter(-0.01)}, "at least 0"),
    ],
)
def test_stream_figures_out_of_range_are_refused(over, reason):
    with pytest.raises(ValidationError, match=reason):
        stream(**over)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"months_to_departure": parameter(0.5)}, "at least 1"),
        ({"months_to_decision": {"2022-01": parameter(0.9)}}, "at least 1"),
        ({"grant_share": {"2022-01": parameter(1.1)}}, "between 0 and 1"),
        ({"occupancy_norm": parameter(0)}, "above 0"),
        ({"enters_as": {"asylum_first": "applicant"}}, "name the same streams"),
        ({"enters_as": {"asylum_first": "tourist"}}, "applicant"),
    ],
)
def test_reception_figures_out_of_range_are_refused(over, reason):
    figures = load_settings().planning.reception.model_dump()
    with pytest.raises(ValidationError, match=reason):
        ReceptionPlanning.model_validate({**figures, **over})


def test_packaged_prices_and_other_products_add_up_to_the_budget_law_of_the_calibration_year():
    planning = load_settings().planning
    modelled = sum(s.unit_price.value * s.calibration_cases.value for s in planning.streams.values())
    assert modelled + planning.other_products_eur == pytest.approx(747_676_000, abs=0.01)
    assert 0 < planning.other_products_eur < 747_676_000


def test_packaged_prices_are_hours_times_one_rate_anchored_on_the_published_cost_price():
    streams = load_settings().planning.streams
    assert streams["naturalisation"].unit_price.value == 506 * 1.5
    rate = streams["naturalisation"].unit_price.value / streams["naturalisation"].handling_hours.value
    for figures in streams.values():
        assert figures.unit_price.value == pytest.approx(figures.handling_hours.value * rate)


def test_prices_above_the_whole_product_budget_are_refused():
    figures = load_settings().planning.model_dump()
    figures["streams"]["asylum_first"]["unit_price"]["value"] = 40_000
    with pytest.raises(ValidationError, match="exceeds law_product of 2025"):
        PlanningSettings.model_validate(figures)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"calibration_year": "2024"}, "has no law_product"),
        ({"law_input": {"2025": parameter(1)}}, "name the same years"),
    ],
)
def test_budget_years_must_agree(over, reason):
    figures = load_settings().planning.model_dump()
    figures["budget"].update(over)
    with pytest.raises(ValidationError, match=reason):
        PlanningSettings.model_validate(figures)
