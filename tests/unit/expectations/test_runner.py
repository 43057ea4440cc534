"""The runner: quiet, repeatable, blind to the order of rows, and silent about values."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import delivery as delivery_module
from expectations import runner
from expectations.checks import Check
from expectations.runner import validate
from expectations.verdict import MAX_ROWS, Verdict

SHA = "ef" * 32


def broken(frame):
    """Two negative counts, a repeated row and an outlier: rows of three severities."""
    frame = pd.concat([frame, frame[frame["row"] == 6].assign(row=7)], ignore_index=True)
    frame.loc[frame["row"].isin([2, 4]), "observed"] = -7
    frame.loc[frame["row"] == 5, "source"] = ""
    return frame


def test_same_rows_same_verdict_and_no_clock(delivery, context):
    first, second = (validate("delivery", broken(delivery), subject_sha256=SHA, context=context) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert Verdict.from_dict(json.loads(json.dumps(first.to_dict()))) == first


@settings(max_examples=4, deadline=None)
@given(order=st.permutations(range(6)))
def test_order_of_rows_does_not_matter(order, hierarchy, history, make_rows):
    rows = [
        make_rows("students", "2026-01", [n], days=d) for n, d in ((1200, 20), (1200, 20), (4000, 20), (9000, 50))
    ]
    rows += [make_rows("students", "2026-03", [-1]), make_rows("asylum_first.SYR", "2026-01", [90_000])]
    frame = pd.concat(rows, ignore_index=True)
    frame.loc[4, "definition"] = "visas"
    frame["row"] = [2, 3, 4, 5, 6, 6]
    context = delivery_module.DeliveryContext.of(hierarchy, history)
    straight, shuffled = (
        validate("delivery", one, subject_sha256=SHA, context=context) for one in (frame, frame.iloc[list(order)])
    )
    assert straight.to_dict() == shuffled.to_dict()
    assert len(straight.failed("critical")) >= 4


def test_rows_without_line_numbers_are_counted_from_one(delivery, context):
    verdict = validate(
        "delivery", broken(delivery).drop(columns="row"), subject_sha256=SHA, context=context
    )  # fmt: skip
    assert verdict.row_word == "row"
    assert {result.name: result.rows for result in verdict.failed()}["observed_not_negative"] == (1, 3)
    assert "(row 4)" in verdict.summary()


def test_the_frame_is_not_changed(delivery, context):
    before = delivery.copy(deep=True)
    validate("delivery", delivery, subject_sha256=SHA, context=context)
    pd.testing.assert_frame_equal(delivery, before)


def test_a_context_of_another_table_is_a_programming_error(delivery, monthly_context):
    with pytest.raises(TypeError, match="BandsContext is no context for the table 'delivery'"):
        validate("delivery", delivery, subject_sha256=SHA, context=monthly_context)


def test_thousands_of_failing_rows_are_counted_and_cut(hierarchy, make_rows):
    days = pd.concat([make_rows("students", "2000-01", [-1] * 300, days=20 + day) for day in range(5)])
    frame = days.assign(row=range(2, len(days) + 2))
    context = delivery_module.DeliveryContext.of(hierarchy)
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context)
    [negative] = verdict.failed("critical")
    assert negative.row_count == 1500
    assert negative.rows == tuple(range(2, 2 + MAX_ROWS))
    assert "1,500 rows have a negative count (lines 2, 3, 4, 5, 6, 7, 8, 9 and 1,492 more)" in verdict.summary()


def test_an_expectation_without_an_answer_rejects(delivery, context, monkeypatch):
    lame = Check("lame", "critical", "The column 'absent' is positive", "ExpectColumnValuesToBeBetween",
                 {"column": "absent", "min_value": 0})  # fmt: skip
    monkeypatch.setattr(runner, "delivery_checks", lambda context: (lame,))
    monkeypatch.setattr(runner, "delivery_suite", lambda context: runner.build_suite("delivery", (lame,)))
    verdict = validate("delivery", delivery, subject_sha256=SHA, context=context)
    assert verdict.summary() == "Rejected: it could not be established that: The column 'absent' is positive."


def test_counts_stay_in_the_table(delivery, context):
    counts = {2: 70_001, 3: 70_003, 4: -70_009, 5: 70_019, 6: 70_027}
    frame = delivery.assign(observed=delivery["row"].map(counts))
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context)
    assert len(verdict.failed()) >= 4
    text = json.dumps(verdict.to_dict())
    assert not [count for count in counts.values() if str(abs(count)) in text]


def test_nothing_is_written_printed_or_left_behind(delivery, context, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    validate("delivery", delivery, subject_sha256=SHA, context=context)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_importing_the_package_does_not_import_great_expectations():
    code = "import sys, expectations.runner, expectations.data_docs; print('great_expectations' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_wide_files_have_several_rows_on_one_line(delivery, context):
    frame = delivery.assign(row=[2, 2, 2, 3, 3])
    frame.loc[[0, 2], "observed"] = -1
    frame["observed"] = frame["observed"].astype(np.float64)
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context)
    [negative] = verdict.failed("critical")
    assert negative.rows == (2,)
    assert negative.reason == "2 rows have a negative count"
    assert negative.samples == ("asylum_first: 2026-01", "students: 2026-01")
