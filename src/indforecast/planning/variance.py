"""Whose uncertainty it is: the variance of a result shared out over independent inputs.

A result depends on a few inputs that are drawn independently of each other (inflow, hours per case, ...). Two
draws are paired and every mixture of their inputs is computed; half the mean squared difference between mixtures
that differ in the inputs u is the total effect of u (Jansen 1999, doi 10.1016/S0010-4655(98)00154-4). Shapley
effects share interactions out evenly and add up to the variance exactly (Owen 2014, doi 10.1137/130936233; the
total effects give the same values as the closed ones: Song, Nelson and Staum 2016, doi 10.1137/15M1048070).

What belongs here: estimators on plain arrays. What does not: planning (``uncertainty``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    #: Which draw of each input to use, as arrays of shape ``[row]`` in the order of the inputs, to results of
    #: shape ``[row]`` or ``[row, result]``.
    Evaluate = Callable[[tuple[NDArray[np.intp], ...]], NDArray[np.float64]]

_MAX_INPUTS = 6


@dataclass(frozen=True)
class Shares:
    """Shares of each input in the variance of each result; arrays are of shape ``[input, result]``.

    Parameters
    ----------
    inputs : tuple of str
        Their names.
    shapley, first_order, total : ndarray of float
        Shapley effects (they add up to 1 over the inputs), first-order and total Sobol indices. Where a result
        does not vary, all are 0.
    standard_error : ndarray of float
        Of the Shapley effects, from the draws alone.
    variance : ndarray of float
        Variance of each result, shape ``[result]``.
    """

    inputs: tuple[str, ...]
    shapley: NDArray[np.float64]
    first_order: NDArray[np.float64]
    total: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    variance: NDArray[np.float64]


def shares(evaluate: Evaluate, inputs: Sequence[str], draws: int, *, pairings: int = 1) -> Shares:
    """Share out the variance of results over independent inputs.

    Parameters
    ----------
    evaluate : callable
        Takes, for each input, which draw to use (integer arrays of shape ``[row]``, values below ``draws``), and
        returns results of shape ``[row]`` or ``[row, result]``. Draws of different inputs must be independent.
    inputs : sequence of str
        Two to six names.
    draws : int
        How many draws each input has, at least 4.
    pairings : int
        How many other draws each one is paired with. Each costs ``draws × 2^inputs`` evaluations; more make the
        shares steadier.

    Raises
    ------
    ValueError
        If there are too few or many inputs, too few draws for the pairings, or a result is not finite.
    """
    known = len(inputs)
    if not 2 <= known <= _MAX_INPUTS:
        raise ValueError(f"2 to {_MAX_INPUTS} inputs are shared out, got {known}")
    if draws < 4 or not 1 <= pairings < draws / 2:
        raise ValueError(f"{draws} draws cannot be paired {pairings} times; give at least 4 and fewer pairings")
    rows = np.arange(draws)
    total = None  # [subset, path, result]: half squared differences, credited to both draws of a pair
    for pairing in range(pairings):
        # Distances spread over the circle of draws, so that no pair comes twice.
        other = (rows + 1 + pairing * ((draws - 1) // (2 * pairings))) % draws
        found = _total_effects(evaluate, rows, other, known)
        credited = 0.5 * (found + found[:, np.argsort(other)])
        total = credited if total is None else total + credited
    assert total is not None
    return _shared_out(total / pairings, tuple(inputs))


def _total_effects(
    evaluate: Evaluate, rows: NDArray[np.intp], other: NDArray[np.intp], known: int
) -> NDArray[np.float64]:
    """Half squared differences for every set of inputs, mean over the mixtures, shape ``[set, row, result]``."""
    results = []
    for mixture in range((1 << known) - 1):
        values = np.asarray(
            evaluate(tuple(other if mixture >> index & 1 else rows for index in range(known))), dtype=np.float64
        )
        results.append(values[:, None] if values.ndim == 1 else values)
    stacked = np.stack([*results, results[0][other]])  # all inputs of the other draw: known already
    if not np.all(np.isfinite(stacked)):
        raise ValueError("a result is not finite; its variance cannot be shared out")
    mixtures = np.arange(1 << known)
    half = [0.5 * np.mean((stacked - stacked[mixtures ^ chosen]) ** 2, axis=0) for chosen in mixtures]
    return np.stack(half)


def _shared_out(total: NDArray[np.float64], inputs: tuple[str, ...]) -> Shares:
    known, draws = len(inputs), total.shape[1]
    everything = (1 << known) - 1
    value = np.zeros((known, *total.shape[1:]))  # each draw's Shapley value, [input, draw, result]
    for index in range(known):
        for others in _sets([i for i in range(known) if i != index]):
            weight = 1 / (known * comb(known - 1, others.bit_count()))
            value[index] += weight * (total[others | 1 << index] - total[others])
    variance = total[everything].mean(axis=0)
    varies = variance > 0
    per = np.where(varies, variance, 1.0)
    shapley = value.mean(axis=1) / per
    residual = (value - shapley[:, None] * total[everything][None]) / per
    # A mean over pairs: each draw is in the pairs of others too (Hoeffding), hence the factor 2.
    error = 2 * residual.std(axis=1, ddof=1) / np.sqrt(draws)
    mean_total = total.mean(axis=1)
    single = np.stack([mean_total[1 << index] for index in range(known)])
    rest = np.stack([mean_total[everything ^ 1 << index] for index in range(known)])
    first = np.where(varies, 1 - rest / per, 0.0)
    return Shares(
        inputs=inputs,
        shapley=np.where(varies, shapley, 0.0),
        first_order=first,
        total=single / per,
        standard_error=np.where(varies, error, 0.0),
        variance=variance,
    )


def _sets(members: Sequence[int]) -> Iterator[int]:
    """All sets of inputs as bits."""
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            yield sum(1 << index for index in chosen)
