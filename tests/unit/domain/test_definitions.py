"""The registry's look-ups and what it says about two definitions that do not mix."""

from __future__ import annotations

from datetime import date

import pytest

from indforecast.domain.definitions import Break, Definition, Moment, Registry


def definition(key: str, **over: object) -> Definition:
    values: dict[str, object] = {
        "label_en": key, "label_nl": key, "counts_en": f"things called {key}", "counts_nl": key, "series": (),
        "unit": "persons", "moment": Moment.LODGED, "published_by": (),
    }  # fmt: skip
    return Definition(key=key, **{**values, **over})  # type: ignore[arg-type]


REQUEST = definition("request", series=("requests",), counts_en="requests to come")
ARRIVAL = definition(
    "arrival",
    series=("arrivals",),
    moment=Moment.ARRIVED,
    counts_en="people who came",
    valid_from=date(2014, 4, 28),
)
OLD = definition("old", valid_until=date(2014, 3, 1))
BREAK = Break(
    "apart", date(2014, 4, 15), "they are counted apart", "x", False, before=("old",), after=("arrival",)
)
STOP = Break("stop", date(2020, 3, 1), "a stop", "x", True, until=date(2020, 6, 1), within=("arrival", "request"))
REGISTRY = Registry((REQUEST, ARRIVAL, OLD), (STOP, BREAK))


def test_an_explanation_says_what_both_count_and_where_the_figures_belong():
    assert REGISTRY.explain("request", "arrival") == (
        "'request' counts requests to come, when the request comes in; "
        "'arrival' counts people who came, when they arrive; deliver them as requests"
    )


def test_an_explanation_names_the_break_between_two_definitions_either_way():
    for one, other in (("old", "arrival"), ("arrival", "old")):
        assert "since 2014-04: they are counted apart" in REGISTRY.explain(one, other)
    assert "since" not in REGISTRY.explain("request", "arrival")
    assert REGISTRY.explain("old", "arrival").endswith("no series of this house counts that, so leave them out")


@pytest.mark.parametrize(("one", "other"), [("visits", "arrival"), ("arrival", "visits"), ("arrival", "arrival")])
def test_nothing_is_explained_of_what_is_unknown_or_the_same(one: str, other: str):
    assert REGISTRY.explain(one, other) == ""


def test_a_nationality_counts_what_its_stream_counts():
    assert ARRIVAL.fits("arrivals.SYR")
    assert not ARRIVAL.fits("requests.SYR")
    assert [item.key for item in REGISTRY.of_series("requests.AFG")] == ["request"]
    assert REGISTRY.of_series("old") == ()


def test_validity_is_of_whole_months():
    assert ARRIVAL.holds_in(date(2014, 4, 1))
    assert not ARRIVAL.holds_in(date(2014, 3, 31))
    assert OLD.holds_in(date(2014, 3, 31))
    assert not OLD.holds_in(date(2014, 4, 1))
    assert OLD.holds_in(date(1999, 1, 1))
    assert [one.span() for one in (REQUEST, ARRIVAL, OLD)] == [
        "in all months", "from 2014-04 on", "from the beginning to 2014-03",
    ]  # fmt: skip


def test_breaks_come_oldest_first_and_only_those_that_touch_the_definition():
    assert [item.key for item in REGISTRY.breaks_of("arrival")] == ["apart", "stop"]
    assert [item.key for item in REGISTRY.breaks_within("arrival")] == ["stop"]
    assert [item.key for item in REGISTRY.breaks_of("old")] == ["apart"]
    assert (BREAK.span(), STOP.span()) == ("2014-04", "2020-03 to 2020-06")


def test_bounds_are_the_breaks_where_validity_begins_or_ends():
    assert REGISTRY.bounds_of("arrival") == (BREAK,)
    assert REGISTRY.bounds_of("old") == (BREAK,)
    assert REGISTRY.bounds_of("request") == ()
    assert REGISTRY.bounds_of("visits") == ()


def test_a_slip_of_the_pen_is_recognised():
    assert REGISTRY.nearest("arival") == "arrival"
    assert REGISTRY.nearest("visa stickers") is None


def test_keys_are_unique_and_breaks_name_what_is_there():
    with pytest.raises(ValueError, match="definition stands twice"):
        Registry((OLD, OLD))
    with pytest.raises(ValueError, match="break stands twice"):
        Registry((OLD, ARRIVAL, REQUEST), (BREAK, BREAK))
    with pytest.raises(ValueError, match="apart names an unknown definition: 'old'"):
        Registry((ARRIVAL,), (BREAK,))
