"""Which critical expectations a person may set aside for one delivery, and how the verdict says so.

What belongs here: the list with its reasons, and the verdict after a decision. What does not: who decides and how
that is recorded (``indforecast.vintages.decisions``).

A rule may be set aside where it says "this is hardly possible" and a person can know better. It may not where what
follows would be wrong whoever vouches for it: rows that cannot be read or keyed, two counts for one key, two
definitions in one series, a count that nobody can have made yet, a negative or broken number of persons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expectations.verdict import Verdict

#: Expectation and what somebody who sets it aside vouches for.
MAY_BE_SET_ASIDE: Final = {
    "no_missing_month": "the missing months were never published, or will come later",
    "vintage_is_plausible": "the day of availability is no slip of the pen, although the newest count is that old",
    "observed_below_a_million": "so many people did apply",
    "months_sum_to_own_quarter": "the months are right, and the quarter in the file is an older figure",
    # The rest only remark, unless settings make them critical: then somebody must be able to say that it is so.
    "months_sum_to_published_quarter": "both publications are right in their own terms",
    "outlier": "so many, or so few, people did apply",
    "large_revision": "the publisher did move the figure that far",
    "nationalities_within_national": "the national figure is right as it stands",
    "total_is_sum_of_parts": "the parts are right, and the total counts something else as well",
    "no_repeated_row": "the repetition means nothing",
    "no_missing_month_in_total": "the missing months of the total were never published",
    "streams_present": "the absent streams come on another day",
}


@dataclass(frozen=True)
class Acceptance:
    """A decision to take a delivery in although expectations fail.

    Parameters
    ----------
    names : tuple of str
        Expectations to set aside; those outside ``MAY_BE_SET_ASIDE`` stay critical.
    by : str
        Who decided, when and why, as the verdict, its page, and the release's manifest with it, shall quote it.
    """

    names: tuple[str, ...]
    by: str


def beyond_override(failed: Iterable[str]) -> list[str]:
    """Of the critical expectations that failed, those that nobody may set aside."""
    return sorted(set(failed) - set(MAY_BE_SET_ASIDE))


def overridden(verdict: Verdict, acceptance: Acceptance | None) -> Verdict:
    """The verdict once expectations are set aside: they stay failed, as warnings that say who decided.

    Parameters
    ----------
    verdict : Verdict
        As reached.
    acceptance : Acceptance, optional
        What somebody decided; None leaves the verdict as it is.
    """
    if acceptance is None:
        return verdict
    aside = set(acceptance.names) & set(MAY_BE_SET_ASIDE)
    results = tuple(
        replace(result, severity="warning", reason=f"{result.reason} [{acceptance.by}]")
        if not result.success and result.severity == "critical" and result.name in aside
        else result
        for result in verdict.results
    )
    return replace(verdict, results=results)
