"""Which critical expectations a person may set aside for one delivery, and how the verdict says so.

What belongs here: the list with its reasons, and the verdict after a decision. What does not: who decides and how
that is recorded (``indforecast.vintages.decisions``).

A rule may be set aside where it says "this is hardly possible" and a person can know better. It may not where what
follows would be wrong whoever vouches for it: rows that cannot be read or keyed, two counts for one key, two
definitions in one series, a count that nobody can have made yet, a negative or broken number of persons.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from expectations.verdict import Verdict

#: Expectation and what somebody who sets it aside vouches for.
MAY_BE_SET_ASIDE: Final = {
    "no_missing_month": "the missing months were never published, or will come later",
    "vintage_is_plausible": "the day of availability is no slip of the pen, although the newest count is that old",
    "observed_below_a_million": "so many people did apply",
}


def beyond_override(failed: Iterable[str]) -> list[str]:
    """Of the critical expectations that failed, those that nobody may set aside."""
    return sorted(set(failed) - set(MAY_BE_SET_ASIDE))


def overridden(verdict: Verdict, names: Sequence[str], by: str) -> Verdict:
    """The verdict once named expectations are set aside: they stay failed, as warnings that say who decided.

    Parameters
    ----------
    verdict : Verdict
        As reached.
    names : sequence of str
        Expectations to set aside; those outside ``MAY_BE_SET_ASIDE`` stay critical.
    by : str
        Who decided, when and why, as the verdict, and the release's manifest with it, shall quote it.
    """
    aside = set(names) & set(MAY_BE_SET_ASIDE)
    results = tuple(
        replace(result, severity="warning", reason=f"{result.reason} [{by}]")
        if not result.success and result.severity == "critical" and result.name in aside
        else result
        for result in verdict.results
    )
    return replace(verdict, results=results)
