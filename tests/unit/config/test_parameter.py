"""A parameter has a value, a unit and exactly one origin."""

import pytest
from pydantic import ValidationError

from indforecast.config.parameter import Frozen, Parameter, parameters_in


def test_source_alone_and_assumption_alone_are_accepted():
    assert float(Parameter(value=3, unit="h", source="IND")) == 3.0
    assert Parameter(value=3.5, unit="h", assumption="guess").source is None


@pytest.mark.parametrize("origin", [{}, {"source": "IND", "assumption": "guess"}])
def test_none_or_both_origins_are_refused(origin):
    with pytest.raises(ValidationError, match="exactly one of 'source' and 'assumption'"):
        Parameter(value=1, unit="h", **origin)


@pytest.mark.parametrize("value", ["3", True, None, float("nan"), float("inf")])
def test_value_is_a_finite_number_and_nothing_that_looks_like_one(value):
    with pytest.raises(ValidationError, match="value"):
        Parameter(value=value, unit="h", source="IND")


@pytest.mark.parametrize("field", ["unit", "source"])
def test_empty_text_is_no_unit_and_no_source(field):
    with pytest.raises(ValidationError, match=field):
        Parameter(**{"value": 1, "unit": "h", "source": "IND", field: ""})


def test_parameter_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Parameter(value=1, unit="h", source="IND").value = 2


def test_walk_finds_parameters_in_fields_mappings_and_tuples_in_order():
    one, two, three = (Parameter(value=v, unit="h", source="s") for v in (1, 2, 3))

    class Inner(Frozen):
        by_month: dict[str, Parameter]
        listed: tuple[Parameter, ...]

    class Outer(Frozen):
        inner: Inner
        own: Parameter

    tree = Outer(inner=Inner(by_month={"2025-01": one}, listed=(two,)), own=three)
    assert list(parameters_in(tree)) == [("inner.by_month.2025-01", one), ("inner.listed[0]", two), ("own", three)]
