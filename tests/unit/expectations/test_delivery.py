"""Each expectation on a delivery: one delivery that meets them all, and for each one that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from expectations.delivery import DeliveryContext, delivery_checks
from expectations.runner import validate
from indforecast.domain.observations import DELIVERY_COLUMNS

SHA = "ab" * 32


def judge(frame, context):
    return validate("delivery", frame, subject_sha256=SHA, context=context)


def put(column, line, value):
    def change(frame):
        frame = frame.astype({column: object}) if not isinstance(value, pd.Timestamp | int) else frame.copy()
        frame.loc[frame["row"] == line, column] = value
        return frame

    return change


def month(line, text):
    def change(frame):
        frame = frame.copy()
        at = frame["row"] == line
        frame.loc[at, "period"] = pd.Timestamp(text)
        frame.loc[at, "available_from"] = pd.Timestamp(text) + pd.Timedelta(days=51)
        return frame

    return change


def twice(line, **changes):
    def change(frame):
        copy = frame[frame["row"] == line].assign(row=7, **changes)
        return pd.concat([frame, copy], ignore_index=True)

    return change


def restated(frame):
    old = frame[frame["row"] == 4].assign(period=pd.Timestamp("2025-12-01"), observed=1900, row=7)
    return pd.concat([frame, old], ignore_index=True)


def quarter_again(months, factor):
    """The last months of the students' last quarter once more, the very last one moved; wants the history too."""

    def change(frame, history):
        students = history[(history["series_id"] == "students") & (history["period"] >= "2025-10-01")]
        again = students.assign(available_from=pd.Timestamp("2026-02-20"), row=[7, 8, 9])
        again.loc[again["row"] == 9, "observed"] = round(again["observed"].iloc[-1] * factor)
        return pd.concat([frame, again.tail(months)], ignore_index=True)

    change.wants_history = True
    return change


# What breaks: (change, failing lines, what the reason says, what else may then fail).
BREAKS = {
    "rows_present": (lambda frame: frame.iloc[:0], (), "holds no row", {"streams_present"}),
    "series_id_filled": (put("series_id", 4, " "), (4,), "no readable series_id", {"streams_present"}),
    "period_filled": (put("period", 4, None), (4,), "no readable period", set()),
    "observed_filled": (put("observed", 4, "many"), (4,), "no readable observed", set()),
    "basis_filled": (put("basis", 4, None), (4,), "no readable basis", set()),
    "definition_filled": (put("definition", 4, ""), (4,), "no readable definition", set()),
    "source_filled": (put("source", 4, "  "), (4,), "no readable source", set()),
    "available_from_filled": (put("available_from", 4, "soon"), (4,), "no readable available_from", set()),
    "series_known": (put("series_id", 4, "tourists"), (4,), "'tourists' is not a known", {"streams_present"}),
    "basis_known": (put("basis", 4, "guessed"), (4,), "unknown basis", set()),
    "period_is_month_start": (put("period", 4, pd.Timestamp("2026-01-15")), (4,), "first day of its month", set()),
    "period_in_range": (month(4, "1998-12-01"), (4,), "outside 1999 to 2100", set()),
    "month_was_over": (
        put("available_from", 4, pd.Timestamp("2026-01-30")), (4,), "before their month|before its month", set(),
    ),
    "not_from_the_future": (
        put("available_from", 4, pd.Timestamp("2062-02-20")), (4,),
        "students: 2026-01 would be available only from 2062-02-20, which is in the future", set(),
    ),
    "vintage_is_plausible": (
        put("available_from", 4, pd.Timestamp("2049-02-20")), (4,), "students: 2026-01", set(),
    ),
    "observed_not_negative": (put("observed", 4, -1), (4,), "1 row has a negative count", {"outlier"}),
    "observed_below_a_million": (put("observed", 4, 1_000_000), (4,), "a million or more", {"outlier"}),
    "observed_is_whole": (put("observed", 4, 1200.5), (4,), "students: 2026-01 is not a whole", set()),
    "no_conflict": (twice(4, observed=1201), (4, 7), "two counts known from the same day", set()),
    "no_repeated_row": (twice(4), (7,), "students: 2026-01 stands in the delivery more than once", set()),
    "one_definition": (put("definition", 4, "visas"), (4,), "counts 'visas', but .* 'students_counted'", set()),
    "no_missing_month": (month(4, "2026-02-01"), (4,), "^students: 2026-01 is missing$", set()),
    "no_missing_month_in_total": (month(6, "2026-03-01"), (6,), "asylum: 2026-01 to 2026-02 are missing", set()),
    "outlier": (put("observed", 4, 12_000), (4,), "students: 2026-01 is far from", set()),
    "large_revision": (
        restated, (7,), "students: 2025-12 is restated by much", {"outlier", "months_sum_to_published_quarter"},
    ),
    "nationalities_within_national": (
        put("observed", 5, 2011), (2,), "asylum_first: 2026-01 is less than its nat", {"outlier"},
    ),
    "total_is_sum_of_parts": (put("observed", 6, 2900), (6,), "asylum: 2026-01 is not the sum", set()),
    "months_sum_to_own_quarter": (
        quarter_again(3, 1.01), (7, 8, 9), "students: the months of 2025-Q4 do not add up to the quarter", set(),
    ),
    "months_sum_to_published_quarter": (
        quarter_again(1, 1.2), (9,), "students: the months of 2025-Q4 are far from the published", {"outlier"},
    ),
    "streams_present": (lambda frame: frame[frame["row"] != 4], (), "not delivered: students", set()),
}  # fmt: skip


def test_a_good_delivery_meets_every_expectation(delivery, context):
    verdict = judge(delivery, context)
    assert verdict.failed() == ()
    assert verdict.success
    assert verdict.summary() == f"Accepted: all {len(delivery_checks(context))} expectations are met."


@pytest.mark.parametrize("name", BREAKS)
def test_each_expectation_fails_where_it_should(name, delivery, context, history):
    change, lines, reason, also = BREAKS[name]
    given = (delivery, history) if getattr(change, "wants_history", False) else (delivery,)
    verdict = judge(change(*given), context)
    failed = {result.name: result for result in verdict.failed()}
    assert set(failed) - also == {name}
    assert failed[name].rows == lines
    assert failed[name].row_count == len(lines)
    assert pd.Series([failed[name].reason]).str.contains(reason).all(), failed[name].reason
    assert verdict.success == (failed[name].severity != "critical" and not verdict.failed("critical"))


def test_no_expectation_is_without_a_case(context):
    schema = {f"column_{column}_exists" for column in DELIVERY_COLUMNS}
    assert {check.name for check in delivery_checks(context)} == set(BREAKS) | schema


def test_severities_are_what_the_house_promises(context):
    severity = {check.name: check.severity for check in delivery_checks(context)}
    soft = {name for name in severity if severity[name] != "critical"}
    assert {name for name in soft if severity[name] == "info"} == {"no_missing_month_in_total", "streams_present"}
    assert {name for name in soft if severity[name] == "warning"} == {
        "no_repeated_row", "outlier", "large_revision", "nationalities_within_national", "total_is_sum_of_parts",
        "months_sum_to_published_quarter",
    }  # fmt: skip


@pytest.mark.parametrize("column", DELIVERY_COLUMNS)
def test_a_missing_column_is_told_apart_from_bad_data(column, delivery, context):
    verdict = judge(delivery.drop(columns=column), context)
    assert [result.name for result in verdict.failed()] == [f"column_{column}_exists"]
    assert verdict.summary() == f"Rejected: the column '{column}' is missing."
    assert len(verdict.results) == len(DELIVERY_COLUMNS)


def test_a_first_delivery_needs_no_history(hierarchy, history):
    verdict = judge(history.assign(row=range(2, len(history) + 2)), DeliveryContext.of(hierarchy, None))
    assert verdict.failed() == ()


def test_a_late_month_fills_its_own_gap(delivery, hierarchy, history):
    holed = history[~((history["series_id"] == "students") & (history["period"] == "2025-06-01"))]
    late = history[(history["series_id"] == "students") & (history["period"] == "2025-06-01")]
    late = late.assign(row=2, available_from=pd.Timestamp("2026-02-20"))
    verdict = judge(late, DeliveryContext.of(hierarchy, holed))
    assert {result.name for result in verdict.failed()} == {"streams_present"}


def test_redelivery_of_what_is_stored_is_accepted(hierarchy, history):
    verdict = judge(history.assign(row=range(2, len(history) + 2)), DeliveryContext.of(hierarchy, history))
    assert verdict.failed() == ()


def test_the_stored_count_of_a_day_cannot_be_changed(delivery, hierarchy, history):
    stored = pd.concat([history, delivery.drop(columns="row").assign(observed=1)], ignore_index=True)
    verdict = judge(delivery, DeliveryContext.of(hierarchy, stored))
    [conflict] = verdict.failed("critical")
    assert conflict.name == "no_conflict"
    assert conflict.rows == (2, 3, 4, 5, 6)
    assert "already stored with another count" in conflict.reason


@pytest.mark.parametrize(
    "series_id", ["asylum.SYR", "asylum_first.syr", "asylum_first.SYRX", "asylum_first\n", "ASYLUM"]
)
def test_series_are_matched_whole(series_id, delivery, context):
    verdict = judge(put("series_id", 4, series_id + "")(delivery), context)
    # White space around a key is not part of it; everything else is.
    known = series_id.strip() == "asylum_first"
    assert ("series_known" in {result.name for result in verdict.failed()}) != known


def test_several_breaches_are_all_named(delivery, context):
    broken = put("observed", 2, -5)(put("observed", 4, -5)(put("source", 3, "")(delivery)))
    verdict = judge(broken, context)
    assert verdict.summary() == "Rejected: 1 row has no readable source (line 3); and 1 more reason."
    assert [reason["sentence"] for reason in verdict.reasons()][1] == "2 rows have a negative count (lines 2, 4)."
    assert verdict.reasons()[1]["samples"] == ["asylum_first: 2026-01", "students: 2026-01"]


def test_an_unreadable_row_does_not_shift_the_line_of_another(delivery, context):
    broken = put("available_from", 2, "soon")(delivery)
    broken.loc[broken["row"] == 5, "available_from"] = pd.Timestamp("2026-01-02")
    failed = {result.name: result.rows for result in judge(broken, context).failed()}
    assert failed == {"available_from_filled": (2,), "month_was_over": (5,)}


def test_text_numbers_and_infinities_do_not_pass(delivery, context):
    verdict = judge(put("observed", 4, np.inf)(delivery), context)
    assert {"observed_below_a_million", "observed_is_whole"} == {
        result.name for result in verdict.failed("critical")
    }


def test_a_day_is_in_the_future_only_after_the_day_of_judgement(delivery, hierarchy, history):
    newest = delivery["available_from"].max().date()
    before = newest - pd.Timedelta(days=1).to_pytimedelta()
    names = [
        {result.name for result in judge(delivery, DeliveryContext.of(hierarchy, history, day)).failed()}
        for day in (before, newest, None)
    ]
    assert names == [{"not_from_the_future"}, set(), set()]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("studnets", "students"),
        ("asylum_frist", "asylum_first"),
        ("asylum_frist.syr", "asylum_first.SYR"),
        ("Asylum_First", "asylum_first"),
        ("asylum.SYR", "asylum"),
        ("tourists_and_others", None),
    ],
)
def test_an_unknown_series_names_the_nearest_known_one(written, meant, delivery, context):
    verdict = judge(put("series_id", 4, written)(delivery), context)
    (reason,) = [result.reason for result in verdict.failed("critical")]
    assert reason == f"'{written}' is not a known series" + (f" (did you mean {meant}?)" if meant else "")
