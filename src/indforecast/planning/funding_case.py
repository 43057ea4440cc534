"""What funding regimes are simulated on: cases, prices and staff as plain arrays.

Only streams whose decisions depend on staff take part (discipline ``capacity``). The others follow their
applications and cost the same however money is granted; so do other products and input funding.

What belongs here: the bundle, and making it from a planning case. What does not: what money does
(``funding_steps``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.config.planning import value_at
from indforecast.domain.errors import InputError
from indforecast.planning.budget import cents
from indforecast.planning.funding_pay import balanced_wage, steady
from indforecast.planning.queue import opening_from_inflow
from indforecast.planning.staffing import StaffFigures, staff_figures, steady_training
from indforecast.planning.streams import run_stream
from indforecast.planning.terms import terms_by_month
from indforecast.planning.timeline import join, opening_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.planning.case import PlanningCase

_YEAR: Final = 12
_CENTS: Final = 100


@dataclass(frozen=True)
class FundingFigures:
    """What the regimes share, as plain numbers; the fields are those of the settings.

    Parameters
    ----------
    review_month : int
        1 to 12.
    forecast_months : int
        Months of the past that the forecast's level rests on.
    damping : float
        Share of the last year's distance from that level that is taken to last.
    backlog_gone_months, backlog_months : float
        Months from the start by which late cases are to be gone, and the least they are ever spread over.
    dismissals_a_month : float
        Largest share of the experienced staff let go in a month.
    patience_months : float
        Months of leavers that are waited for before anyone is let go.
    """

    review_month: int
    forecast_months: int
    damping: float
    backlog_gone_months: float
    backlog_months: float
    dismissals_a_month: float
    patience_months: float


@dataclass(frozen=True)
class FundingCase:
    """Streams, paths, months and groups of one comparison.

    Parameters
    ----------
    streams : tuple of str
        Streams whose decisions depend on staff.
    groups : tuple of str
        Workforce groups that decide them.
    group_of : ndarray of int
        Index of each stream's group, shape ``[stream]``.
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    inflow : ndarray of float
        Whole cases, shape ``[stream, path, month]``.
    past : ndarray of float
        Cases observed before the first month, oldest first, shape ``[stream, past]``, at least one month.
    opening : ndarray of float
        Open cases at the start, shape ``[stream]``.
    overdue : tuple of ndarray of float
        Of those, past their term, by the month in which they passed it, oldest first; per stream ``[age]``.
    due : ndarray of float
        Cases whose term has ended by each month's end, opening stock included, shape ``[stream, path, month]``.
    hours : ndarray of float
        Hours per case, shape ``[stream]``.
    price_cents : ndarray of int64
        Shape ``[stream]``.
    waiting_cents : ndarray of int64
        What an open case costs others a month: reception of applicants who wait, shape ``[stream]``.
    trained_fte : ndarray of float
        Experienced staff at the start, shape ``[group]``.
    in_training : ndarray of float
        In training at the start, shape ``[group, training month]``.
    hires_a_month : ndarray of float
        The most who can begin in a month, shape ``[group]``.
    recruitment_months : int
        From the decision to hire to the first day.
    staff : StaffFigures
        Training, attrition and pay.
    figures : FundingFigures
        The rest.
    """

    streams: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: NDArray[np.intp]
    months: NDArray[np.datetime64]
    inflow: NDArray[np.float64]
    past: NDArray[np.float64]
    opening: NDArray[np.float64]
    overdue: tuple[NDArray[np.float64], ...]
    due: NDArray[np.float64]
    hours: NDArray[np.float64]
    price_cents: NDArray[np.int64]
    waiting_cents: NDArray[np.int64]
    trained_fte: NDArray[np.float64]
    in_training: NDArray[np.float64]
    hires_a_month: NDArray[np.float64]
    recruitment_months: int
    staff: StaffFigures
    figures: FundingFigures

    @property
    def late(self) -> NDArray[np.float64]:
        """Cases past their term at the start, shape ``[stream]``."""
        return np.array([cases.sum() for cases in self.overdue])

    @property
    def paths(self) -> int:
        """How many joint draws there are."""
        return int(self.inflow.shape[1])

    def select(self, paths: slice | NDArray[np.intp]) -> FundingCase:
        """The same on some of the paths."""
        return replace(self, inflow=self.inflow[:, paths], due=self.due[:, paths])


def funding_case(case: PlanningCase) -> FundingCase:
    """The streams of a planning case whose decisions depend on staff, as they stand at the forecast origin.

    Stocks are carried from the month they were counted in to the origin as in the plan.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and settings.

    Raises
    ------
    InputError
        If there is no such stream, or one that belongs to no workforce group.
    """
    settings = case.settings
    names = tuple(name for name in case.work if settings.streams[name].discipline == "capacity")
    staffed = {stream for group in settings.hiring.groups.values() for stream in group.streams}
    if not names or not set(names) <= staffed:
        missing = ", ".join(sorted(set(names) - staffed)) or "none has discipline 'capacity'"
        raise InputError(
            f"Ways of funding need streams whose decisions depend on staff of a workforce group: {missing}.",
            hint="See planning.streams (discipline) and planning.hiring.groups (streams).",
        )
    groups = tuple(name for name, group in settings.hiring.groups.items() if set(group.streams) & set(names))
    group_of = np.array(
        [next(i for i, g in enumerate(groups) if n in settings.hiring.groups[g].streams) for n in names]
    )
    past = np.stack([_past(case, name) for name in names])
    opening = np.array([_open_at_origin(case, name) for name in names])
    cohorts = [opening_from_inflow(stock, known) for stock, known in zip(opening, past, strict=True)]
    ends = [
        due_by(case.inflow[name], cohort, _terms(case, name, cohort.size))
        for name, cohort in zip(names, cohorts, strict=True)
    ]
    staff = staff_figures(settings)
    hours = np.array([settings.streams[name].handling_hours.value for name in names])
    decided = np.array(
        [value_at(settings.streams[name].decided_per_month or {}, str(case.origin)) for name in names]
    )
    work = np.bincount(group_of, weights=decided * hours, minlength=len(groups))
    trained = work / staff.hours_a_month / steady(staff)[1]
    if settings.hiring.yearly_cost is None:
        staff = replace(staff, wage_cents=balanced_wage(staff, settings.budget.hourly_rate.value))
    return FundingCase(
        streams=names,
        groups=groups,
        group_of=group_of,
        months=case.periods,
        inflow=np.stack([case.inflow[name] for name in names]),
        past=past,
        opening=opening,
        overdue=tuple(end[0] for end in ends),
        due=np.stack([end[1] for end in ends]),
        hours=hours,
        price_cents=np.array([cents(settings.price_eur(name)) for name in names], dtype=np.int64),
        waiting_cents=np.array([_waiting_cents(settings, name) for name in names], dtype=np.int64),
        trained_fte=trained,
        in_training=np.stack([steady_training(fte, staff) for fte in trained]),
        hires_a_month=np.array([settings.hiring.groups[name].hires_per_month.value for name in groups]),
        recruitment_months=round(settings.hiring.recruitment_months.value),
        staff=staff,
        figures=FundingFigures(
            review_month=round(settings.funding.review_month.value),
            forecast_months=round(settings.funding.forecast_months.value),
            damping=settings.funding.damping.value,
            backlog_gone_months=settings.funding.backlog_gone_months.value,
            backlog_months=settings.staffing.backlog_months.value,
            dismissals_a_month=settings.funding.dismissals_a_month.value,
            patience_months=settings.funding.patience_months.value,
        ),
    )


def _open_at_origin(case: PlanningCase, name: str) -> float:
    """Open cases at the forecast origin as in the plan; the months before it are the same on every path."""
    figures = case.settings.streams[name]
    opened = opening_month(figures.open_cases, case.origin)
    one = {name: case.inflow[name][:1]}
    line = join(name, one, case.periods, case.history, after=np.datetime64(opened, "M"))
    queue = run_stream(name, line, figures, opened).queue
    first = -len(case.periods)
    return float(queue.open_cases[0, first] + queue.decisions[0, first] - line.counts[0, first])


def due_by(
    inflow: NDArray[np.float64], opening: NDArray[np.float64], term: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the terms of cases end: an application of month ``c`` is due by the end of month ``c + term``.

    Parameters
    ----------
    inflow : ndarray of float
        Shape ``[path, month]``.
    opening : ndarray of float
        Open cases at the start by month of application, oldest first, shape ``[age]``.
    term : ndarray of int
        Months, by month of application, shape ``[age + month]``.

    Returns
    -------
    tuple of ndarray
        Opening cases past their term before the first month, by the month in which they passed it, oldest first;
        and cases whose term has ended by each month's end, those included, shape ``[path, month]``.
    """
    paths, months = inflow.shape
    ends = np.arange(-opening.size, months) + term
    front = ends[: opening.size]
    before = np.bincount(np.maximum(front[front < 0] + opening.size, 0), weights=opening[front < 0])
    falling = np.zeros((paths, months))
    for cohort, end in enumerate(ends):
        if 0 <= end < months:
            falling[:, end] += opening[cohort] if cohort < opening.size else inflow[:, cohort - opening.size]
    until_start = np.pad(before.astype(np.float64), (0, opening.size - before.size))
    return until_start, until_start.sum() + np.cumsum(falling, axis=1)


def _waiting_cents(settings: PlanningSettings, name: str) -> int:
    """Reception of an applicant for a month, at the price of a regular place; 0 for streams without reception."""
    reception = settings.reception
    if reception.enters_as.get(name) != "applicant":
        return 0
    return round(reception.needs_reception[name].value * reception.cost_regular.value * _CENTS / _YEAR)


def _terms(case: PlanningCase, name: str, age: int) -> NDArray[np.int64]:
    """Legal terms by month of application, those of the opening stock in front."""
    applied = np.arange(case.periods[0] - age, case.periods[-1] + 1)
    return terms_by_month(case.settings.streams[name], applied)


def _past(case: PlanningCase, name: str) -> NDArray[np.float64]:
    """The months before the paths that a forecast rests on; without history the calibration year's, evenly."""
    wanted = max(_YEAR, round(case.settings.funding.forecast_months.value))
    even = np.full(_YEAR, case.settings.streams[name].calibration_cases.value / _YEAR)
    if case.history is None or name not in case.history.series_ids:
        return even
    known = int((case.history.periods < case.periods[0]).sum())
    lead = min(wanted, known)
    line = join(name, {name: case.inflow[name][:1]}, case.periods, case.history, after=case.origin - lead)
    past = line.counts[0, : len(line.months) - len(case.periods)]
    return past if past.size else even
