"""Contracted reception places, when contracts end, and what a place too few or too many costs.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_places.toml``), reading a list of contracts (``config.place_contracts``) and what is
computed with them (``indforecast.planning``).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import (
    Cases,
    CasesAMonth,
    DatedResidents,
    DatedShare,
    Kind,
    Norm,
    ResidentCost,
    Share,
    StayMonths,
    WholeMonths,
    above_zero,
)
from indforecast.config.parameter import Frozen, Parameter

_HALF_YEAR = re.compile(r"^\d{4}H[12]$")
_PLACES = Kind("places", 0, 1_000_000)
_PERSONS = Kind("persons", 0, 1_000_000)
Places = Annotated[Parameter, _PLACES, AfterValidator(_PLACES.check)]
Persons = Annotated[Parameter, _PERSONS, AfterValidator(_PERSONS.check)]


def _half_years(values: dict[str, Parameter]) -> dict[str, Parameter]:
    for key in values:
        if not _HALF_YEAR.match(key):
            raise ValueError(f"'{key}' is not a half year; write 2023H1")
    return values


#: Persons to be housed in a half year ("2023H1" = ...).
HousingTask = Annotated[dict[str, Persons], AfterValidator(_half_years)]


class PlaceContract(Frozen):
    """Places that someone lets, from a day until a day.

    Parameters
    ----------
    name : str
        Whose.
    places : Parameter
        How many.
    kind : {"regular", "emergency"}
        What a resident there costs.
    starts : date, optional
        First day; without it, since ever.
    until : date, optional
        Last day; without it, no end is agreed.
    """

    name: str = Field(min_length=1)
    places: Places
    kind: Literal["regular", "emergency"]
    starts: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.starts is not None and self.until is not None and self.until < self.starts:
            raise ValueError(f"contract '{self.name}' ends on {self.until}, before it starts on {self.starts}")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether its places are there on a day; the last day counts."""
        return (self.starts is None or self.starts <= day) and (self.until is None or day <= self.until)


class KnownThen(Frozen):
    """What was known of reception on a past day, in place of today's figures.

    Parameters
    ----------
    opened : str
        Month ``YYYY-MM`` among ``residents`` whose end the model starts from.
    fitted_from : str
        Month among ``residents`` and ``status_holders`` from which stays are fitted to the later counts.
    residents, status_holders : mapping of month to Parameter
        Counts known by then.
    occupancy_norm, cost_regular, cost_emergency : Parameter
        As of then.
    open_cases_month : str
        Month at whose end ``open_cases`` were counted.
    open_cases : Parameter
        Asylum cases.
    decided_per_month, decided_per_month_wanted : Parameter
        Asylum cases decided then, and how many were to be; paths lie evenly between the two.
    months_to_departure : Parameter, optional
        As one would have taken it then; without it, today's.
    needs_reception : mapping of series_id to Parameter
        Shares as one would have taken them then, in place of today's.
    """

    opened: str
    fitted_from: str
    residents: DatedResidents
    status_holders: DatedShare
    occupancy_norm: Norm
    cost_regular: ResidentCost
    cost_emergency: ResidentCost
    open_cases_month: str
    open_cases: Cases
    decided_per_month: CasesAMonth
    decided_per_month_wanted: CasesAMonth
    months_to_departure: StayMonths | None = None
    needs_reception: dict[str, Share] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _months_are_counted(self) -> Self:
        for name, month in (("opened", self.opened), ("fitted_from", self.fitted_from)):
            if month not in self.residents:
                raise ValueError(f"{name} = {month} has no residents")
        if self.fitted_from not in self.status_holders:
            raise ValueError(f"fitted_from = {self.fitted_from} has no status_holders")
        return self


class PlacesCase(Frozen):
    """A past question about places, with its answer of then and what came.

    Parameters
    ----------
    title : str
        What it is.
    known_until : date
        Nothing newer may be used.
    counted_on : date
        Contracts in force on that day are what there was.
    on : date
        The day that places are needed for.
    need : Parameter, optional
        Places needed as said then.
    planned : Parameter, optional
        Places needed as calculated before.
    contracts : tuple of PlaceContract
        As known then.
    then : KnownThen
        Figures for the model's own need.
    came : mapping of day to Parameter
        Residents counted later.
    later_need : mapping of text to Parameter
        Places needed as said later.
    """

    title: str
    known_until: date
    counted_on: date
    on: date
    need: Places | None = None
    planned: Places | None = None
    contracts: tuple[PlaceContract, ...] = ()
    then: KnownThen
    came: dict[str, Persons] = Field(default_factory=dict)
    later_need: dict[str, Places] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if not self.counted_on <= self.known_until <= self.on:
            raise ValueError("counted_on, known_until and on must follow each other")
        return self


class PlacesPlanning(Frozen):
    """Contracted reception places, when contracts end, and what a place too few or too many costs.

    Parameters
    ----------
    empty_cost : Parameter
        Share of a regular resident's cost that an empty regular place still costs.
    minimum_months : Parameter
        For how long a regular place is contracted at least.
    lead_months : Parameter
        From the decision to contract to the first resident.
    contracts : tuple of PlaceContract
        What is contracted; a user's list replaces it whole.
    cases : mapping of name to PlacesCase
        Past questions.
    """

    empty_cost: Share
    minimum_months: Annotated[WholeMonths, AfterValidator(above_zero)]
    lead_months: WholeMonths
    contracts: tuple[PlaceContract, ...] = ()
    cases: dict[str, PlacesCase] = Field(default_factory=dict)
