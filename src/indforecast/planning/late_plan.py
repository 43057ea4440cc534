"""What late decisions and refusals lead to, for all streams of a plan, with the figures of the settings.

What belongs here: taking each track's late cases through ``late``, all streams' appeals through ``hearings``, and
the money of it. What does not: the kernels themselves, tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config.planning import value_at
from indforecast.domain.seeds import generator_for
from indforecast.planning.case_queues import case_queues
from indforecast.planning.hearings import CourtFigures, CourtPaths, court_load, refusal_appeals
from indforecast.planning.late import LatePaths, late_costs
from indforecast.planning.late_ages import late_at_start
from indforecast.planning.late_chain import figures_of
from indforecast.planning.measures import ALL
from indforecast.planning.tables import PathValues
from indforecast.planning.terms import terms_by_month
from indforecast.planning.workload import MONTHS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.config.planning_late import LatePlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.streams import StreamPaths

_CENTS = 100


@dataclass(frozen=True)
class LatePlan:
    """What late decisions and refusals lead to over the last months of the timelines.

    Parameters
    ----------
    months : ndarray of datetime64[M]
        Shape ``[month]``.
    late : dict of series_id to LatePaths
        Streams whose applicants give notice.
    appeals : dict of series_id to ndarray
        Appeals against refusals, shape ``[path, month]``.
    courts : CourtPaths
        All streams together, other procedures included.
    late_cost_cents : dict of series_id to ndarray of int64
        Penalties, costs of lost appeals and hours of the legal department that deciding in time would save.
    """

    months: NDArray[np.datetime64]
    late: dict[str, LatePaths]
    appeals: dict[str, NDArray[np.float64]]
    courts: CourtPaths
    late_cost_cents: dict[str, NDArray[np.int64]]

    @property
    def measured(self) -> list[PathValues]:
        """Every measure, streams and their total, over ``months``."""
        values = []
        for measure, rows in (
            ("notices", {name: late.notices for name, late in self.late.items()}),
            ("late_appeals", {name: late.appeals for name, late in self.late.items()}),
            ("penalty_cases", {name: late.penalty_cases for name, late in self.late.items()}),
            ("penalties_eur", {name: late.penalties_cents / _CENTS for name, late in self.late.items()}),
            ("late_cost_eur", {name: cents / _CENTS for name, cents in self.late_cost_cents.items()}),
            ("refusal_appeals", self.appeals),
        ):
            values += [PathValues(measure, name, value) for name, value in rows.items()]
            total = np.sum(list(rows.values()), axis=0) if rows else np.zeros_like(self.courts.procedures)
            # Cents are whole; adding euro of streams can lose them in the last digit.
            values.append(PathValues(measure, ALL, np.round(total, 2)))
        courts = self.courts
        return [
            *values,
            PathValues("court_procedures", ALL, courts.procedures),
            PathValues("hearings", ALL, courts.hearings),
            PathValues("hearings_unattended", ALL, courts.unattended),
            PathValues("legal_hours", ALL, courts.legal_hours),
            PathValues("judges_fte", ALL, courts.judges),
        ]


def run_late(
    streams: Sequence[StreamPaths],
    months: NDArray[np.datetime64],
    settings: PlanningSettings,
    *,
    seed_parts: Sequence[object] = (),
    chance: bool = True,
    court_factor: NDArray[np.float64] | None = None,
    known: Mapping[str, LatePaths] | None = None,
) -> LatePlan:
    """Notices, penalties, appeals and hearings of all streams.

    Parameters
    ----------
    streams : sequence of StreamPaths
        At least one, all ending in the same month.
    months : ndarray of datetime64[M]
        The last months of their timelines, shape ``[month]``.
    settings : PlanningSettings
        Every figure used.
    seed_parts : sequence
        What is drawn here is drawn for: the chance in a month's hearings, and how often applicants go to court.
    chance : bool
        Whether there are such draws; without, hearings are the expected ones, rounded, and shares as configured.
    court_factor : ndarray of float, optional
        Multiplies the share of notices that go to court, shape ``[path]``, instead of a draw.
    known : mapping of series_id to LatePaths, optional
        Late cases that were computed before, with the same queue, months and draws (``kept``).
    """
    figures, window, known = settings.late, months.size, known or {}
    if court_factor is None and chance:
        court_factor = court_factors(streams[0].line.counts.shape[0], figures, seed_parts)
    late = {}
    for stream in streams:
        name = stream.series_id
        paths = None if name in known else _late(stream, settings, court_factor)
        if name in known or paths is not None:
            late[name] = known[name] if paths is None else _windowed(paths, window)
    appealed = [stream for stream in streams if stream.series_id in figures.appeal_share]
    appeals = {stream.series_id: _appeals(stream, figures)[:, -window:] for stream in appealed}
    nothing = np.zeros((streams[0].line.counts.shape[0], window))
    courts = court_load(
        sum(appeals.values(), start=nothing),
        sum((paths.appeals for paths in late.values()), start=nothing),
        sum((paths.notices for paths in late.values()), start=nothing),
        court_figures(figures, settings.staffing.productive_hours.value),
        seed_parts=seed_parts,
        chance=chance,
    )
    cost = {name: late_cost_cents(paths, figures) for name, paths in late.items()}
    return LatePlan(months, late, appeals, courts, cost)


def court_figures(settings: LatePlanning, productive_hours: float) -> CourtFigures:
    """The settings as plain numbers."""
    return CourtFigures(
        procedures_per_appeal=settings.procedures_per_appeal.value,
        other_procedures=settings.other_procedures.value,
        other_hearings=settings.other_hearings.value,
        hearing_share=settings.hearing_share.value,
        hearing_share_late=settings.hearing_share_late.value,
        hearing_after=tuple(share.value for share in settings.hearing_after),
        hearings_vary=settings.hearings_vary.value,
        notice_hours=settings.notice_hours.value,
        appeal_hours=settings.appeal_hours.value,
        procedure_hours=settings.procedure_hours.value,
        hearing_hours=settings.hearing_hours.value,
        hours_available=settings.legal_fte.value * productive_hours / MONTHS_A_YEAR,
        hearings_per_judge=settings.hearings_per_judge.value,
    )


def late_cost_cents(paths: LatePaths, settings: LatePlanning) -> NDArray[np.int64]:
    """Penalties, costs of lost appeals and legal hours of late cases, in cents."""
    notice = round(settings.notice_hours.value * settings.legal_rate.value * _CENTS)
    appeal = round(
        (settings.appeal_hours.value * settings.legal_rate.value + settings.cost_of_appeal.value) * _CENTS
    )
    whole = paths.notices.astype(np.int64) * notice + paths.appeals.astype(np.int64) * appeal
    return paths.penalties_cents + whole


def _late(
    stream: StreamPaths, settings: PlanningSettings, court_factor: NDArray[np.float64] | None
) -> LatePaths | None:
    """A stream's late cases, track by track: within a track the oldest is decided first."""
    figures = figures_of(stream.series_id, settings.late)
    if figures is None:
        return None
    found = []
    for name, queue in stream.tracks.items():
        cohorts = stream.cohorts.get(name)
        before = np.zeros(1)
        if cohorts is not None:
            applied = stream.line.months[0] - np.arange(cohorts.age, 0, -1)
            noticed = _noticed_after(settings, stream.series_id, applied, None if name == ALL else name)
            before = late_at_start(cohorts.opening, cohorts.term, noticed)
        if not (queue.newly_late.any() or before.any()):
            continue
        found.append(
            late_costs(
                queue.newly_late,
                queue.open_past_term,
                stream.line.months,
                figures,
                late_before=before,
                court_factor=court_factor,
            )
        )
    if not found:
        whole, cents = np.zeros_like(stream.line.counts), np.zeros(stream.line.counts.shape, np.int64)
        return LatePaths(whole, whole, whole, cents, cents)
    return LatePaths(
        notices=np.sum([paths.notices for paths in found], axis=0),
        appeals=np.sum([paths.appeals for paths in found], axis=0),
        penalty_cases=np.sum([paths.penalty_cases for paths in found], axis=0),
        court_cents=np.sum([paths.court_cents for paths in found], axis=0),
        administrative_cents=np.sum([paths.administrative_cents for paths in found], axis=0),
    )


def _noticed_after(
    settings: PlanningSettings, series_id: str, applied: NDArray[np.datetime64], track: str | None
) -> NDArray[np.int64] | None:
    """The terms that applicants went by when they gave notice before the stock was counted."""
    stream, reading = settings.streams[series_id], settings.late.notice_reading
    if reading not in stream.extensions:
        return None
    return terms_by_month(stream.model_copy(update={"reading": reading}), applied, track)


def _appeals(stream: StreamPaths, settings: LatePlanning) -> NDArray[np.float64]:
    dated = settings.refusal_share[stream.series_id]
    refused = np.array([value_at(dated, str(month)) for month in stream.line.months])
    return refusal_appeals(stream.queue.decisions, refused, settings.appeal_share[stream.series_id].value)


def _windowed(paths: LatePaths, window: int) -> LatePaths:
    return LatePaths(
        paths.notices[:, -window:],
        paths.appeals[:, -window:],
        paths.penalty_cases[:, -window:],
        paths.court_cents[:, -window:],
        paths.administrative_cents[:, -window:],
    )


def late_plan(case: PlanningCase) -> LatePlan:
    """Notices, penalties, appeals and hearings of a planning case at its own capacity, as a whole plan has them.

    Parameters
    ----------
    case : PlanningCase
        Paths, history and figures.
    """
    streams, months = case_queues(case)
    return run_late(streams, months, case.settings, seed_parts=case_seed(case))


def case_seed(case: PlanningCase) -> tuple[str, str]:
    """What is drawn of courts is drawn for: one seed for everything that is said of a case."""
    return "plan", str(case.origin)


def court_factors(paths: int, settings: LatePlanning, seed_parts: Sequence[object]) -> NDArray[np.float64]:
    """How much more or less applicants go to court than assumed: a draw a path, median 1, shape ``[path]``."""
    draws = generator_for(*seed_parts, "court_share").standard_normal(paths)
    return np.exp(settings.court_uncertainty.value * draws)
