"""Ways of granting money compared on fresh paths: stock, terms, penalties, people lost, cost.

Some paths set the amounts that a regime begins with; the others judge all regimes, every regime on the same ones.
So differences are taken path by path, and no amount was fitted to what it is judged on.

What belongs here: setting, judging, and what is read from a regime's paths. What does not: what money does in a
month (``funding_steps``), tables (``funding_tables``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.errors import InputError
from indforecast.planning.funding_case import FundingCase, funding_case
from indforecast.planning.funding_forecast import expected_cases, wanted_cases
from indforecast.planning.funding_match import SameMoney, matched_amount, same_money
from indforecast.planning.funding_people import lost_and_hired_again, people_cents
from indforecast.planning.funding_steps import Regime, RegimePaths, run_regime, wanted_cents
from indforecast.planning.late import figures_of, late_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.config.planning_funding import FundingPlanning, RegimePlanning
    from indforecast.config.planning_late import LatePlanning
    from indforecast.planning.case import PlanningCase

_YEAR: Final = 12
_CENTS: Final = 100
#: Fewer paths than this say nothing on either side.
LEAST_PATHS: Final = 10


@dataclass(frozen=True)
class Comparison:
    """Regimes on the same fresh paths.

    Parameters
    ----------
    first_amounts : dict of regime to int
        Cents of the first calendar year.
    outcomes : dict of regime to dict of measure to ndarray
        One value per path, shape ``[path]``; measures are those of ``funding_tables.REGIME_MEASURES``.
    paths : dict of regime to RegimePaths
        Everything, month by month.
    setting_paths, judging_paths : int
        How many paths set the amounts and how many judged.
    levels : tuple of float
        Quantile levels of minimum, medio and maximum.
    streams : tuple of str
        Streams that take part.
    work : ndarray of float
        What the applications of a path cost over the horizon, EUR, shape ``[path]``.
    same_money : dict of regime to SameMoney
        Of the regimes that begin at what the reference grants: how near they are to it.
    """

    first_amounts: dict[str, int]
    outcomes: dict[str, dict[str, NDArray[np.float64]]]
    paths: dict[str, RegimePaths]
    setting_paths: int
    judging_paths: int
    levels: tuple[float, float, float]
    streams: tuple[str, ...]
    work: NDArray[np.float64]
    same_money: dict[str, SameMoney] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The regime that the others are compared with: the first."""
        return next(iter(self.outcomes))


def compare_regimes(case: PlanningCase, *, progress: Callable[[str], None] | None = None) -> Comparison:
    """Every regime of the settings on the paths that did not set its amount.

    Parameters
    ----------
    case : PlanningCase
        The first paths set amounts, ``planning.funding.setting_share`` of them and at least
        :data:`LEAST_PATHS`; the rest judges.
    progress : callable, optional
        Called with a regime's name before it is run.

    Raises
    ------
    InputError
        If there are too few paths for both sides.
    """
    funding, late = case.settings.funding, case.settings.late
    whole = funding_case(case)
    setting = max(LEAST_PATHS, round(whole.paths * funding.setting_share.value))
    if whole.paths - setting < LEAST_PATHS:
        raise InputError(
            f"{whole.paths} paths are too few to set amounts on some and judge them on others.",
            hint=f"Each side needs {LEAST_PATHS}; see planning.funding.setting_share.",
        )
    fresh = whole.select(slice(setting, None))
    law = law_amounts(case.settings, whole)
    setters = whole.select(slice(0, setting))
    first = first_amounts(setters, funding, case.levels[1], law[0])
    outcomes, paths = {}, {}
    for name, planned in funding.regimes.items():
        if progress is not None:
            progress(name)
        regime = plain(planned)
        if planned.first == "law":
            regime = replace(regime, schedule=law)
        paths[name] = run_regime(fresh, regime, first[name])
        outcomes[name] = outcome(paths[name], fresh, penalties_cents(paths[name], fresh, late))
    work = (fresh.price_cents[:, None] * fresh.inflow.sum(axis=2)).sum(axis=0) / _CENTS
    reference = next(iter(paths))
    alike = {}
    for name, planned in funding.regimes.items():
        if planned.first == "reference":
            own, other = (
                run_regime(setters, plain(funding.regimes[each]), first[each]) for each in (name, reference)
            )
            alike[name] = same_money(own.granted, other.granted, paths[name].granted, paths[reference].granted)
    return Comparison(first, outcomes, paths, setting, fresh.paths, case.levels, fresh.streams, work, alike)


def plain(planned: RegimePlanning) -> Regime:
    """A regime of the settings as plain numbers."""
    return Regime(round(planned.review_years.value), planned.corridor.value, planned.reserve.value)


def law_amounts(settings: PlanningSettings, case: FundingCase) -> tuple[int, ...]:
    """What the budget law has for these streams, cents of each calendar year from the first month's.

    Their part in the law's product funding is taken as that of the calibration year. Years that the law does not
    know have the nearest one's.

    Parameters
    ----------
    settings : PlanningSettings
        The law, prices and the calibration year's cases.
    case : FundingCase
        Streams and months.
    """
    law = settings.budget.law_product
    base = sum(
        int(price) * round(settings.streams[name].calibration_cases.value)
        for name, price in zip(case.streams, case.price_cents, strict=True)
    )
    whole = round(law[settings.budget.calibration_year].value * _CENTS)
    years = dict.fromkeys(str(month)[:4] for month in case.months)
    nearest = (min(max(year, min(law)), max(law)) for year in years)
    return tuple(round(law[year].value * _CENTS) * base // whole for year in nearest)


def first_amounts(setting: FundingCase, funding: FundingPlanning, medio: float, law: int = 0) -> dict[str, int]:
    """Cents of the first calendar year for each regime, from the setting paths alone.

    Parameters
    ----------
    setting : FundingCase
        The paths that set amounts.
    funding : FundingPlanning
        Regimes and how each begins.
    medio : float
        Quantile level of the medio.
    law : int
        Cents that the budget law has for the first year.
    """
    by_forecast = forecast_amount(setting)
    known: dict[str, int] = {"forecast": by_forecast, "medio": amount_at(setting, medio), "law": law}
    found: dict[str, int] = {}
    target: float | None = None
    reference = next(iter(funding.regimes.values()))
    for name, planned in funding.regimes.items():
        if planned.first != "reference":
            found[name] = _sure(setting, planned) or known[planned.first]
            continue
        if target is None:
            begins = _sure(setting, reference) or known[reference.first]
            target = float(run_regime(setting, plain(reference), begins).granted.sum(axis=1).mean())
        evenly = round(target * _YEAR / len(setting.months))
        found[name] = matched_amount(setting, plain(planned), target, evenly)
    return found


def _sure(setting: FundingCase, planned: RegimePlanning) -> int:
    """The amount at a regime's own level of certainty; 0 when it names none."""
    return amount_at(setting, planned.certainty.value) if planned.certainty is not None else 0


def forecast_amount(setting: FundingCase) -> int:
    """Cents a year by a forecast from what was observed at the start; equal on every path."""
    expected = expected_cases(setting.past, setting.inflow[:, :1], setting.figures)[:, :, 0]
    wanted = wanted_cases(expected, setting.late[:, None], 0, setting.figures)
    return int(wanted_cents(setting, wanted)[0])


def amount_at(setting: FundingCase, level: float) -> int:
    """Cents a year: a quantile over paths of the mean yearly need, late cases at the start worked away in it."""
    inflow = setting.inflow.mean(axis=2)
    backlog = setting.late / max(setting.figures.backlog_gone_months, setting.figures.backlog_months)
    return round(float(np.quantile(wanted_cents(setting, inflow + backlog[:, None]), level)))


def penalties_cents(paths: RegimePaths, case: FundingCase, late: LatePlanning) -> NDArray[np.int64]:
    """Court and administrative penalties over all streams, shape ``[path, month]``."""
    total = np.zeros(paths.granted.shape, dtype=np.int64)
    for index, name in enumerate(case.streams):
        figures = figures_of(name, late)
        if figures is not None:
            newly, past = paths.newly_late[index], paths.late[index]
            found = late_costs(newly, past, case.months, figures, late_before=case.overdue[index])
            total += found.penalties_cents
    return total


def outcome(paths: RegimePaths, case: FundingCase, penalties: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """What counts of a regime, one value per path.

    Parameters
    ----------
    paths : RegimePaths
        Month by month.
    case : FundingCase
        What it was run on.
    penalties : ndarray of int64
        Cents, shape ``[path, month]``.
    """
    open_cases, late = paths.open_cases.sum(axis=0), paths.late.sum(axis=0)
    decisions, in_term = paths.decisions.sum(axis=(0, 2)), paths.in_term.sum(axis=(0, 2))
    heads = paths.heads.sum(axis=0)
    staff_value = people_cents(paths, case.staff)
    open_work = (case.price_cents[:, None] * paths.open_cases[:, :, -1].astype(np.int64)).sum(axis=0)
    waiting = (case.waiting_cents[:, None] * paths.open_cases.sum(axis=2).astype(np.int64)).sum(axis=0)
    net = paths.spent.sum(axis=1) + penalties.sum(axis=1) + open_work - staff_value
    money: Mapping[str, NDArray[np.int64]] = {
        "regime_granted_eur": paths.granted.sum(axis=1),
        "regime_spent_eur": paths.spent.sum(axis=1),
        "regime_given_back_eur": paths.given_back.sum(axis=1),
        "regime_short_eur": paths.short.sum(axis=1),
        "regime_reserve_eur": paths.reserve[:, -1],
        "regime_penalties_eur": penalties.sum(axis=1),
        "regime_total_cost_eur": paths.spent.sum(axis=1) + penalties.sum(axis=1),
        "regime_open_work_eur": open_work,
        "regime_people_value_eur": staff_value,
        "regime_reception_eur": waiting,
        "regime_net_cost_eur": net,
        "regime_net_cost_with_reception_eur": net + waiting,
    }
    yearly = yearly_amounts(paths.granted)
    moved = np.abs(np.diff(yearly, axis=1)) / np.maximum(yearly[:, :-1], 1)
    return {
        "regime_open_cases_end": open_cases[:, -1],
        "regime_open_cases_mean": open_cases.mean(axis=1),
        "regime_late_cases_end": late[:, -1],
        "regime_decisions": decisions,
        "regime_share_in_term": np.divide(in_term, decisions, out=np.ones_like(decisions), where=decisions > 0),
        "regime_hires_fte": paths.hires.sum(axis=(0, 2)),
        "regime_dismissed_fte": paths.dismissed.sum(axis=(0, 2)),
        "regime_lost_and_hired_again_fte": lost_and_hired_again(paths.heads),
        "regime_people_mean_fte": heads.mean(axis=1),
        "regime_idle_share": paths.idle_hours.sum(axis=1) / np.maximum(paths.hours.sum(axis=1), 1.0),
        "regime_amount_moved_share": moved.mean(axis=1) if yearly.shape[1] > 1 else np.zeros(heads.shape[0]),
        **{name: value / _CENTS for name, value in money.items()},
    }


def yearly_amounts(granted: NDArray[np.int64]) -> NDArray[np.int64]:
    """What was granted in each run of twelve months from the first, a last part run left out; ``[path, year]``."""
    whole = granted.shape[1] // _YEAR
    return np.asarray(granted[:, : whole * _YEAR].reshape(granted.shape[0], whole, _YEAR).sum(axis=2))
