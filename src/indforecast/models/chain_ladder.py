"""Mack's chain ladder on the log scale: the benchmark that a nowcast has to beat.

What belongs here: this estimator. What does not: the one that is used (``models.reporting_delay``), and composing
ages (``models.development``).

References
----------
Mack 1993, doi 10.2143/AST.23.2.2005092.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indforecast.models.development import Changes, Development, over, sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: So many degrees of freedom are a normal distribution.
_NORMAL = 1e6


def chain_ladder_development(
    changes: Changes, pools: Sequence[int] | NDArray[np.int64], ages: int, *, chained: bool = True
) -> Development:
    """Mack's chain ladder, read as log-normal: volume-weighted factors, variance proportional to the count.

    A series with fewer than two cases at an age takes the factor of its pool; nothing is shrunk.

    Parameters
    ----------
    changes, pools, ages, chained
        As for :func:`indforecast.models.reporting_delay.shrunken_development`.
    """
    pool = np.asarray(pools, dtype=np.int64)
    shape, groups = (len(pool), ages), int(pool.max(initial=0)) + 1
    own, shared = changes.series * ages + changes.age, pool[changes.series] * ages + changes.age
    cases = np.bincount(own, minlength=len(pool) * ages)
    before, after = changes.before + 0.5, changes.after + 0.5

    def factors(cell: NDArray[np.int64], size: int) -> tuple[NDArray[np.float64], ...]:
        volume = sums(cell, before, size)
        factor = over(sums(cell, after, size), volume)
        spread = sums(cell, before * (after / before - factor[cell]) ** 2, size)
        return factor, over(spread, sums(cell, np.ones(len(cell)), size) - 1.0), volume

    alone = factors(own, len(pool) * ages)
    together = (item.reshape(groups, ages)[pool].ravel() for item in factors(shared, groups * ages))
    factor, variance, volume = (np.where(cases >= 2, *pair) for pair in zip(alone, together, strict=True))
    known = (factor > 0) & (volume > 0)
    variance = np.where(known, over(variance, factor**2), 0.0).reshape(shape)
    return Development(
        unchanged=np.where(known & (variance.ravel() > 0), 0.0, 1.0).reshape(shape),
        mean=np.log(np.where(known, factor, 1.0)).reshape(shape),
        variance=variance,
        estimation=over(variance, volume.reshape(shape)),
        freedom=np.full(shape, _NORMAL),
        cases=cases.reshape(shape),
        volume_power=0.5,
        chained=chained,
    )
