"""Checks as Great Expectations objects."""

from __future__ import annotations

import pandas as pd

from expectations.bands import bands_suite
from expectations.checks import flag_column, quoted, texts_at, with_flags
from expectations.delivery import delivery_checks, delivery_suite


def test_a_suite_carries_name_severity_and_reason(context):
    suite = delivery_suite(context)
    checks = delivery_checks(context)
    assert [expectation.meta["name"] for expectation in suite.expectations] == [check.name for check in checks]
    assert [expectation.severity.value for expectation in suite.expectations] == [
        check.severity for check in checks
    ]
    assert all(check.description in expectation.description
               for check, expectation in zip(checks, suite.expectations, strict=True))  # fmt: skip


def test_suites_are_named_after_their_table(context, monthly_context, yearly_context):
    assert delivery_suite(context).name == "delivery"
    assert bands_suite(monthly_context).name == "monthly bands"
    assert bands_suite(yearly_context).name == "yearly bands"


def test_flags_are_false_where_a_rule_speaks():
    frame = pd.DataFrame({"row": [5, 6, 7]})
    flags = with_flags(frame, {"a_rule": texts_at({1: "wrong"}), "quiet_rule": texts_at({})})
    assert flags[flag_column("a_rule")].tolist() == [True, False, True]
    assert flags["quiet rule"].all()
    assert flags["position"].tolist() == [0, 1, 2]


def test_quoted_is_short_and_printable():
    assert quoted("abc") == "'abc'"
    assert quoted("a\nb\x00") == "'a?b?'"
    assert quoted("x" * 41) == f"'{'x' * 40}…'"
