"""Small hiring questions whose answers can be found by trying everything.

An experienced FTE works 100 hours a month; a case takes one hour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from indforecast.planning.hiring_question import HiringQuestion
from indforecast.planning.staffing import StaffFigures
from indforecast.planning.workforce import Workforce

STAFF = StaffFigures(
    ramp=(0.0, 0.5),
    trainer_fte=0.1,
    attrition_trained=0.01,
    attrition_trainees=0.02,
    productive_hours=1200.0,
    flexible_productivity=0.8,
    flexible_share=0.1,
    flexible_growth=0.03,
    wage_cents=8_000_00,
    flexible_cents=12_000_00,
    hire_cents=5_000_00,
    dismissal_cents=20_000_00,
)


def workforce(work: Any, *, term: int = 2, opening: Any = (0.0,), start: float = 10.0) -> Workforce:
    """Work of shape ``[path, month]`` due ``term`` months after; ``opening`` is what is open, by month due."""
    hours = np.atleast_2d(np.asarray(work, dtype=np.float64))
    months = hours.shape[1]
    due = np.zeros_like(hours)
    due[:, term:] = hours[:, : max(months - term, 0)]
    falls = np.zeros(months)
    falls[: len(opening)] = opening
    first = np.datetime64("2026-01", "M")
    return Workforce(
        group="group",
        months=np.arange(first, first + months),
        work=hours,
        opening=float(np.sum(opening)),
        ready=float(np.sum(opening)) + np.cumsum(hours, axis=1),
        due=np.cumsum(due + falls, axis=1),
        due_at_start=0.0,
        falling=due + falls,
        falling_cases=due + falls,
        past=np.full(12, 1000.0),
        start_fte=start,
        hours_per_case=1.0,
    )


def question(work: Any, *, staff: StaffFigures = STAFF, **changes: Any) -> HiringQuestion:
    """A question on such work; keywords of :func:`workforce` and fields of the question."""
    about = {name: changes.pop(name) for name in ("term", "opening", "start") if name in changes}
    one = workforce(work, **about)
    months = len(one.months)
    fields: dict[str, Any] = {
        "workforce": one,
        "figures": staff,
        "most_hires": 4.0,
        "under_way": np.zeros(months),
        "lead": 1,
        "first": 4,
        "share": 0.9,
        "probability": 0.75,
        "may_dismiss": np.zeros(months, dtype=bool),
        "late_eur": 20.0,
        "left_eur": 100.0,
        "left_late_months": 12.0,
        "tail_level": 0.8,
        "tail_weight": 0.2,
    }
    return HiringQuestion(**(fields | changes))


def random_question(paths: int = 24, months: int = 18, *, seed: int = 7, **changes: Any) -> HiringQuestion:
    """Work that wanders upward, more than the people of the start can do."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0.015, 0.06, (paths, months))
    work = np.round(1050.0 * np.exp(np.cumsum(steps, axis=1)))
    return question(work, **({"first": 6} | changes))


def without_people(staff: StaffFigures = STAFF, **changes: Any) -> StaffFigures:
    """The same figures with some of them changed."""
    return replace(staff, **changes)
