"""Funding: what each regime leads to, what that hangs on, the error of sampling, and how fast it goes.

Run ``python -m benchmarks.planning_funding [HOME]``: on the newest release of a home, or without one on a seeded
random walk around the last year of the reference history, on which figures of quality mean little. What belongs
here: the tables of docs/methods/planning-budget.md. What does not: the regimes (``indforecast.planning.funding``).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.planning_queue_figures import make_case
from indforecast.config import load_settings
from indforecast.domain.seeds import seed_for
from indforecast.planning.budget_paths import budget_paths
from indforecast.planning.certainty import certainty_table, needed, price_quantity_table, whole_years
from indforecast.planning.funding import amount_at, compare_regimes, forecast_amount, outcome, penalties_cents
from indforecast.planning.funding_case import funding_case
from indforecast.planning.funding_steps import Regime, run_regime
from indforecast.planning.funding_tables import difference_table, regime_table
from indforecast.planning.measures import ALL
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.funding_case import FundingCase

    _Outcome = Mapping[str, NDArray[np.float64]]

#: What the tables of sensitivity show, with the scale of its unit.
SHOWN: Final = {
    "regime_open_cases_end": ("open cases at the end", 1.0),
    "regime_dismissed_fte": ("people let go", 1.0),
    "regime_granted_eur": ("granted, EUR m", 1e6),
    "regime_penalties_eur": ("penalties, EUR m", 1e6),
    "regime_net_cost_eur": ("net cost, EUR m", 1e6),
    "regime_net_cost_with_reception_eur": ("net cost with reception, EUR m", 1e6),
}
YEARLY: Final = Regime(1, 0.0, 0.0)


def the_case(home: Path | None) -> tuple[str, PlanningCase]:
    """The newest release's paths, or a seeded random walk."""
    if home is not None:
        from indforecast.cli_planning import load_case

        release, case = load_case(home)
        return f"release {release.release_id}, {case.paths} paths", case
    settings = load_settings()
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    newest = triangle.as_of(triangle.vintages[-1]).panel(list(settings.hierarchy.base_ids))
    return "seeded random walk, 1,000 paths", make_case(settings, newest, 1000, 60)


def report(home: Path | None) -> Iterator[str]:
    """Lines of Markdown."""
    about, case = the_case(home)
    yield f"# Funding regimes ({about})\n"
    yield from regimes(case)
    yield from widths(case)
    yield from assumptions(case)
    yield from sampling(case)
    yield from speed(case)


def regimes(case: PlanningCase) -> Iterator[str]:
    """Every packaged regime, and its difference from the first."""
    found = compare_regimes(case)
    table = regime_table(found).query("inflow == 'all'").pivot(index="measure", columns="regime", values="mean")
    names = list(found.outcomes)
    yield f"\n## Means on {found.judging_paths} paths; {found.setting_paths} others set the amounts\n"
    yield from _head(["measure", *names])
    for measure, row in table.loc[list(found.outcomes[names[0]])].iterrows():
        scale = 1e6 if str(measure).endswith("_eur") else 1.0
        yield _row([str(measure), *(f"{row[name] / scale:,.3f}" for name in names)])
    differences = difference_table(found)
    yield f"\n## Difference from `{names[0]}` by thirds of inflow, ± standard error\n"
    yield from _head(["measure", "regime", "all", "low", "middle", "high"])
    for measure, (label, scale) in SHOWN.items():
        for name in names[1:]:
            chosen = differences[(differences["measure"] == measure) & (differences["regime"] == name)]
            cells = [_pm(row["mean"], row["standard_error"], scale) for _, row in chosen.iterrows()]
            yield _row([label, name, *cells])


def widths(case: PlanningCase) -> Iterator[str]:
    """Corridor, reserve, length and certainty apart, to see what does the work."""
    setting, fresh = _sides(case)
    start, medio = forecast_amount(setting), amount_at(setting, case.levels[1])
    base = _outcome(case, fresh, YEARLY, start)
    tried: dict[str, tuple[Regime, int]] = {
        "yearly, first year at the medio": (YEARLY, medio),
        "yearly with reserve 5 %": (Regime(1, 0.0, 0.05), start),
    }
    for width in (0.05, 0.15, 0.25, 0.4):
        for reserve in (0.0, 0.05, 0.1):
            tried[f"corridor {width:.0%}, reserve {reserve:.0%}"] = (Regime(1, width, reserve), medio)
    for years in (2, 3, 4, 5):
        tried[f"fixed for {years} years, medio"] = (Regime(years, 0.0, 0.0), medio)
    for level in (0.6, 0.7, 0.8, 0.9):
        tried[f"fixed for 5 years, {level:.0%} sure"] = (Regime(5, 0.0, 0.0), amount_at(setting, level))
    yield "\n## What does the work: difference from yearly repricing, ± standard error\n"
    yield from _head(["way of granting", *(label for label, _ in SHOWN.values())])
    for name, (regime, amount) in tried.items():
        yield _row([name, *_differences(_outcome(case, fresh, regime, amount), base)])


def assumptions(case: PlanningCase) -> Iterator[str]:
    """The corridor against yearly repricing under other assumptions."""

    def with_figures(**changes: float) -> Callable[[FundingCase], FundingCase]:
        return lambda each: replace(each, figures=replace(each.figures, **changes))

    def with_staff(**changes: float) -> Callable[[FundingCase], FundingCase]:
        return lambda each: replace(each, staff=replace(each.staff, **changes))

    changes: dict[str, Callable[[FundingCase], FundingCase]] = {
        "as packaged": lambda each: each,
        "damping 0 (the level of three years)": with_figures(damping=0.0),
        "damping 0.4": with_figures(damping=0.4),
        "damping 1 (last year's figure)": with_figures(damping=1.0),
        "backlog funded to be gone in 24 months": with_figures(backlog_gone_months=24.0),
        "at most 1 % let go a month": with_figures(dismissals_a_month=0.01),
        "at most 10 % let go a month": with_figures(dismissals_a_month=0.1),
        "no patience": with_figures(patience_months=0.0),
        "settled in March": with_figures(review_month=3),
        "twice as many hires a month": lambda each: replace(each, hires_a_month=2 * each.hires_a_month),
        "half as many hires a month": lambda each: replace(each, hires_a_month=each.hires_a_month / 2),
        "nobody borrowed": with_staff(flexible_share=0.0),
        "letting go costs nothing": with_staff(dismissal_cents=0),
    }
    setting, fresh = _sides(case)
    yield "\n## Corridor 15 % with reserve 5 % against yearly repricing, other assumptions\n"
    yield from _head(["assumption", *(label for label, _ in SHOWN.values())])
    for name, change in changes.items():
        first, judged = change(setting), change(fresh)
        medio = amount_at(first, case.levels[1])
        base = _outcome(case, judged, YEARLY, forecast_amount(first))
        yield _row([name, *_differences(_outcome(case, judged, Regime(1, 0.15, 0.05), medio), base)])


def sampling(case: PlanningCase) -> Iterator[str]:
    """The standard error quoted with an amount, against that of bootstrap draws."""
    plan = budget_paths(case)
    total = next(v for v in plan.measured if v.measure == "budget_eur" and v.series_id == ALL)
    rng = np.random.default_rng(seed_for("benchmarks.planning_funding"))
    levels = case.settings.funding.certainty
    yield "\n## Sampling error of the amount, EUR m: as quoted, and from 400 bootstrap draws\n"
    yield from _head(["year", "certainty", "amount", "quoted", "bootstrap"])
    for year, columns in list(whole_years(plan).items())[1::2]:
        amounts = total.of_year(columns)
        need, error = needed(amounts, levels)
        drawn = np.quantile(rng.choice(amounts, (400, amounts.size)), levels, axis=1).std(axis=1)
        for level, *figures in zip(levels, need, error, drawn, strict=True):
            yield _row([str(year), f"{level:.0%}", *(f"{figure / 1e6:,.1f}" for figure in figures)])


def speed(case: PlanningCase) -> Iterator[str]:
    """Seconds, and how they grow with paths and months."""
    yield "\n## Seconds (best of three)\n"
    yield from _head(["paths", "months", "budget on paths", "tables", "one regime", "all regimes, judged"])
    for paths, months in ((100, 60), (400, 60), (1000, 12), (1000, 24), (1000, 60), (4000, 60)):
        chosen = case.select(np.arange(paths) % case.paths).until(months)
        plan, whole = budget_paths(chosen), funding_case(chosen)
        amount = forecast_amount(whole)
        taken = (
            _best(lambda chosen=chosen: budget_paths(chosen)),
            _best(lambda plan=plan: (certainty_table({"": plan}), price_quantity_table({"": plan}))),
            _best(lambda whole=whole, amount=amount: run_regime(whole, YEARLY, amount)),
            _best(lambda chosen=chosen: compare_regimes(chosen)),
        )
        yield _row([f"{paths:,}", str(months), *(f"{each:.3f}" for each in taken)])


def _sides(case: PlanningCase) -> tuple[FundingCase, FundingCase]:
    whole = funding_case(case)
    setting = round(whole.paths * case.settings.funding.setting_share.value)
    return whole.select(slice(0, setting)), whole.select(slice(setting, None))


def _outcome(case: PlanningCase, fresh: FundingCase, regime: Regime, amount: int) -> _Outcome:
    paths = run_regime(fresh, regime, amount)
    return outcome(paths, fresh, penalties_cents(paths, fresh, case.settings.late))


def _differences(found: _Outcome, base: _Outcome) -> Iterator[str]:
    for measure, (_, scale) in SHOWN.items():
        each = found[measure] - base[measure]
        yield _pm(each.mean(), each.std(ddof=1) / np.sqrt(each.size), scale)


def _pm(mean: float, error: float, scale: float) -> str:
    digits = 1 if scale > 1 else 0
    return f"{mean / scale:+,.{digits}f} ± {error / scale:,.{digits}f}"


def _best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        begun = perf_counter()
        work()
        taken.append(perf_counter() - begun)
    return min(taken)


def _head(names: list[str]) -> Iterator[str]:
    yield _row(names)
    yield _row(["---"] * len(names))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in report(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(line)
