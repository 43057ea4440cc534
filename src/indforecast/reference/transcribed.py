"""Figures that stand in the free text of ``netherlands_facts.csv``, as typed rows.

What belongs here: the figure, the topic it stands under, and the words it is written in; a test checks that the
words really stand there. Also every published month that is *not* used, with the reason.
What does not: figures that have a table of their own (``figures``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TranscribedMonth:
    """One month's count in a fact's text.

    Parameters
    ----------
    series_id, period : str
        What is counted, and the month as ``YYYY-MM``.
    observed : int
        Persons.
    topic, words : str
        Where and how it is written.
    available_from : date or None
        Day the fact itself names; None means as late as a restatement (the text does not say).
    why : str
        Where that day comes from.
    """

    series_id: str
    period: str
    observed: int
    topic: str
    words: str
    available_from: date | None
    why: str


@dataclass(frozen=True)
class TranscribedYear:
    """One year's total in a fact's text; fields as in :class:`TranscribedMonth`."""

    series_id: str
    year: int
    observed: int
    topic: str
    words: str


@dataclass(frozen=True)
class NotUsed:
    """A published month that stands in the sources and is not a row of the data set."""

    series_id: str
    period: str
    value: str
    where: str
    reason: str


#: Only months without ``~`` or a second reading, and only those no monthly table has.
MONTHS: tuple[TranscribedMonth, ...] = (
    TranscribedMonth(
        "asylum_first", "2015-10", 9945, "first_asylum_month", "2015-10 9945", None,
        "day not named (Court of Audit, by ed.nl)",
    ),
    TranscribedMonth(
        "asylum_first", "2018-07", 2280, "first_asylum_month", "2018-07 2280", None,
        "nrc of 2018-09-10; the later day of a restatement is kept",
    ),
    TranscribedMonth(
        "asylum_first", "2021-02", 780, "first_asylum_month", "2021-02 780", date(2021, 12, 15),
        "ind.nl on pressure on the asylum process, 15 Dec 2021",
    ),
    TranscribedMonth(
        "asylum_first", "2021-09", 3950, "first_asylum_month", "2021-09 3950", date(2021, 12, 15),
        "ind.nl on pressure on the asylum process, 15 Dec 2021",
    ),
    TranscribedMonth(
        "asylum_first", "2024-01", 3260, "first_asylum_month", "2024-01 3260", date(2025, 2, 20),
        "IND in figures shows a month beside the same month a year later: Jan 2025",
    ),
)  # fmt: skip

#: Annual totals that no table has.
YEARS: tuple[TranscribedYear, ...] = (
    TranscribedYear("asylum_repeat", 2024, 1590, "repeat_year", "2024 1590"),
    TranscribedYear("naturalisation", 2024, 54780, "naturalisation", "2024 54780 (IND annual)"),
    TranscribedYear("naturalisation", 2025, 51760, "naturalisation", "2025 51760"),
)

_OLD = "IND counted family members as first applicants until spring 2014; CBS quarter 2013 does not"
_SAME = "the monthly press release has it, restated"
_MVV = "another definition than the applications of the IND annual report (the category is drawn differently)"
_BROAD = "fits the broader category with search year (tertial 2023-T2: 9680), not the annual one of 2019-2021"

#: Listed in docs/methods/reference-data.md; a test keeps the list complete.
NOT_USED: tuple[NotUsed, ...] = (
    NotUsed("asylum_first", "2013-02", "976", "ind_asylum_monthly_press.csv", _OLD),
    NotUsed("asylum_first", "2013-09", "1498", "ind_asylum_monthly_press.csv", _OLD),
    NotUsed("asylum_first", "2015-09", "6440", "netherlands_facts.csv", "ambiguous: 12800 reported elsewhere"),
    NotUsed("asylum_first", "2021-11", "~3500", "netherlands_facts.csv", "approximate, and " + _SAME),
    NotUsed("asylum_first", "2022-09", "4319", "netherlands_facts.csv", _SAME),
    NotUsed("asylum_first", "2022-10", "3912", "netherlands_facts.csv", _SAME),
    NotUsed("nareis_applications", "2023-03", "2030", "ind_in_figures.csv", _MVV),
    NotUsed("nareis_applications", "2024-11", "1570", "ind_in_figures.csv", _MVV),
    NotUsed("nareis_applications", "2024-12", "2300", "ind_in_figures.csv", _MVV),
    NotUsed("nareis_applications", "2025-04", "1010", "ind_in_figures.csv", _MVV),
    NotUsed("nareis_applications", "2025-05", "740", "ind_in_figures.csv", _MVV),
    NotUsed("knowledge_migrants", "2023-06", "2580", "ind_in_figures.csv", _BROAD),
)
