"""Late costs, courts and complexity: what was fitted, what was held out, how fast, how well estimates recover.

Run ``python -m benchmarks.planning_late``; the tables stand in docs/methods/planning-late.md and
docs/methods/planning-complexity.md. What belongs here: the replay of 2020 to 2025 that shares are fitted on, with
its published figures. What does not: the models (``indforecast.planning``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from indforecast.config import load_settings
from indforecast.config.planning import value_at
from indforecast.domain.seeds import seed_for
from indforecast.planning.complexity import complexity_factors, figures_from
from indforecast.planning.complexity_fit import fit_complexity
from indforecast.planning.hearings import court_load, refusal_appeals
from indforecast.planning.hours_history import HoursHistory
from indforecast.planning.late import LatePaths, late_costs
from indforecast.planning.late_ages import late_at_start
from indforecast.planning.late_chain import figures_of
from indforecast.planning.late_plan import court_figures
from indforecast.planning.queue import first_in_first_out, opening_cohorts
from indforecast.planning.terms import terms_by_month
from indforecast.reference.dataset import reference_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from indforecast.config.planning import PlanningSettings
    from indforecast.planning.queue_paths import QueuePaths

    Shares = tuple[float, float]

FIRST, LAST = np.datetime64("2020-01", "M"), np.datetime64("2025-12", "M")
#: Open cases of the general procedure at the end of a month. Published: 45,000 of 50,000 (nieuws.nl 2024-02-02),
#: 50,910 (IND in figures), 51,000 on 1 January 2026; 12,590 and 35,790 are of all procedures, less those of the
#: others; 2019 is NRC 2020-03, 2020 assumed.
ASYLUM_STOCK = {"2019-12": 13000, "2020-12": 9000, "2021-12": 10500, "2022-12": 31500, "2023-12": 45000,
                "2024-12": 50000, "2025-12": 50500}  # fmt: skip
#: Share of first applications in the general procedure, as planning_terms.toml has it for these years.
GENERAL = 0.73
#: Nareis: 18,000 and 27,000 are published (nieuws.nl 2024-02-02); the others only say that the queue is long.
NAREIS_STOCK = {"2019-12": 4000, "2020-12": 4500, "2021-12": 8000, "2022-12": 18000, "2023-12": 27000,
                "2024-12": 36000, "2025-12": 30000}  # fmt: skip
#: Nareis applications a year: 2020 and 2021 from the published totals, then from scattered months.
NAREIS_YEAR = {2020: 9300, 2021: 14000, 2022: 20000, 2023: 24000, 2024: 22000, 2025: 12000}
#: Decisions on asylum a year (IND annual figures; 2024 and 2025 from IND in figures, months at hand times twelve).
ASYLUM_DECIDED = {2022: 24000, 2023: 35000, 2024: 27000, 2025: 19000}
NAREIS_DECIDED = {2022: 12000, 2023: 17000, 2024: 23000, 2025: 24000}

FITTED = (2023, 2024)
#: Filled posts of the legal department in 2022: 200 less 20 vacant (openkamer 2022Z15181).
LEGAL_2022 = 180.0


@dataclass(frozen=True)
class Replay:
    """Two queues from 2020 to 2025, one path each."""

    months: NDArray[np.datetime64]
    queues: dict[str, QueuePaths]
    before: dict[str, NDArray[np.float64]]

    def of_year(self, values: NDArray[np.float64], year: int, *, lag: int = 0) -> float:
        """Sum over a year of what happened ``lag`` months before."""
        first = int((np.datetime64(f"{year}-01", "M") - self.months[0]).astype(int)) - lag
        return float(values[..., max(first, 0) : first + 12].sum())


def replay(settings: PlanningSettings, *, reading: str = "six_months") -> Replay:
    """Late cases from 2020 on: observed applications, and as many cases leaving as the published stocks imply.

    Notices follow the six months and not the extension: see the table of readings.
    """
    months = np.arange(FIRST, LAST + 1)
    frame = reference_frame().sort_values("available_from").drop_duplicates(["series_id", "period"], keep="last")
    counted = {
        name: rows.set_index(rows["period"].dt.strftime("%Y-%m"))["observed"]
        for name, rows in frame.groupby("series_id")
    }
    asylum = np.array(
        [
            np.round(GENERAL * counted["asylum_first"].get(str(m), 0)) + counted["asylum_repeat"].get(str(m), 0)
            for m in months
        ]
    )
    nareis = np.array([np.round(NAREIS_YEAR[int(str(m)[:4])] / 12) for m in months])
    stream = settings.streams["asylum_first"]
    stream = stream.model_copy(update={"reading": reading})
    queues, before = {}, {}
    for name, inflow, stocks, spread, figures in (
        ("asylum_first", asylum, ASYLUM_STOCK, 9, stream),
        ("nareis_applications", nareis, NAREIS_STOCK, 6, settings.streams["nareis_applications"]),
    ):
        opening = opening_cohorts(stocks["2019-12"], spread)
        terms = terms_by_month(figures, np.arange(FIRST - spread, LAST + 1), None)
        queues[name] = first_in_first_out(inflow[None], opening, _leaving(inflow, months, stocks), terms)
        before[name] = late_at_start(opening, terms)
    return Replay(months, queues, before)


def _leaving(
    inflow: NDArray[np.float64], months: NDArray[np.datetime64], stocks: Mapping[str, int]
) -> NDArray[np.float64]:
    leaving = np.zeros(months.size)
    ends = sorted(stocks)
    for earlier, later in pairwise(ends):
        inside = (months > np.datetime64(earlier, "M")) & (months <= np.datetime64(later, "M"))
        leaving[inside] = (stocks[earlier] + inflow[inside].sum() - stocks[later]) / inside.sum()
    return leaving


def chains(world: Replay, settings: PlanningSettings, shares: Shares | None = None) -> dict[str, LatePaths]:
    """Notices, appeals and penalties of the replay, with shares of notices and of rulings changed to fit them."""
    found = {}
    for name, queue in world.queues.items():
        figures = figures_of(name, settings.late)
        assert figures is not None
        if shares is not None:
            figures = replace(figures, notice_share=shares[0], ruling_share=shares[1])
        found[name] = late_costs(
            queue.newly_late, queue.open_past_term, world.months, figures, late_before=world.before[name]
        )
    return found


def fit(world: Replay, settings: PlanningSettings) -> Shares:
    """Shares of notices and of rulings that reproduce 2023 and 2024 together."""
    whole = chains(world, settings, (1.0, 1.0))
    notices = sum(world.of_year(paths.notices, year) for paths in whole.values() for year in FITTED)
    paid = sum(paid_meur(world, whole, year, settings) for year in FITTED)
    notice_share = sum(published(settings, "notices")[year] for year in FITTED) / notices
    spent = sum(published(settings, "penalties_eur")[year] for year in FITTED) / 1e6
    return notice_share, spent / paid / notice_share


def calibration(settings: PlanningSettings) -> None:
    """Print what was fitted and what was held out."""
    world = replay(settings)
    notice_share, ruling_share = fit(world, settings)
    at = int((np.datetime64("2024-04", "M") - FIRST).astype(int))
    print(
        f"Fitted on 2023 and 2024: notice_share {notice_share:.2f}, ruling_share {ruling_share:.2f}; configured: ",
        end="",
    )
    print(f"{settings.late.notice_share['asylum_first'].value:g}, {settings.late.ruling_share.value:g}\n")
    then = chains(world, settings, (notice_share, ruling_share))
    now = chains(world, settings)
    print(
        "| year | notices, model | published | | paid, model (EUR m) | published | | with the configured share |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for year in range(2021, 2026):
        notices = sum(world.of_year(paths.notices, year) for paths in then.values())
        said = published(settings, "notices").get(year)
        held = "fitted" if year in FITTED else "held out"
        cells = [f"{year}", f"{notices:,.0f}", f"{said:,.0f}" if said else "", _error(notices, said, held)]
        spent = published(settings, "penalties_eur").get(year, 0.0) / 1e6 or None
        paid, again = paid_meur(world, then, year, settings), paid_meur(world, now, year, settings)
        cells += [f"{paid:.1f}", f"{spent:.1f}" if spent else "", _error(paid, spent, held), f"{again:.1f}"]
        print(f"| {' | '.join(cells)} |")
    print(
        "\n| reading of the extension, refitted | asylum past term, April 2024 | notices 2022, 2023, 2024 | "
        "paid 2023, 2024, 2025 |"
    )
    print("| --- | --- | --- | --- |")
    for reading in ("as_applied", "withdrawn_2024", "six_months"):
        other = replay(settings, reading=reading)
        found = chains(other, settings, fit(other, settings))
        notices_of = [sum(other.of_year(p.notices, year) for p in found.values()) for year in (2022, 2023, 2024)]
        spent_of = [paid_meur(other, found, year, settings) for year in (2023, 2024, 2025)]
        print(
            f"| {reading} | {other.queues['asylum_first'].open_past_term[0, at]:,.0f} | "
            f"{', '.join(f'{value:,.0f}' for value in notices_of)} | "
            f"{', '.join(f'{value:.1f}' for value in spent_of)} |"
        )
    print("| published | 6,300 over 15 months, 19,060 of 6 to 15 | 19,830, 28,670, 30,000 | 11.3, 36.8, 79.0 |")


def start(settings: PlanningSettings) -> None:
    """Print what the start of a plan is judged by: late cases decided a month, and what runs before it begins."""
    world = replay(settings)
    then = chains(world, settings)
    year = (world.months > np.datetime64("2024-06", "M")) & (world.months <= np.datetime64("2025-06", "M"))
    half = world.months > np.datetime64("2025-06", "M")
    print("\nThe year to June 2025, late cases decided a month as a share of those there were; half a year later:")
    for name, queue in world.queues.items():
        stock = queue.open_past_term[0]
        decided = np.concatenate([[0.0], stock[:-1] - stock[1:] + queue.newly_late[0, 1:]])
        share = (decided[1:] / np.maximum(stock[:-1], 1.0))[year[1:]].mean()
        ran = then[name].court_cents[0, half].mean() / 1e8
        print(f"- {name}: {share:.1%}; EUR {ran:.1f} m a month in July to December 2025")


def paid_meur(world: Replay, found: Mapping[str, LatePaths], year: int, settings: PlanningSettings) -> float:
    """Penalties paid in a year: those that ran so many days before."""
    lag = round(settings.late.paid_after.value / 30)
    return sum(world.of_year(paths.court_cents / 1e8, year, lag=lag) for paths in found.values())


def published(settings: PlanningSettings, measure: str) -> dict[int, float]:
    """What was published of a measure, by year."""
    return {row.year: row.value for row in settings.late.published if row.measure == measure}


def _told(settings: PlanningSettings, measure: str, year: int) -> str:
    found = published(settings, measure)
    return f"{found[year]:,.0f}" if year in found else ""


def _error(value: float, published: float | None, held: str) -> str:
    return f"{value / published - 1:+.0%} {held}" if published else ""


def courts(settings: PlanningSettings) -> None:
    """Print procedures, hearings and attendance beside what was published."""
    world = replay(settings)
    found = chains(world, settings)
    keep = slice(24, None)  # from January 2022
    months = world.months[keep]
    decided = {"asylum_first": ASYLUM_DECIDED, "nareis_applications": NAREIS_DECIDED}
    paths = 4000
    appeals = np.zeros((paths, months.size))
    for name, by_year in decided.items():
        monthly = np.array([[by_year[int(str(m)[:4])] / 12 for m in months]])
        refused = np.array([value_at(settings.late.refusal_share[name], str(m)) for m in months])
        appeals = appeals + refusal_appeals(monthly, refused, settings.late.appeal_share[name].value)
    late = sum(p.appeals[:, keep] for p in found.values()) + np.zeros_like(appeals)
    notices = sum(p.notices[:, keep] for p in found.values()) + np.zeros_like(appeals)
    productive = settings.staffing.productive_hours.value
    figures = court_figures(settings.late, productive)
    then = replace(figures, hours_available=LEGAL_2022 * productive / 12)
    load = court_load(appeals, late, notices, then, seed_parts=("benchmark",))
    print(
        "\n| year | procedures, model | published | hearings, model | published | "
        "not attended at 180 FTE | published |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for year in range(2022, 2026):
        columns = np.array([str(m).startswith(str(year)) for m in months])
        row = [
            values[:, columns].sum(axis=1).mean() for values in (load.procedures, load.hearings, load.unattended)
        ]
        print(
            f"| {year} | {row[0]:,.0f} | {_told(settings, 'court_procedures', year)} | {row[1]:,.0f} | "
            f"{_told(settings, 'hearings', year)} | {row[2]:,.0f} | "
            f"{_told(settings, 'hearings_unattended', year)} |"
        )
    first = np.array([str(m).startswith("2022") for m in months])
    print(
        f"\n2022 in parts: appeals for not deciding {late[0, first].sum():,.0f}, against refusals "
        f"{appeals[0, first].sum():,.0f}, other procedures {12 * figures.other_procedures:,.0f}"
    )


def recovery() -> None:
    """Print how well drift, wandering and jumps are recovered from simulated histories."""
    print(
        "\n| simulated, 96 months | drift, mean ± sd | wandering, mean ± sd | "
        "drifts within 2 errors | jump found |"
    )
    print("| --- | --- | --- | --- | --- |")
    for label, wander, noise, jumps in (
        ("no jump", 0.04, 0.04, {}),
        ("a jump of 15 %", 0.04, 0.04, {40: 0.15}),
        ("a jump of 25 %", 0.04, 0.04, {40: 0.25}),
        ("noisy months", 0.04, 0.10, {40: 0.25}),
    ):
        fits = [fit_complexity(simulated(seed, wander=wander, noise=noise, jumps=jumps)) for seed in range(60)]
        drift = np.array([found.drift for found in fits])
        inside = np.mean([abs(found.drift - 0.03) <= 2 * found.drift_error for found in fits])
        moved = np.array([found.volatility for found in fits])
        hits = [
            any(abs((jump.month - np.datetime64("2018-01", "M")).astype(int) - at) <= 1 for jump in found.jumps)
            for found in fits
            for at in jumps
        ]
        alarms = np.mean([len(found.jumps) for found in fits])
        seen = f"{np.mean(hits):.0%}" if jumps else f"{alarms:.2f} false a series"
        print(
            f"| {label} (drift 3 %, wandering {wander:.0%}, noise {noise:.0%}) "
            f"| {drift.mean():.1%} ± {drift.std():.1%} "
            f"| {moved.mean():.1%} ± {moved.std():.1%} | {inside:.0%} | {seen} |"
        )


def simulated(
    seed: int, *, months: int = 96, wander: float, noise: float, jumps: Mapping[int, float], drift: float = 0.03
) -> HoursHistory:
    """Hours per case that drift, wander and jump, with noise in each month."""
    random = np.random.default_rng(seed)
    steps = drift / 12 + wander / np.sqrt(12) * random.standard_normal(months)
    for at, size in jumps.items():
        steps[at] += size
    level = np.log(30) + np.cumsum(steps) + noise * random.standard_normal(months)
    return HoursHistory("asylum_first", np.datetime64("2018-01", "M") + np.arange(months), np.exp(level))


def speed(settings: PlanningSettings, paths: int = 1000, months: int = 60) -> None:
    """Print how long late costs with hearings, and complexity factors, take for all streams."""
    random = np.random.default_rng(seed_for("benchmark", "late"))
    line = np.datetime64("2026-01", "M") + np.arange(months)
    queues = []
    for name in settings.late.notice_share:
        inflow = random.poisson(2000, (paths, months)).astype(float)
        opening = opening_cohorts(45400, 20)
        queues.append((name, opening, first_in_first_out(inflow, opening, np.full(months, 1900.0), 6)))
    productive = settings.staffing.productive_hours.value

    def late_and_hearings() -> None:
        zero = np.zeros((paths, months))
        appeals, late, notices = zero, zero, zero
        for name, opening, queue in queues:
            figures = figures_of(name, settings.late)
            assert figures is not None
            found = late_costs(
                queue.newly_late, queue.open_past_term, line, figures, late_before=late_at_start(opening, 6)
            )
            late, notices = late + found.appeals, notices + found.notices
            appeals = appeals + refusal_appeals(queue.decisions, np.full(months, 0.5), 0.8)
        court_load(appeals, late, notices, court_figures(settings.late, productive), seed_parts=("speed",))

    movement = figures_from(settings.complexity, list(settings.streams))
    print(f"\nspeed, {paths:,} paths × {months} months:")
    for label, task in (
        (f"late costs of {len(queues)} streams and hearings", late_and_hearings),
        (
            f"complexity factors of {len(settings.streams)} streams",
            lambda: complexity_factors(paths, months, movement, 1),
        ),
    ):
        task()
        times = []
        for _ in range(5):
            begin, busy = time.perf_counter(), time.process_time()
            task()
            times.append((time.perf_counter() - begin, time.process_time() - busy))
        least, worked = (min(column) for column in zip(*times, strict=True))
        print(f"- {label}: {least:.3f} s, of which {worked:.3f} s of processor (least of 5)")


def main() -> None:
    """Print all tables."""
    settings = load_settings().planning
    calibration(settings)
    start(settings)
    courts(settings)
    recovery()
    speed(settings)


if __name__ == "__main__":
    main()
