"""Tables as plain text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indforecast.publication.text_table import WIDTH, columns, fitted

CELL = st.text("abc 123", max_size=24).map(str.strip)


def test_what_fits_is_not_broken():
    assert fitted(["a", "bb"], [["long", "1"], ["x", "222"]]) == columns(
        ["a", "bb"], [["long", "1"], ["x", "222"]]
    )


def test_heads_and_labels_are_broken_and_figures_are_not():
    text = fitted(["what it is", "a long head"], [["a label of many words", "1,000 ± 10"]], width=32)
    assert text.splitlines() == [
        "                          a long",
        "what it is                  head",
        "--------------------------------",
        "a label of many       1,000 ± 10",
        "words",
    ]


@given(st.lists(st.tuples(CELL, st.integers(0, 10**9).map(str)), min_size=1, max_size=6), st.integers(40, WIDTH))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(rows, width):
    text = fitted(["measure", "a head of words"], [list(row) for row in rows], width)
    assert all(len(line) <= width for line in text.splitlines())
    for label, figure in rows:
        assert figure in text
        assert all(word in text for word in label.split())
