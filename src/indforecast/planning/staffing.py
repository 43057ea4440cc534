"""People from month to month: hired, in training, experienced, gone, borrowed; their hours and what they cost.

In month ``t``, in this order: of last month's people some leave; those at the end of their training become
experienced; some experienced people are let go; new people begin their training; everyone left works. Who begins
in month ``t`` is in training in months ``t`` to ``t + training_months - 1`` and experienced from then on. Hence

    start + hires - leavers - dismissed = experienced + in training

in every month of every path. All of it is linear in the decisions as long as no limit is met.

What belongs here: that arithmetic, for decisions that are given. What does not: how many to hire (``hiring``,
``hiring_rules``), what the hours achieve (``queue``), the figures (``config.planning_hiring``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings

_MONTHS = 12
_CENTS = 100


@dataclass(frozen=True)
class StaffFigures:
    """What staff arithmetic rests on, as plain numbers; :func:`staff_figures` reads them from the settings.

    Parameters
    ----------
    ramp : tuple of float
        Output in each month of training as a share of an experienced person's; its length is the training.
    trainer_fte : float
        Experienced FTE who train instead of deciding, per FTE in training.
    attrition_trained, attrition_trainees : float
        Share who leave per month.
    productive_hours : float
        Hours a year that an FTE works on cases.
    flexible_productivity : float
        Output of a borrowed FTE as a share of an experienced person's.
    flexible_share, flexible_growth : float
        Most borrowed FTE, and most by which they can grow in a month, per experienced FTE.
    wage_cents, flexible_cents : int
        Per FTE and month.
    hire_cents, dismissal_cents : int
        Per FTE; a hire's recruitment and courses together.
    replacing : float
        Share of the leavers at the start for whom someone is in training already.
    """

    ramp: tuple[float, ...]
    trainer_fte: float
    attrition_trained: float
    attrition_trainees: float
    productive_hours: float
    flexible_productivity: float
    flexible_share: float
    flexible_growth: float
    wage_cents: int
    flexible_cents: int
    hire_cents: int
    dismissal_cents: int
    replacing: float = 1.0

    @property
    def training_months(self) -> int:
        """Months from the first day to being experienced."""
        return len(self.ramp)

    @property
    def hours_a_month(self) -> float:
        """Hours that an experienced FTE works on cases in a month."""
        return self.productive_hours / _MONTHS


@dataclass(frozen=True)
class StaffPaths:
    """Staff of a group; every array is of shape ``[path, month]``.

    Parameters
    ----------
    trained_fte : ndarray of float
        Experienced, trainers included.
    trainees_fte : ndarray of float
        In training.
    flexible_fte : ndarray of float
        Borrowed, within the pool's limits.
    effective_fte : ndarray of float
        All their output, in experienced FTE; trainers' time is taken off, never below 0.
    hours : ndarray of float
        Hours on cases.
    leavers_fte : ndarray of float
        Who left of their own accord at the month's beginning, experienced or in training.
    dismissed_fte : ndarray of float
        Experienced people let go; no more than there are.
    wages_cents, hiring_cents, flexible_cents, dismissal_cents : ndarray of int64
        What they cost, by kind; hiring includes courses.
    """

    trained_fte: NDArray[np.float64]
    trainees_fte: NDArray[np.float64]
    flexible_fte: NDArray[np.float64]
    effective_fte: NDArray[np.float64]
    hours: NDArray[np.float64]
    leavers_fte: NDArray[np.float64]
    dismissed_fte: NDArray[np.float64]
    wages_cents: NDArray[np.int64]
    hiring_cents: NDArray[np.int64]
    flexible_cents: NDArray[np.int64]
    dismissal_cents: NDArray[np.int64]

    @property
    def cost_cents(self) -> NDArray[np.int64]:
        """All costs together."""
        return self.wages_cents + self.hiring_cents + self.flexible_cents + self.dismissal_cents


def staff_figures(settings: PlanningSettings) -> StaffFigures:
    """The figures of the settings per month and in cents."""
    hiring, productive = settings.hiring, settings.staffing.productive_hours.value
    yearly = hiring.yearly_cost.value if hiring.yearly_cost else settings.budget.hourly_rate.value * productive
    return StaffFigures(
        ramp=training_ramp(
            round(hiring.training_months.value),
            round(hiring.first_productive_month.value),
            hiring.productivity_at_end.value,
        ),
        trainer_fte=hiring.trainer_share.value,
        attrition_trained=a_month(hiring.attrition_trained.value),
        attrition_trainees=a_month(hiring.attrition_trainees.value),
        productive_hours=productive,
        flexible_productivity=hiring.flexible_productivity.value,
        flexible_share=hiring.flexible_share.value,
        flexible_growth=hiring.flexible_growth.value,
        wage_cents=round(yearly / _MONTHS * _CENTS),
        flexible_cents=round(hiring.flexible_price.value * productive / _MONTHS * _CENTS),
        hire_cents=round((hiring.hire_cost.value + hiring.training_cost.value) * _CENTS),
        dismissal_cents=round(hiring.dismissal_cost.value * _CENTS),
        replacing=hiring.replacing.value,
    )


def training_ramp(months: int, first_productive: int, at_end: float) -> tuple[float, ...]:
    """Output per month of training: 0 before ``first_productive`` (from 1), then evenly up to ``at_end``."""
    steps = months - first_productive + 1
    return tuple(at_end * max(month - first_productive + 1, 0) / max(steps, 1) for month in range(1, months + 1))


def a_month(share_a_year: float) -> float:
    """Share who leave in a month when ``share_a_year`` of a closed group leave in twelve."""
    return float(1 - (1 - share_a_year) ** (1 / _MONTHS))


def replacement_hires(trained_fte: float, figures: StaffFigures) -> float:
    """Hires a month that keep the number of experienced people as it is, those who leave in training included."""
    stay = (1 - figures.attrition_trainees) ** figures.training_months
    return trained_fte * figures.attrition_trained / stay


def steady_training(trained_fte: float, figures: StaffFigures) -> NDArray[np.float64]:
    """Who is in training at the start when leavers have been replaced month by month.

    FTE by month of training last worked in, first month first, shape ``[training_months]``.
    """
    begun = replacement_hires(trained_fte, figures) * figures.replacing
    return begun * (1 - figures.attrition_trainees) ** np.arange(figures.training_months, dtype=np.float64)


def staff_supply(
    start_fte: float | NDArray[np.float64],
    hires: NDArray[np.float64],
    figures: StaffFigures,
    *,
    dismissals: NDArray[np.float64] | None = None,
    flexible: NDArray[np.float64] | None = None,
    in_training: NDArray[np.float64] | None = None,
) -> StaffPaths:
    """Staff, hours and cost along the months for given decisions.

    Parameters
    ----------
    start_fte : float or ndarray
        Experienced FTE in the month before the first, one figure or shape ``[path]``.
    hires : ndarray of float
        FTE who begin in each month, shape ``[month]`` or ``[path, month]``, not negative.
    figures : StaffFigures
        Training, attrition, limits and prices.
    dismissals : ndarray of float, optional
        Experienced FTE to be let go, same shapes; no more than there are leave.
    flexible : ndarray of float, optional
        Borrowed FTE wanted, same shapes; cut to the pool's size and growth, whose start is 0.
    in_training : ndarray of float, optional
        FTE in training in the month before the first, by month of training, shape ``[training_months]`` or
        ``[path, training_months]``; nobody by default (see :func:`steady_training`).

    Returns
    -------
    StaffPaths
        Arrays of shape ``[path, month]``; one path when every argument is without paths.

    Raises
    ------
    ValueError
        If a decision is negative or not finite.
    """
    start = np.atleast_1d(np.asarray(start_fte, dtype=np.float64))
    wanted = {"hires": hires, "dismissals": dismissals, "flexible": flexible}
    given = {name: np.atleast_2d(values) for name, values in wanted.items() if values is not None}
    for name, values in given.items():
        if not np.all(np.isfinite(values)) or np.any(values < 0):
            raise ValueError(f"{name} must be finite and not negative")
    begun = np.zeros((1, figures.training_months)) if in_training is None else np.atleast_2d(in_training)
    months = given["hires"].shape[1]
    paths = max(start.size, begun.shape[0], *(values.shape[0] for values in given.values()))
    state = StaffState.at(
        np.broadcast_to(start, (paths,)), np.broadcast_to(begun, (paths, begun.shape[1])), figures
    )
    none = np.zeros((1, months))
    columns = []
    for month in range(months):
        now = (given.get(name, none)[:, month] for name in ("hires", "dismissals", "flexible"))
        columns.append(state.step(*now))
    return _gather(columns, np.broadcast_to(given["hires"], (paths, months)), figures)


@dataclass
class StaffState:
    """Staff on every path in one month; :meth:`step` moves on by a month.

    For rules that look at what is there before they decide: no decision can depend on a later month.
    """

    trained: NDArray[np.float64]
    cohorts: NDArray[np.float64]
    flexible: NDArray[np.float64]
    figures: StaffFigures

    @classmethod
    def at(cls, trained: NDArray[np.float64], cohorts: NDArray[np.float64], figures: StaffFigures) -> StaffState:
        """Before the first month: experienced FTE ``[path]`` and those in training ``[path, training_months]``."""
        return cls(trained.copy(), cohorts.copy(), np.zeros(trained.shape), figures)

    def step(
        self, hires: NDArray[np.float64], dismissals: NDArray[np.float64], flexible: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """One month on; decisions of shape ``[path]`` or ``[1]``.

        Returns
        -------
        ndarray of float
            Experienced, in training, borrowed, effective, leavers and let go, shape ``[6, path]``.
        """
        figures = self.figures
        left = self.trained * figures.attrition_trained
        left_training = self.cohorts * figures.attrition_trainees
        staying = self.cohorts - left_training
        trained = self.trained - left + staying[:, -1]
        dismissed = np.minimum(dismissals, trained)
        self.trained = trained - dismissed
        self.cohorts = np.concatenate(
            [np.broadcast_to(hires, self.trained.shape)[:, None], staying[:, :-1]], axis=1
        )
        self.flexible = np.minimum(
            np.minimum(flexible, self.flexible + figures.flexible_growth * self.trained),
            figures.flexible_share * self.trained,
        )
        net = np.asarray(figures.ramp) - figures.trainer_fte
        effective = self.trained + self.cohorts @ net + figures.flexible_productivity * self.flexible
        gone = left + left_training.sum(axis=1)
        people = (self.trained, self.cohorts.sum(axis=1), self.flexible)
        return np.stack([*people, np.maximum(effective, 0.0), gone, dismissed])


def _gather(columns: list[NDArray[np.float64]], hires: NDArray[np.float64], figures: StaffFigures) -> StaffPaths:
    trained, trainees, flexible, effective, leavers, dismissed = np.stack(columns, axis=2)
    return StaffPaths(
        trained_fte=trained,
        trainees_fte=trainees,
        flexible_fte=flexible,
        effective_fte=effective,
        hours=effective * figures.hours_a_month,
        leavers_fte=leavers,
        dismissed_fte=dismissed,
        wages_cents=_cents((trained + trainees) * figures.wage_cents),
        hiring_cents=_cents(hires * figures.hire_cents),
        flexible_cents=_cents(flexible * figures.flexible_cents),
        dismissal_cents=_cents(dismissed * figures.dismissal_cents),
    )


def _cents(value: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(value).astype(np.int64)
