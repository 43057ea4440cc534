"""Beds: the June 2022 case, a hindcast from the end of 2021, replays, the newsvendor's cost, and speed.

What belongs here: the figures as Markdown, from the embedded reference data. What does not: the model
(``indforecast.planning``), its tests.

Run with ``python -m benchmarks.planning_beds``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks import planning_beds_speed
from indforecast.config import load_settings
from indforecast.config.planning import ReceptionPlanning, value_at
from indforecast.config.planning_places import PlacesCase
from indforecast.config.settings import Settings
from indforecast.domain.observations import Panel
from indforecast.forecasting.bed_foresight import Foresight, answer_case, month_counted
from indforecast.forecasting.past_paths import past_days
from indforecast.planning.bed_gap import bed_gap
from indforecast.planning.bed_replay import Foreseen, Hindsight, foresee
from indforecast.planning.places import PlaceCosts, expected_costs, target_places
from indforecast.planning.reception import run_reception
from indforecast.planning.residents import ReceptionPaths
from indforecast.planning.timeline import Timeline
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

#: A band of so much probability, as releases carry.
_LEVELS: Final = (0.1, 0.5, 0.9)

#: Published: "~50,000 end 2023" (ind.nl pages).
_OPEN_END_2023: Final = (date(2023, 12, 31), 50_000)

#: What COA said was needed (coa.nl captures; nieuws.nl; nhnieuws n146260), when, and the count that came nearest.
_COA_SAID: Final = (
    ("1 January 2023", "May 2022", 51_000, "2022-11", 0.96),
    ("1 January 2023", "November 2022", 61_189, "2022-11", 0.96),
    ("1 January 2024", "November 2022", 75_544, "2023-11", 0.91),
    ("1 January 2024", "April 2023", 77_100, "2023-11", 0.91),
    ("1 January 2025", "April 2024", 97_500, "2024-12", 0.91),
)

#: The first month after 2020 whose share of status holders is in the figures of today.
_STATUS_COUNTED: Final = "2022-01"

#: Counted start and end, and the place of the end among counts.
_REPLAYS: Final = (
    ("2022-01", "2022-11"),
    ("2022-05", "2022-11"),
    ("2022-11", "2023-09"),
    ("2022-01", "2023-09"),
    ("2022-01", "2023-11"),
    ("2023-11", "2024-12"),
)


def report() -> Iterator[str]:
    """Lines of Markdown."""
    settings = load_settings()
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    newest = triangle.as_of(triangle.vintages[-1]).panel(list(settings.planning.reception.needs_reception))
    cases = settings.planning.places.cases
    answers = {}
    for name, case in cases.items():
        histories = [triangle.as_of(day) for day in past_days(settings, triangle.vintages, case.known_until)]
        answers[name] = answer_case(histories, case, settings)
    yield from _june(cases["june-2022"], answers["june-2022"])
    yield from _hindcast(cases["end-2021"], answers["end-2021"])
    for name in ("june-2022", "end-2021"):
        yield from _misses(cases[name], answers[name], newest, settings)
    yield from _coa(settings)
    yield from _reconciled(cases["end-2021"], newest, settings)
    yield from _replays(newest, settings)
    yield from _newsvendor(cases["june-2022"], answers["june-2022"], settings)
    yield from planning_beds_speed.report()


def _june(case: PlacesCase, found: Foresight) -> Iterator[str]:
    need, planned = (0.0 if figure is None else figure.value for figure in (case.need, case.planned))
    told = bed_gap(case.contracts, counted_on=case.counted_on, on=case.on, need=need, planned=planned)
    low, middle, high = np.quantile(found.residents_on(case.on), _LEVELS)
    places = np.quantile(found.places_on(case.on), _LEVELS)
    yield "## June 2022\n"
    yield "| | COA, June 2022 | from inputs |"
    yield "| --- | --- | --- |"
    yield f"| places needed at the end of 2022 | 51,000 | {told.need:,} |"
    yield f"| more than calculated before | 9,000 | {told.increase:,} |"
    yield f"| places that end by expiry | 7,000 | {told.expiring:,} |"
    yield f"| places to find | 16,000 | {told.to_find:,} |"
    yield (
        f"\nThe model's own answer, from data known on {found.past.history.vintage} (observed to "
        f"{found.past.history.forecast_origin.astype('datetime64[M]')}): {middle:,.0f} residents on "
        f"{case.on} (80 % band {low:,.0f} to {high:,.0f}), so {places[1]:,.0f} places ({places[0]:,.0f} to "
        f"{places[2]:,.0f}) at {found.norm:.0%}.\n"
    )
    yield from _came(case, found)


def _came(case: PlacesCase, found: Foresight) -> Iterator[str]:
    yield "| day | residents counted | medio foreseen | error | 80 % band | |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for text, counted in case.came.items():
        low, middle, high = np.quantile(found.residents_on(date.fromisoformat(text)), _LEVELS)
        held = "held" if low <= counted.value <= high else "missed"
        yield (
            f"| {text} | {counted.value:,.0f} | {middle:,.0f} | {middle / counted.value - 1:+.1%} "
            f"| {low:,.0f} to {high:,.0f} | {held} |"
        )
    yield ""


def _hindcast(case: PlacesCase, found: Foresight) -> Iterator[str]:
    yield "## Hindcast from the end of 2021\n"
    fit = found.foreseen.fit
    yield (
        f"Fitted to the counts known on {case.known_until}: {fit.mean(fit.to_housing):.1f} months to a home, "
        f"{fit.mean(fit.grant_share):.0%} granted, {fit.mean(fit.status_share):.0%} of the residents with a "
        f"permit at the start; residual {fit.error:.1%}.\n"
    )
    yield from _came(case, found)
    low, middle, high = np.quantile(_open_cases(found.foreseen, _OPEN_END_2023[0]), _LEVELS)
    counted = _OPEN_END_2023[1]
    held = "held" if low <= counted <= high else "missed"
    yield (
        f"Open asylum cases at the end of 2023: about {counted:,} published, foreseen {middle:,.0f} "
        f"({low:,.0f} to {high:,.0f}), {middle / counted - 1:+.0%}, {held}.\n"
    )


def _misses(case: PlacesCase, found: Foresight, newest: Panel, settings: Settings) -> Iterator[str]:
    """What the miss of the medio comes from: figures of then replaced by what came, one after the other."""
    steps = _with_hindsight(found, newest, case, settings)
    days = [date.fromisoformat(text) for text in case.came]
    yield f"### What the miss comes from: {case.title}\n"
    with_cases = case.on >= _OPEN_END_2023[0]
    heads = [f"residents {day}" for day in days] + ["open cases end of 2023"] * with_cases
    yield f"| medio with ... | {' | '.join(heads)} |"
    yield f"| --- |{' --- |' * len(heads)}"
    for text, step in steps.items():
        cells = [f"{np.median(step.reception.residents[:, step.at(month_counted(day))]):,.0f}" for day in days]
        cells += [f"{np.median(_open_cases(step, _OPEN_END_2023[0])):,.0f}"] if with_cases else []
        yield f"| {text} | {' | '.join(cells)} |"
    counted = [f"{figure.value:,.0f}" for figure in case.came.values()] + [
        f"about {_OPEN_END_2023[1]:,}"
    ] * with_cases
    yield f"| counted | {' | '.join(counted)} |\n"


def _with_hindsight(found: Foresight, newest: Panel, case: PlacesCase, settings: Settings) -> dict[str, Foreseen]:
    figures = settings.planning.reception
    past = found.past
    at = np.isin(newest.periods, past.periods)
    inflow = {
        name: np.nan_to_num(newest.observed[newest.series_ids.index(name), at])[None, :] for name in past.inflow
    }
    along = [str(month) for month in found.foreseen.months]
    decided_per_month = settings.planning.streams["asylum_first"].decided_per_month or {}
    decided = np.array([value_at(decided_per_month, str(month)) for month in found.foreseen.queue_months])
    steps = {
        "what was known then": Hindsight(),
        "the inflow that came": Hindsight(inflow=inflow),
    }
    steps["and the decisions"] = replace(steps["the inflow that came"], decided=decided)
    steps["and the share granted"] = replace(
        steps["and the decisions"], grant_share=np.array([value_at(figures.grant_share, month) for month in along])
    )
    steps["and the months to a home, status holders at the start"] = replace(
        steps["and the share granted"],
        to_housing=np.array([value_at(figures.months_to_housing, month) for month in along]),
        status_share=value_at(figures.status_holders, max(case.then.opened, _STATUS_COUNTED)),
    )
    return {
        text: foresee(past.inflow, past.periods, past.history, case.then, figures, hindsight=told)
        for text, told in steps.items()
    }


def _coa(settings: Settings) -> Iterator[str]:
    yield "### What COA said, as places\n"
    yield "| for | said in | places | counted, over the norm | error |"
    yield "| --- | --- | --- | --- | --- |"
    for day, said, places, month, norm in _COA_SAID:
        came = settings.planning.reception.residents[month].value / norm
        yield f"| {day} | {said} | {places:,} | {came:,.0f} | {places / came - 1:+.1%} |"
    yield ""


def _reconciled(case: PlacesCase, newest: Panel, settings: Settings) -> Iterator[str]:
    """Whether the published stocks and flows of cases belong together at all."""
    within = (newest.periods > np.datetime64("2021-12")) & (newest.periods <= np.datetime64("2023-12"))
    rows = [newest.series_ids.index(name) for name in ("asylum_first", "asylum_repeat")]
    came = float(np.nansum(newest.observed[rows][:, within]))
    decided_per_month = settings.planning.streams["asylum_first"].decided_per_month or {}
    decided = 12 * sum(value_at(decided_per_month, f"{year}-01") for year in (2022, 2023))
    start, counted = case.then.open_cases.value, _OPEN_END_2023[1]
    left = start + came - decided
    yield (
        f"Published figures of cases do not add up: {start:,.0f} open at the end of 2021 + {came:,.0f} first and "
        f"repeat applications - {decided:,.0f} decisions = {left:,.0f} at the end of 2023, where about "
        f"{counted:,} are published: {counted - left:,.0f} cases are "
        "definition (the stock of 2021 counts less than that of 2023), not forecast.\n"
    )


def _replays(newest: Panel, settings: Settings) -> Iterator[str]:
    figures = settings.planning.reception
    yield "## Replays from a counted start with what came\n"
    yield "| from | to | counted | mean stay | error | with decisions | error |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for start, end in _REPLAYS:
        counted = figures.residents[end].value
        cells = []
        for coupled in (False, True):
            found = replayed(newest, figures, settings, start, end, coupled=coupled).residents[0, -1]
            cells.append(f"{found:,.0f} | {found / counted - 1:+.1%}")
        yield f"| {start} | {end} | {counted:,.0f} | {' | '.join(cells)} |"
    yield f"\n{_housed_beside_the_task(newest, settings)}"
    year = replayed(newest, figures, settings, "2023-11", "2024-12", coupled=True)
    housed, departed = year.housed[0, -12:].sum(), year.departed[0, -12:].sum()
    yield (
        f"\nOutflow in 2024: {housed:,.0f} status holders (published 30,210: {housed / 30_210 - 1:+.1%}) and "
        f"{departed:,.0f} others (14,060: {departed / 14_060 - 1:+.1%}); {year.status_holders[0, -1]:,.0f} status "
        f"holders in December 2024 (published nearly 20,000).\n"
    )


def _housed_beside_the_task(newest: Panel, settings: Settings) -> str:
    figures = settings.planning.reception
    found = replayed(newest, figures, settings, "2022-05", "2023-12", coupled=True).housed[0, 1:]
    halves = {"2022H2": found[:6].sum(), "2023H1": found[6:12].sum(), "2023H2": found[12:18].sum()}
    said = [f"{half} {homes:,.0f} of {figures.housing_task[half].value:,.0f}" for half, homes in halves.items()]
    return f"Housed in the replay from June 2022, of the task of municipalities: {', '.join(said)}."


def replayed(
    newest: Panel, figures: ReceptionPlanning, settings: Settings, start: str, end: str, *, coupled: bool
) -> ReceptionPaths:
    """Reception from one count to another with the inflow and decisions that came."""
    within = (newest.periods > np.datetime64(start)) & (newest.periods <= np.datetime64(end))
    months = newest.periods[within]
    lines = {
        name: Timeline(months, np.nan_to_num(newest.observed[newest.series_ids.index(name), within])[None, :])
        for name in figures.needs_reception
    }
    decisions = None
    if coupled:
        dated = settings.planning.streams["asylum_first"].decided_per_month or {}
        cases = np.array([[value_at(dated, str(month)) for month in months]])
        decisions = {
            "asylum_first": Timeline(months, cases),
            "asylum_repeat": Timeline(months, np.zeros_like(cases)),
        }
    return run_reception(lines, figures, start, decisions=decisions)


def _newsvendor(case: PlacesCase, found: Foresight, settings: Settings) -> Iterator[str]:
    costs = PlaceCosts.of(
        regular=case.then.cost_regular.value,
        emergency=case.then.cost_emergency.value,
        norm=found.norm,
        empty_share=settings.planning.places.empty_cost.value,
    )
    need = np.ceil(found.foreseen.reception.residents / found.norm)
    chooses, judges = need[::2], need[1::2]
    wanted = {"minimum": 0.1, "medio": 0.5, "target": costs.fractile, "maximum": 0.9}
    choices = {name: float(target_places(chooses, level, need.shape[1])[0]) for name, level in wanted.items()}
    yield f"## Places for {need.shape[1]} months from June 2022: critical fractile {costs.fractile:.3f}\n"
    yield "| choice | places | expected EUR m a year | dearest 5 % | months short |"
    yield "| --- | --- | --- | --- | --- |"
    for name, (mean, worst, short) in expected_costs(judges, choices, costs).items():
        yield f"| {name} | {choices[name]:,.0f} | {mean / 1e6:,.1f} | {worst / 1e6:,.1f} | {short:.0%} |"
    yield ""


def _open_cases(step: Foreseen, day: date) -> NDArray[np.float64]:
    column = int((np.datetime64(day.strftime("%Y-%m"), "M") - step.queue_months[0]).astype(np.int64))
    return step.open_cases[:, column]


if __name__ == "__main__":
    for line in report():
        print(line)
