"""What somebody can do about a failed expectation, in one sentence each.

What belongs here: the words for whoever delivers, or runs the cycle. What does not: what is wrong and where, which
stands in the result itself (``verdict``); the expectations (``delivery``, ``bands``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from expectations.verdict import listed
from indforecast.config.validation import ADJUSTABLE
from indforecast.domain.observations import DELIVERY_COLUMNS, Basis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expectations.verdict import ExpectationResult

_CORRECT: Final = "and deliver the file again"
_GAP: Final = re.compile(r"\b(\d{4}-\d{2}(?: to \d{4}-\d{2})?) (?:is|are) missing")
_NAMED: Final = 3

_DELIVERY: Final = {
    "rows_present": f"Put at least one row below the header {_CORRECT}.",
    "series_known": (
        f"Correct the name {_CORRECT}; 'indforecast status' lists the streams, and a nationality is written "
        "<stream>.<ISO 3166 alpha-3>, such as asylum_first.SYR."
    ),
    "basis_known": f"Write one of {', '.join(Basis)} {_CORRECT}.",
    "period_is_month_start": f"Write the month as YYYY-MM {_CORRECT}.",
    "period_in_range": f"Correct the month {_CORRECT}.",
    "month_was_over": f"Correct the month or available_from {_CORRECT}; a month is counted once it is over.",
    "not_from_the_future": f"Correct available_from {_CORRECT}, or deliver it again once that day has come.",
    "vintage_is_plausible": f"Correct the year in available_from {_CORRECT}.",
    "observed_not_negative": f"Correct the count {_CORRECT}.",
    "observed_below_a_million": f"Correct the count, which is of persons, {_CORRECT}.",
    "observed_is_whole": f"Write whole persons, without decimals, {_CORRECT}.",
    "no_conflict": "Give the revision a later available_from, the day it was published on, and deliver it again.",
    "definition_known": (
        f"Write a definition that 'indforecast definitions list' names {_CORRECT}, or add yours to the settings "
        "as a table [definitions.<key>]."
    ),
    "definition_fits_series": (
        f"Deliver the figures under the series that counts them, or leave them out, {_CORRECT}."
    ),
    "definition_valid_then": (
        "Leave the months out that the definition does not hold in; 'indforecast definitions show KEY' says which."
    ),
    "definition_break": (
        "Deliver the months on one side of the break only; where they were recounted, or somebody answers for "
        "both sides being comparable, say so in the settings under [breaks.<key>] with comparable = true and why."
    ),
    "one_definition": f"Deliver figures of the definition that the series has, or correct the column, {_CORRECT}.",
}
#: For rules on whether figures are believable, wherever somebody made them critical.
_BELIEVED: Final = (
    f"Correct the months named {_CORRECT}; where the figures are right, somebody may accept it with "
    "'indforecast quarantine accept'."
)
_BANDS: Final = (
    "Look at the page of the check for series and months; the usual cause is a setting of one's own "
    "or an odd history."
)


def remedy(result: ExpectationResult) -> str:
    """What to do about one failed expectation.

    Parameters
    ----------
    result : ExpectationResult
        A failed one.

    Returns
    -------
    str
        One sentence, which names the months to deliver where some are missing.
    """
    if result.name == "no_missing_month":
        gaps = sorted({gap for sample in (result.reason, *result.samples) for gap in _GAP.findall(sample)})
        months = listed(gaps, named=_NAMED) if gaps else "what is missing"
        return f"Deliver {months} first, or in the same file."
    if result.name.startswith("column_"):
        return f"Add the column {_CORRECT}; the columns are {', '.join(DELIVERY_COLUMNS)}."
    column = result.name.removesuffix("_filled")
    if column != result.name and column in DELIVERY_COLUMNS:
        return f"Fill the column {column}, or leave the row out, {_CORRECT}."
    return _DELIVERY.get(result.name, _BELIEVED if result.name in ADJUSTABLE else _BANDS)


def remedies(results: Iterable[ExpectationResult]) -> list[str]:
    """What to do about several, each sentence once and in order."""
    return list(dict.fromkeys(remedy(result) for result in results))
