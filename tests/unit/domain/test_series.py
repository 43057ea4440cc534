"""Totals are exact sums of their parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indforecast.domain.series import Hierarchy, Stream

HIERARCHY = Hierarchy((Stream("total", "t", "t", parts=("a", "b")), Stream("a", "a", "a"), Stream("b", "b", "b")))
COUNTS = arrays(np.float64, (3, 4), elements=st.integers(0, 10**6).map(float))


@given(COUNTS, COUNTS)
def test_totals_add_up_in_every_draw(a: np.ndarray, b: np.ndarray) -> None:
    everything = HIERARCHY.aggregate({"a": a, "b": b})
    assert list(everything) == ["total", "a", "b"]
    np.testing.assert_array_equal(everything["total"], a + b)


def test_keys_are_unique_and_parts_exist() -> None:
    with pytest.raises(ValueError, match="twice"):
        Hierarchy((Stream("a", "", ""), Stream("a", "", "")))
    with pytest.raises(ValueError, match="unknown"):
        Hierarchy((Stream("a", "", ""), Stream("t", "", "", parts=("a", "c"))))


def test_lookup() -> None:
    assert HIERARCHY.stream("b").series_id == "b"
    assert HIERARCHY.base_ids == ("a", "b")
    with pytest.raises(KeyError):
        HIERARCHY.stream("z")
