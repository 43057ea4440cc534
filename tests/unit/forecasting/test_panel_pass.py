"""A panel cut along its groups gives the bits of the whole; the cut loses and repeats no series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.forecasting.panel_events import MaskedMonths
from indforecast.forecasting.panel_pass import PanelPart, by_groups, run_pass


def _part(groups: list[int], months: int = 60) -> PanelPart:
    draws = np.random.default_rng(11)
    count = len(groups)
    counts = np.round(np.exp(5 + np.cumsum(draws.normal(0, 0.15, (count, months)), axis=1)))
    counts[draws.random(counts.shape) < 0.03] = np.nan
    hidden = np.zeros((1, count, months), dtype=bool)
    hidden[0, : count // 2, 30:33] = True
    wanted = np.zeros(counts.shape, dtype=bool)
    wanted[:, [40, 55, 59]] = True
    return PanelPart(
        rows=np.arange(count),
        counts=counts,
        groups=np.unique(groups, return_inverse=True)[1],
        wanted=wanted,
        masked=MaskedMonths(np.array([32]), hidden, np.array([0.7])),
        first_month=540,
        levels=(0.1, 0.5, 0.9),
        horizon=3,
        season_length=12,
    )


@pytest.mark.parametrize("most", [1, 2, 100])
def test_parts_give_the_bits_of_the_whole(most: int) -> None:
    whole = _part([2, 0, 1, 0, 2, 2, 0])
    together = run_pass(whole)
    parts = [run_pass(part) for part in by_groups(whole, most)]
    assert len(parts) == min(most, 3)
    months, rows = (np.concatenate([getattr(part, name) for part in parts]) for name in ("months", "rows"))
    values = np.concatenate([part.values for part in parts])
    apart, at_once = np.lexsort((rows, months)), np.lexsort((together.rows, together.months))
    assert (rows[apart] == together.rows[at_once]).all()
    assert (months[apart] == together.months[at_once]).all()
    assert values[apart].tobytes() == together.values[at_once].tobytes()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 12))
def test_a_cut_keeps_groups_whole_and_series_once(groups: list[int], most: int) -> None:
    whole = _part(groups, months=60)
    parts = by_groups(whole, most)
    assert 1 <= len(parts) <= most
    assert sorted(np.concatenate([part.rows for part in parts]).tolist()) == list(range(len(groups)))
    homes: dict[int, int] = {}
    for number, part in enumerate(parts):
        assert sorted(set(part.groups.tolist())) == list(range(part.groups.max() + 1))
        for row in part.rows:
            assert homes.setdefault(groups[row], number) == number
            assert part.masked.hidden.shape == (1, *part.counts.shape)


def test_many_groups_make_parts_of_about_the_same_size() -> None:
    parts = by_groups(_part(list(range(100))), 10)
    assert [len(part.rows) for part in parts] == [10] * 10
