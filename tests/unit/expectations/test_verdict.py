"""A verdict as data: sentences, order, and the way there and back."""

from __future__ import annotations

import json

import pytest

from expectations.verdict import ExpectationResult, Verdict, listed

MET = ExpectationResult("rows_present", "critical", True, "There are rows")
NEGATIVE = ExpectationResult(
    "observed_not_negative", "critical", False, "No count is negative", "2 rows have a negative count",
    (14, 15), 2, ("students: 2026-01",),
)  # fmt: skip
OUTLIER = ExpectationResult("outlier", "warning", False, "No outlier", "students: 2026-01 is far", (3,), 1)
ABSENT = ExpectationResult("streams_present", "info", False, "All streams", "not delivered: students")


def verdict(*results, word="line"):
    return Verdict("delivery", "ab" * 32, results, row_word=word)


@pytest.mark.parametrize(
    ("results", "sentence"),
    [
        ((MET,), "Accepted: all 1 expectations are met."),
        ((MET, NEGATIVE), "Rejected: 2 rows have a negative count (lines 14, 15)."),
        ((MET, OUTLIER), "Accepted with 1 warning: students: 2026-01 is far (line 3)."),
        ((OUTLIER, OUTLIER), "Accepted with 2 warnings: students: 2026-01 is far (line 3); and 1 more warning."),
        (
            (OUTLIER, NEGATIVE, NEGATIVE),
            "Rejected: 2 rows have a negative count (lines 14, 15); and 1 more reason.",
        ),
        ((MET, ABSENT), "Accepted, with a remark: not delivered: students."),
    ],
)
def test_summary_is_one_sentence(results, sentence):
    assert verdict(*results).summary() == sentence


def test_only_a_critical_failure_rejects():
    assert verdict(MET, OUTLIER, ABSENT).success
    assert not verdict(MET, NEGATIVE).success


def test_failed_by_severity():
    found = verdict(ABSENT, OUTLIER, MET, NEGATIVE)
    assert found.failed() == (ABSENT, OUTLIER, NEGATIVE)
    assert found.failed("warning") == (OUTLIER,)


def test_reasons_put_the_worst_first():
    reasons = verdict(ABSENT, OUTLIER, NEGATIVE).reasons()
    assert [reason["severity"] for reason in reasons] == ["critical", "warning", "info"]
    assert reasons[0]["sentence"] == "2 rows have a negative count (lines 14, 15)."


def test_a_verdict_survives_json_unchanged():
    found = verdict(MET, NEGATIVE, OUTLIER, ABSENT)
    assert Verdict.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    assert "docs" not in found.to_dict()


def test_long_lists_are_cut_with_their_number():
    assert listed(range(1, 9)) == "1, 2, 3, 4, 5, 6, 7, 8"
    assert listed(range(1, 10)) == "1, 2, 3, 4, 5, 6, 7, 8 and 1 more"
    assert listed([1, 2], total=2_002) == "1, 2 and 2,000 more"
    assert listed(["a", "b", "c"], separator="; ", named=2) == "a; b and 1 more"
