"""Nothing that validation says depends on how many persons there were: two worlds, one verdict, one page."""

from __future__ import annotations

import pandas as pd
import pytest

from expectations.checks import quoted
from expectations.runner import validate

SHA = "ef" * 32


def said(frame, context, folder):
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context, docs_dir=folder)
    return verdict.to_dict(), verdict.reasons(), verdict.docs.read_bytes()


def world(delivery, *, nationals, negative, repeated, outlier):
    """A delivery that breaks rules of every severity, with these counts in it."""
    frame = delivery.copy()
    frame.loc[frame["row"] == 5, "observed"] = nationals
    frame.loc[frame["row"] == 3, "observed"] = negative
    frame.loc[frame["row"] == 4, "observed"] = outlier
    again = frame[frame["row"] == 5].assign(row=7)
    other = frame[frame["row"] == 5].assign(row=8, observed=repeated)
    return pd.concat([frame, again, other], ignore_index=True)


@pytest.mark.parametrize(
    "other",
    [
        {"nationals": 3, "negative": -1, "repeated": 8, "outlier": 20_001},
        {"nationals": 8, "negative": -98_765, "repeated": 11, "outlier": 98_765},
    ],
)
def test_two_deliveries_that_differ_in_counts_alone_are_told_alike(other, delivery, context, tmp_path):
    one = world(delivery, nationals=7, negative=-3, repeated=9, outlier=54_321)
    first = said(one, context, tmp_path / "one")
    assert len([result for result in first[0]["results"] if not result["success"]]) >= 4
    second = said(world(delivery, **other), context, tmp_path / "two")
    for found, expected in zip(second[0]["results"], first[0]["results"], strict=True):
        assert found == expected
    assert second == first


def test_a_count_that_slipped_into_another_column_is_not_quoted(delivery, context, tmp_path):
    for column in ("series_id", "definition", "basis", "source"):
        frame = delivery.astype({column: object})
        frame.loc[frame["row"] == 4, column] = "98765"
        verdict, reasons, page = said(frame, context, tmp_path)
        assert "98765" not in f"{verdict}{reasons}{page.decode()}"


def test_words_are_quoted_and_figures_are_not():
    assert quoted("asylum_frist") == "'asylum_frist'"
    assert quoted("stream2") == "'stream2'"
    assert quoted(" 1.234 ") == "' #.### '"
