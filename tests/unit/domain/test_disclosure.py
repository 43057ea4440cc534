"""What a quotation may show of a figure: how it is written, and none of its digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.domain.disclosure import hidden_figure, hidden_if_number


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.234", "#.###"),
        ("7x", "#x"),
        ("-1.23.456,0", "-#.##.###,#"),
        ("\u0663", "#"),
        ("many", "many"),
        ("", ""),
    ],
)
def test_a_figure_keeps_its_marks_and_loses_its_digits(text, shown):
    assert hidden_figure(text) == shown


@pytest.mark.parametrize("text", ["7", "98765", "1.234", "1 234", "-5", "(12)", "12,5 %", "1e5", "3*", " 42 "])
def test_a_number_alone_is_hidden_wherever_it_stands(text):
    assert not any(letter.isdigit() for letter in hidden_if_number(text))


@pytest.mark.parametrize("text", ["2024-13", "jan-24", "asylum_frist", "stream2", "2024Q1", "5 maart 2024", "x"])
def test_words_months_and_days_are_quoted_as_they_are(text):
    assert hidden_if_number(text) == text


@given(st.integers(), st.sampled_from(["{}", "{:,}", "{} ", "+{}", "{}.0", "{}%"]))
def test_no_count_is_quoted_however_it_is_written(count, form):
    assert not any(letter.isdigit() for letter in hidden_if_number(form.format(count)))
