"""What rows count, beside what their series counts: known, in its place, in its time, on one side of a break."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations.delivery import DeliveryContext, delivery_checks, prepare_delivery
from expectations.override import MAY_BE_SET_ASIDE
from expectations.remedies import remedy
from expectations.runner import validate
from expectations.verdict import ExpectationResult
from indforecast.domain.definitions import Break, Definition, Moment, Registry

NEW = {
    "definition_known", "definition_fits_series", "definition_valid_then", "definition_break", "comparable_break"
}  # fmt: skip


def definition(key: str, *series: str, **over: object) -> Definition:
    values: dict[str, object] = {
        "label_en": key, "label_nl": key, "counts_en": f"the {key}", "counts_nl": key, "unit": "persons",
        "moment": Moment.LODGED, "published_by": (),
    }  # fmt: skip
    return Definition(key=key, series=series, **{**values, **over})  # type: ignore[arg-type]


COUNTED = tuple(
    definition(f"{name}_counted", name) for name in ("asylum", "asylum_first", "asylum_nareis", "students")
)
DECIDED = definition("students_decided", moment=Moment.DECIDED)
BORDERS = definition("crossings_counted", "borders", valid_from=date(2022, 1, 1))


def registry(*breaks: Break) -> Registry:
    return Registry((*COUNTED, DECIDED, BORDERS), breaks)


def break_at(month: date, *, comparable: bool, key: str = "change") -> Break:
    within = ("students_counted", "asylum_first_counted")
    return Break(key, month, "another form", "x", comparable, within=within)


@pytest.fixture
def judge(hierarchy):
    def texts(frame, history=None, known=None):
        context = DeliveryContext.of(hierarchy, history, registry=known or registry(), indicators=("borders",))
        return prepare_delivery(frame, context).texts

    return texts


def test_a_known_definition_in_its_place_says_nothing(judge, delivery, history):
    found = judge(delivery, history)
    assert not {name: list(found[name]) for name in (*NEW, "one_definition") if len(found[name])}


def test_an_unknown_definition_is_told_once_per_series_with_what_was_meant(judge, make_rows):
    rows = make_rows("students", "2025-01", [1000] * 3).assign(definition="student_counted")
    found = judge(rows)["definition_known"]
    assert list(found.index) == [0, 1, 2]
    assert set(found) == {
        "students: 'student_counted' is no registered definition (did you mean students_counted?)"
    }


def test_a_file_that_says_nothing_is_told_that_it_says_nothing(judge, make_rows):
    rows = make_rows("students", "2025-01", [1000]).assign(definition="unspecified")
    assert list(judge(rows)["definition_known"]) == ["students: nothing says what is counted"]


def test_what_another_series_counts_is_sent_there(judge, make_rows):
    rows = make_rows("asylum_first.SYR", "2025-01", [100]).assign(definition="students_counted")
    [text] = judge(rows)["definition_fits_series"]
    assert text == (
        "asylum_first.SYR: counts 'asylum_first_counted', never 'students_counted'; deliver them as students"
    )


def test_mixing_two_known_definitions_is_explained(judge, make_rows, history):
    rows = make_rows("students", "2026-01", [1000]).assign(definition="students_decided")
    [text] = judge(rows, history)["one_definition"]
    assert text.startswith("students: counts 'students_decided', but the series counts 'students_counted' (")
    assert "'students_decided' counts the students_decided, when it is decided" in text
    assert text.endswith("no series of this house counts that, so leave them out)")


def test_months_in_which_nobody_counted_so_are_named(judge, make_rows):
    rows = make_rows("borders", "2021-10", range(100, 106)).assign(definition="crossings_counted")
    found = judge(rows)["definition_valid_then"]
    assert list(found.index) == [0, 1, 2]
    assert set(found) == {"borders: 2021-10 to 2021-12 cannot be 'crossings_counted', which holds from 2022-01 on"}


def test_why_a_definition_does_not_hold_is_told_with_the_break(judge, make_rows):
    start = Break("start", date(2022, 1, 1), "counting began", "x", False, before=("students_decided",),
                  after=("crossings_counted",))  # fmt: skip
    rows = make_rows("borders", "2021-12", [100]).assign(definition="crossings_counted")
    [text] = judge(rows, known=registry(start))["definition_valid_then"]
    assert text.endswith("holds from 2022-01 on (since 2022-01: counting began)")


@pytest.mark.parametrize("comparable", [True, False])
def test_the_first_row_after_a_break_is_where_it_is_joined(judge, make_rows, history, comparable):
    known = registry(break_at(date(2026, 2, 15), comparable=comparable))
    rows = make_rows("students", "2026-01", [1000, 1001, 1002])
    found = judge(rows, history, known)
    name, other = (
        ("comparable_break", "definition_break") if comparable else ("definition_break", "comparable_break")
    )
    assert list(found[name].index) == [1]
    assert set(found[name]) == {"students: months before and after 2026-02 are joined (another form)"}
    assert found[other].empty


def test_one_side_of_a_break_alone_is_welcome(judge, make_rows, history):
    known = registry(break_at(date(2026, 2, 1), comparable=False))
    assert judge(make_rows("students", "2026-01", [1000]), history, known)["definition_break"].empty
    without = history[history["series_id"] != "students"]
    after = make_rows("students", "2026-02", [1000, 1000])
    assert judge(after, without, known)["definition_break"].empty


def test_old_months_that_come_late_join_a_break_as_well(judge, make_rows, history):
    known = registry(break_at(date(2021, 1, 1), comparable=False))
    found = judge(make_rows("students", "2020-11", [1000, 1000]), history, known)["definition_break"]
    assert list(found.index) == [0]


def test_what_is_joined_already_is_no_fault_of_the_next_delivery(judge, delivery, history):
    known = registry(break_at(date(2023, 1, 1), comparable=False))
    assert judge(delivery, history, known)["definition_break"].empty


def test_an_empty_store_may_not_begin_with_both_sides(judge, history):
    known = registry(break_at(date(2023, 1, 1), comparable=False))
    found = judge(history, None, known)["definition_break"]
    assert set(found) == {"asylum_first, students: months before and after 2023-01 are joined (another form)"}
    assert list(history.loc[found.index, "period"].dt.strftime("%Y-%m").unique()) == ["2023-01"]


def test_two_breaks_at_one_row_are_both_told(judge, make_rows, history):
    month = date(2026, 1, 1)
    known = registry(break_at(month, comparable=False), break_at(month, comparable=False, key="second"))
    [text] = judge(make_rows("students", "2026-01", [1000]), history, known)["definition_break"]
    assert text.count("months before and after 2026-01") == 2


def test_severities(hierarchy):
    severity = {
        check.name: check.severity for check in delivery_checks(DeliveryContext.of(hierarchy, registry=registry()))
    }
    assert {name: severity[name] for name in NEW} == {
        **dict.fromkeys(NEW, "critical"), "comparable_break": "info"
    }  # fmt: skip


def test_without_a_registry_the_suite_does_not_claim_to_have_looked(hierarchy):
    assert not NEW & {check.name for check in delivery_checks(DeliveryContext.of(hierarchy))}


def test_nobody_sets_a_definition_aside():
    assert not (NEW | {"one_definition"}) & set(MAY_BE_SET_ASIDE)


@pytest.mark.parametrize("name", sorted(NEW - {"comparable_break"}))
def test_every_refusal_says_what_to_do(name):
    told = remedy(ExpectationResult(name, "critical", False, "x"))
    assert told.endswith(".")
    assert told != remedy(ExpectationResult("something else", "critical", False, "x"))


def test_a_hostile_definition_is_shown_short_and_printable(judge, make_rows):
    rows = make_rows("students", "2026-01", [1000]).assign(definition="\x1b[31m" + "x" * 500)
    [text] = judge(rows)["definition_known"]
    assert text.isprintable()
    assert len(text) < 150


def test_indicators_are_known_series_with_nationalities(hierarchy, history, make_rows):
    context = DeliveryContext.of(hierarchy, history, registry=registry(), indicators=("borders",))
    rows = pd.concat([make_rows("borders", "2026-01", [90]), make_rows("borders.SYR", "2026-01", [40])])
    frame = rows.assign(definition="crossings_counted", row=[2, 3]).reset_index(drop=True)
    verdict = validate("delivery", frame, subject_sha256="0" * 64, context=context)
    assert verdict.success, verdict.summary()
    assert [result.name for result in verdict.failed()] == ["streams_present"]
    plain = DeliveryContext.of(hierarchy, history, registry=registry())
    refused = validate("delivery", frame, subject_sha256="0" * 64, context=plain)
    assert "series_known" in {result.name for result in refused.failed("critical")}


def test_a_refusal_reaches_the_verdict_with_its_line(hierarchy, history, delivery):
    frame = delivery.assign(definition=["asylum_first_counted", "students_counted", *delivery["definition"][2:]])
    context = DeliveryContext.of(hierarchy, history, registry=registry())
    verdict = validate("delivery", frame, subject_sha256="0" * 64, context=context)
    assert verdict.summary().startswith(
        "Rejected: asylum_nareis: counts 'asylum_nareis_counted', never 'students_counted'; "
        "deliver them as students (line 3)"
    )
