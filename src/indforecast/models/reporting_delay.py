"""How far a month's figure still moves, estimated from past revisions by partial pooling.

What belongs here: the estimator behind the nowcast. What does not: composing ages into a nowcast
(``models.development``), which months are nowcast and what a forecast makes of it (``forecasting.nowcast``).

Many figures are never touched and some are restated far, up or down. So a change is exactly nought with a
probability of its own and Student-t otherwise; a series borrows probability, mean and variance from its pool as
long as it has few cases itself.

References
----------
Mack 1993, doi 10.2143/AST.23.2.2005092; Höhle & an der Heiden 2014, doi 10.1111/biom.12194; McGough et al. 2020,
doi 10.1371/journal.pcbi.1007735.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.development import Changes, Development, over, sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Cases of the pool that a series of its own counts for; chosen out of sample, see docs/methods/nowcast.md.
SHRINKAGE_CASES = 4.0

#: How the spread of a change falls with the count: 0 not at all, 0.5 as that of events which arrive one by one.
VOLUME_POWER = 0.25

#: Squared standard errors at which a drift of the figures is believed by half.
DOUBT = 9.0

#: A restatement counts at most this many robust deviations when mean and variance are estimated.
_CLIPPED_AT = 5.0

#: Fewer changes than this in a whole pool say nothing about the next one.
_LEAST_CASES = 3

#: Tails of a change: as heavy as variance allows when there are few cases, lighter with more.
_LEAST_FREEDOM = 4.0


def shrunken_development(
    changes: Changes,
    pools: Sequence[int] | NDArray[np.int64],
    ages: int,
    *,
    chained: bool = True,
    shrinkage_cases: float = SHRINKAGE_CASES,
    volume_power: float = VOLUME_POWER,
    doubt: float = DOUBT,
) -> Development:
    """Unchanged with a probability, else Student-t: own cases shrunk to the pool's, a doubtful drift to nought.

    Conjugate updates with the pool as prior, whose weight is ``shrinkage_cases``: beta for the probability,
    normal and scaled inverse chi-squared for mean and variance, which makes the predictive Student-t (Gelman et
    al. 2013, *Bayesian Data Analysis*, sections 2.4 and 3.3). A restatement far out of line is clipped first.

    Parameters
    ----------
    changes : Changes
        Past changes.
    pools : sequence of int
        Pool of each series, from 0, shape ``[S]``: the series that report alike.
    ages : int
        Ages A.
    chained : bool
        Whether the changes lead from age to age.
    shrinkage_cases, volume_power, doubt : float
        See :data:`SHRINKAGE_CASES`, :data:`VOLUME_POWER`, :data:`DOUBT`.
    """
    pool = np.asarray(pools, dtype=np.int64)
    shape, groups = (len(pool), ages), int(pool.max(initial=0)) + 1
    own = changes.series * ages + changes.age
    shared = pool[changes.series] * ages + changes.age
    moved = changes.after != changes.before
    weight = (changes.before + 0.5) ** (2.0 * volume_power)
    logs = _clipped(changes.logs, weight, moved, shared, groups * ages)

    def per_series(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return sums(own, values, shape[0] * ages).reshape(shape)

    def per_pool(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return sums(shared, values, groups * ages).reshape(groups, ages)[pool]

    k, one = shrinkage_cases, np.ones(len(logs))
    cases, pool_cases = per_series(one), per_pool(one)
    count, pool_count = per_series(moved.astype(float)), per_pool(moved.astype(float))
    pool_unchanged = (pool_cases - pool_count + 0.5) / (pool_cases + 1.0)
    unchanged = (cases - count + k * pool_unchanged) / (cases + k)

    total, pool_total = per_series(weight * moved), per_pool(weight * moved)
    pool_mean = over(per_pool(weight * moved * logs), pool_total)
    mean = (count * over(per_series(weight * moved * logs), total) + k * pool_mean) / (count + k)
    spread = weight * moved * (logs - pool_mean[changes.series, changes.age]) ** 2
    pool_variance = over(per_pool(spread), pool_count)
    own_spread = weight * moved * (logs - mean[changes.series, changes.age]) ** 2
    variance = (k * pool_variance + per_series(own_spread)) / (count + k)
    typical = over(pool_total, pool_count)
    estimation = over(variance, total + k * typical)
    # A drift is believed as far as it stands out of its own error: changes of neighbouring months have causes in
    # common, so that many cases of a small drift are few.
    believed = mean * over(mean**2, mean**2 + doubt * estimation)
    variance = variance + typical * (mean - believed) ** 2
    known = (pool_cases >= _LEAST_CASES) & (pool_count > 0)
    return Development(
        unchanged=np.where(known, unchanged, 1.0),
        mean=np.where(known, believed, 0.0),
        variance=np.where(known, variance, 0.0),
        estimation=np.where(known, estimation, 0.0),
        freedom=_LEAST_FREEDOM + count,
        cases=cases.astype(np.int64),
        volume_power=volume_power,
        chained=chained,
    )


def _clipped(
    logs: NDArray[np.float64],
    weight: NDArray[np.float64],
    moved: NDArray[np.bool_],
    cell: NDArray[np.int64],
    cells: int,
) -> NDArray[np.float64]:
    """Changes with those far out of line pulled in, per pool and age."""
    clipped = logs.copy()
    for number in range(cells):
        here = np.flatnonzero((cell == number) & moved)
        if len(here) < _LEAST_CASES:
            continue
        scaled = logs[here] * np.sqrt(weight[here])
        middle = np.median(scaled)
        reach = _CLIPPED_AT * 1.4826 * np.median(np.abs(scaled - middle))
        if reach > 0:
            clipped[here] = np.clip(scaled, middle - reach, middle + reach) / np.sqrt(weight[here])
    return clipped
