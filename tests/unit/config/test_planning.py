"""Planning's figures: ranges, and what has to hold between them."""

import pytest
from pydantic import ValidationError

from indforecast.config import load_settings
from indforecast.config.kinds import is_month
from indforecast.config.parameter import Parameter
from indforecast.config.planning import PlanningSettings, ReceptionPlanning, StreamPlanning, value_at


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
        ({"decided_by_month": (parameter(0.5, "share"), parameter(0.9, "share"))}, "must rise and end at 1"),
        (
            {"decided_by_month": (parameter(0.5, "share"), parameter(0.4, "share"), parameter(1.0, "share"))},
            "must rise and end at 1",
        ),
        ({"decided_by_month": (parameter(1.5, "share"),)}, "between 0 and 1"),
        ({"open_cases": {}}, "at least one month"),
        ({"opening_spread": parameter(0, "months")}, "above 0"),
        ({"unit_price": parameter(-0.01, "EUR/case")}, "at least 0"),
    ],
)
def test_stream_figures_out_of_range_are_refused(over, reason):
    with pytest.raises(ValidationError, match=reason):
        stream(**over)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"months_to_departure": parameter(0.5, "months")}, "at least 1"),
        ({"months_to_decision": {"2022-01": parameter(0.9, "months")}}, "at least 1"),
        ({"grant_share": {"2022-01": parameter(1.1, "share")}}, "between 0 and 1"),
        ({"occupancy_norm": parameter(0, "residents/bed")}, "above 0"),
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
    modelled = sum(planning.price_eur(name) * s.calibration_cases.value for name, s in planning.streams.items())
    assert modelled + planning.other_products_eur == pytest.approx(747_676_000, abs=0.01)
    assert 0 < planning.other_products_eur < 747_676_000


def test_packaged_prices_are_hours_times_one_rate_anchored_on_the_published_cost_price():
    planning = load_settings().planning
    assert planning.price_eur("naturalisation") == 506 * 1.5
    assert all(figures.unit_price is None for figures in planning.streams.values())
    assert {name: planning.price_eur(name) for name in planning.streams} == {
        "asylum_first": 4554.0, "asylum_repeat": 2277.0, "nareis_applications": 1214.4,
        "knowledge_migrants": 455.4, "students": 303.6, "naturalisation": 759.0,
    }  # fmt: skip


def test_more_hours_make_a_higher_price_unless_the_stream_has_a_price_of_its_own():
    figures = load_settings().planning.model_dump()
    figures["streams"]["asylum_first"]["handling_hours"]["value"] = 34
    assert PlanningSettings.model_validate(figures).price_eur("asylum_first") == 5161.2
    figures["streams"]["asylum_first"]["unit_price"] = parameter(4800, "EUR/case")
    assert PlanningSettings.model_validate(figures).price_eur("asylum_first") == 4800


def test_prices_above_the_whole_product_budget_are_refused():
    figures = load_settings().planning.model_dump()
    figures["streams"]["asylum_first"]["unit_price"] = parameter(40_000, "EUR/case")
    with pytest.raises(ValidationError, match="exceeds law_product of 2025"):
        PlanningSettings.model_validate(figures)


def test_every_packaged_figure_of_planning_has_a_unit_and_a_range_to_hold_to():
    """A unit that is not checked is a unit that somebody writes in minutes."""
    planning = load_settings().planning.model_dump()

    def places(tree, path=()):
        if isinstance(tree, dict) and set(tree) == {"value", "unit", "source", "assumption"}:
            yield path
        elif isinstance(tree, dict):
            for key, item in tree.items():
                yield from places(item, (*path, key))
        elif isinstance(tree, tuple):
            for key, item in enumerate(tree):
                yield from places(item, (*path, key))

    found = list(places({key: planning[key] for key in ("streams", "staffing", "budget", "reception")}))
    assert len(found) > 90
    for path in found:
        for field, wrong, reason in (("unit", "x", "unit must be '"), ("value", 1e12, "at most|between 0 and 1")):
            figures = load_settings().planning.model_dump()
            place = figures
            for key in path:
                place = place[key]
            place[field] = wrong
            with pytest.raises(ValidationError, match=reason):
                PlanningSettings.model_validate(figures)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"calibration_year": "2024"}, "has no law_product"),
        ({"law_input": {"2025": parameter(1, "EUR/year")}}, "name the same years"),
    ],
)
def test_budget_years_must_agree(over, reason):
    figures = load_settings().planning.model_dump()
    figures["budget"].update(over)
    with pytest.raises(ValidationError, match=reason):
        PlanningSettings.model_validate(figures)
