"""Facts that Dutch public bodies published, quoted verbatim for reports and parameters.

What belongs here: reading the embedded tables of facts, official forecasts and COA occupancy.
What does not: monthly counts (``figures``) and what planning makes of a fact (``config``).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pandas as pd

from indforecast.domain.errors import NotFound


@dataclass(frozen=True)
class Fact:
    """One row of ``netherlands_facts.csv``.

    Parameters
    ----------
    topic : str
        Its key.
    text : str
        The fact as transcribed, with its own ``~`` and ``>``: quote it, do not round it.
    source : str
        Where it was seen.
    """

    topic: str
    text: str
    source: str


def source_text(name: str) -> str:
    """Text of an embedded source table, for example ``netherlands_facts.csv``."""
    return (resources.files("indforecast.reference") / "sources" / name).read_text(encoding="utf-8")


@cache
def facts() -> tuple[Fact, ...]:
    """All facts in the order of the table."""
    rows = csv.DictReader(io.StringIO(source_text("netherlands_facts.csv")))
    return tuple(Fact(row["topic"], row["fact"], row["source_seen"]) for row in rows)


def fact(topic: str) -> Fact:
    """The fact with a topic.

    Raises
    ------
    NotFound
        If there is none.
    """
    for entry in facts():
        if entry.topic == topic:
            return entry
    known = ", ".join(entry.topic for entry in facts())
    raise NotFound(f"There is no fact '{topic}'.", hint=f"Known topics: {known}.")


def official_forecasts() -> pd.DataFrame:
    """The ministry's multi-year production forecast by vintage, with what was realised.

    Returns
    -------
    DataFrame
        ``target_year`` int64, ``vintage`` text, ``low``, ``mid_or_point``, ``high`` persons (Int64, missing where
        none was given), ``realised`` text as transcribed (it may carry ``~``), ``definition``,
        ``source_forecast``, ``source_realised``.
    """
    frame = pd.read_csv(io.StringIO(source_text("official_forecasts.csv")), dtype=str, keep_default_na=False)
    frame["target_year"] = frame["target_year"].astype("int64")
    for column in ("low", "mid_or_point", "high"):
        frame[column] = pd.to_numeric(frame[column].replace("", None)).astype("Int64")
    return frame


def coa_occupancy() -> pd.DataFrame:
    """Persons in reception by COA on twelve dates.

    Returns
    -------
    DataFrame
        ``date`` datetime64[ns], ``coa_occupancy`` int64, ``of_which_status_holders`` Int64 (missing on most
        dates), ``source``.
    """
    frame = pd.read_csv(io.StringIO(source_text("coa_occupancy.csv")))
    frame["date"] = pd.to_datetime(frame["date"], format="%Y-%m-%d")
    frame["of_which_status_holders"] = frame["of_which_status_holders"].astype("Int64")
    return frame
