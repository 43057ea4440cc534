"""Money that is granted is spent, given back, short or in reserve; a cent that is lost is seen."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from indforecast.planning.funding import compare_regimes
from indforecast.planning.funding_proof import money_balance
from tests.unit.planning.funding_cases import planning_case


@dataclass
class Books:
    """The money of one regime."""

    granted: np.ndarray
    spent: np.ndarray
    given_back: np.ndarray
    short: np.ndarray
    reserve: np.ndarray


def books(**changes):
    fields = {
        "granted": [[100, 100], [100, 100]],
        "spent": [[90, 90], [130, 120]],
        "given_back": [[0, 5], [0, 0]],
        "short": [[0, 0], [30, 20]],
        "reserve": [[10, 15], [0, 0]],
    } | changes
    return SimpleNamespace(
        paths={"one": Books(**{name: np.array(values, dtype=np.int64) for name, values in fields.items()})}
    )


def test_books_that_close_are_whole():
    proof = money_balance(books())
    assert (proof.largest_error, proof.unit, proof.looked_at) == (0, "cents", 4)
    assert proof.holds


@pytest.mark.parametrize("field", ["granted", "spent", "given_back", "short", "reserve"])
def test_a_cent_that_is_lost_is_seen(field):
    values = getattr(books().paths["one"], field).copy()
    values[1, 1] += 1
    proof = money_balance(books(**{field: values}))
    assert proof.largest_error == 1
    assert not proof.holds


def test_it_holds_of_regimes_that_were_run():
    found = compare_regimes(planning_case(24, 30))
    proof = money_balance(found)
    assert proof.holds
    assert proof.looked_at == len(found.paths) * found.judging_paths * 30
