"""Small cases whose money, staff and cases can be worked out by hand.

One FTE works 100 hours a month on cases of 10 hours and costs EUR 10,000; a case is paid EUR 1,000. So ten cases a
month are one person and pay for her.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from indforecast.config import load_settings
from indforecast.config.planning_funding import FundingPlanning
from indforecast.domain.observations import History
from indforecast.planning.case import PlanningCase
from indforecast.planning.funding_case import FundingCase, FundingFigures, due_by
from indforecast.planning.staffing import StaffFigures
from tests.unit.publication.factory import history_frame, make_paths

STAFF = StaffFigures(
    ramp=(1.0,),
    trainer_fte=0.0,
    attrition_trained=0.0,
    attrition_trainees=0.0,
    productive_hours=1200.0,
    flexible_productivity=0.8,
    flexible_share=0.0,
    flexible_growth=1.0,
    wage_cents=1_000_000,
    flexible_cents=1_500_000,
    hire_cents=0,
    dismissal_cents=0,
)
FIGURES = FundingFigures(
    review_month=9,
    forecast_months=12,
    damping=1.0,
    backlog_gone_months=60.0,
    backlog_months=24.0,
    dismissals_a_month=1.0,
    patience_months=0.0,
)


def small_case(inflow, *, people=10.0, term=240, hires_a_month=100.0, opening=(), figures=FIGURES, staff=STAFF):
    """One stream from January 2026; twelve months of 100 cases before; ``inflow`` of shape ``[month]`` or more."""
    counts = np.atleast_2d(np.asarray(inflow, dtype=np.float64))
    stock = np.asarray(opening, dtype=np.float64)
    terms = np.full(stock.size + counts.shape[1], term, dtype=np.int64)
    overdue, due = due_by(counts, stock, terms)
    first = np.datetime64("2026-01", "M")
    return FundingCase(
        streams=("stream",),
        groups=("group",),
        group_of=np.array([0]),
        months=np.arange(first, first + counts.shape[1]),
        inflow=counts[None],
        past=np.full((1, 12), 100.0),
        opening=np.array([stock.sum()]),
        overdue=(overdue,),
        due=due[None],
        hours=np.array([10.0]),
        price_cents=np.array([100_000]),
        waiting_cents=np.array([250_000]),
        trained_fte=np.array([people]),
        in_training=np.zeros((1, len(staff.ramp))),
        hires_a_month=np.array([hires_a_month]),
        recruitment_months=0,
        staff=staff,
        figures=figures,
    )


@cache
def planning_case(paths: int = 40, months: int = 60) -> PlanningCase:
    """All streams from January 2026 with invented histories and paths, packaged figures."""
    settings = load_settings()
    hierarchy = settings.hierarchy
    drawn = make_paths("2025-12", paths, months)
    seen = History(date(2026, 1, 30), history_frame()).panel(hierarchy.base_ids)
    first = np.datetime64("2026-01", "M")
    return PlanningCase(
        inflow={name: drawn.sel(series_id=name).to_numpy() for name in hierarchy.base_ids},
        periods=np.arange(first, first + months),
        hierarchy=hierarchy,
        settings=settings.planning,
        levels=settings.bands.levels,
        history=seen,
    )


def with_funding(case: PlanningCase, **changes: Any) -> PlanningCase:
    """The same case with other figures for funding, given as a settings file would."""
    funding = case.settings.funding.model_dump()
    changed = FundingPlanning.model_validate({**funding, **changes})
    return replace(case, settings=case.settings.model_copy(update={"funding": changed}))
