from __future__ import annotations

import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.delimited_text import Limits
from indforecast.sources.limits import Stopwatch, TableLimits


def test_an_export_may_hold_less_than_a_canonical_file_but_more_columns() -> None:
    ours, theirs = Limits(), TableLimits()
    assert theirs.bytes == ours.bytes
    assert theirs.rows < ours.rows
    assert theirs.columns > ours.columns
    assert theirs.inflated_bytes < theirs.bytes * theirs.expansion


def test_time_that_is_over_ends_the_reading_and_time_that_is_not_does_not() -> None:
    Stopwatch("f.csv", 3600).check()
    with pytest.raises(InputError, match=r"Reading 'f\.csv' took more than -1 seconds and was stopped") as caught:
        Stopwatch("f.csv", -1).check()
    assert caught.value.hint == "Split it into several deliveries."
