"""The nowcast against the naive reading, on real revisions that it was not fitted on.

What belongs here: reading published figures and their restatements, the order in which cases may be learned from,
and the scores. What does not: the nowcast itself (``indforecast.models.reporting_delay``).

*Press* (a file): monthly figures as first published (``own``) and as restated a month later (``prev``). The window
expands: a month is nowcast from restatements that were out when its first figure was. *Eurostat* (a file): the
newest months as two publications showed them; every country is nowcast from the other countries. *Reference* (the
embedded data): at every month's end the three newest months from what was known that day, against the newest
figures; a publisher's figures and our own estimates apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indforecast.domain.quantiles import HUB_LEVELS, SCORE_LEVELS
from indforecast.evaluation.scores import log_wis, wis
from indforecast.forecasting.nowcast import MonthNowcasts, month_nowcasts, revision_triangle
from indforecast.models.chain_ladder import chain_ladder_development
from indforecast.models.delayed_count import Nowcast
from indforecast.models.development import Changes, Development, nowcast
from indforecast.models.reporting_delay import shrunken_development
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

_STREAMS = ("total_influx", "first_applications", "repeat_applications", "nareis_arrivals", "unaccompanied_minors")
#: Restatements of a stream that must be out before its next month is scored.
_BURN_IN = 3
#: The older publication shows restatements up to this age in months; older figures had been settled.
_EUROSTAT_AGES = 12
_EUROSTAT_ROUNDING = 5.0
_REFERENCE_STREAMS = ("asylum_first", "asylum_repeat", "asylum_nareis")
#: From the first replayed vintage to half a year before the newest: what is younger has not settled.
_REFERENCE_DAYS = ("2018-01", "2025-06")

Method = Callable[[Changes, list[int], int], Development]

_SHRUNKEN = partial(shrunken_development, chained=False)

METHODS: dict[str, Method] = {
    "chain ladder (Mack 1993)": partial(chain_ladder_development, chained=False),
    "shrunken (as built)": _SHRUNKEN,
    "shrunken, own cases only": partial(_SHRUNKEN, shrinkage_cases=0.5),
    "shrunken, pool only": partial(_SHRUNKEN, shrinkage_cases=1e6),
    "shrunken, pool counts 2 cases": partial(_SHRUNKEN, shrinkage_cases=2.0),
    "shrunken, pool counts 8 cases": partial(_SHRUNKEN, shrinkage_cases=8.0),
    "shrunken, spread as of shares": partial(_SHRUNKEN, volume_power=0.0),
    "shrunken, spread as of arrivals": partial(_SHRUNKEN, volume_power=0.5),
    "shrunken, every drift believed": partial(_SHRUNKEN, doubt=0.0),
}


@dataclass(frozen=True)
class Case:
    """One month: what was said first, what became of it, and what could be learned from before."""

    name: str
    age: int
    first: float
    final: float
    series: int
    past: Changes
    pools: list[int]
    ages: int
    rounding: float


def press_cases(path: Path) -> Iterator[Case]:
    """Expanding window over the press figures; five streams are one pool."""
    table = pd.read_csv(path)
    table["month"] = pd.PeriodIndex(table["month"], freq="M")
    pairs = []
    for number, stream in enumerate(_STREAMS):
        wide = table.pivot_table(index="month", columns="kind", values=stream).dropna()
        pairs += [(month, number, row["own"], row["prev"]) for month, row in wide.iterrows()]
    for month, number, first, final in sorted(pairs):
        # A month's restatement comes out together with the first figure of the next month.
        before = [pair for pair in pairs if pair[0] < month]
        if sum(pair[1] == number for pair in before) >= _BURN_IN:
            past = _changes([(pair[1], 0, pair[2], pair[3]) for pair in before])
            yield Case(_STREAMS[number], 0, first, final, number, past, [0] * len(_STREAMS), 1, 1.0)


def eurostat_cases(path: Path) -> Iterator[Case]:
    """Every country's newest months in the older publication, learned from the other countries'."""
    table = pd.read_csv(path)
    table = table[table["applicant"] != "NEW_ASY"]
    older, newer = sorted(table["vintage"].unique())
    wide = table.pivot_table(index=["geo", "applicant", "month"], columns="vintage", values="value").dropna()
    wide = wide.reset_index()
    age = pd.Period(older, "M").ordinal - pd.PeriodIndex(wide["month"], freq="M").asi8 - 1
    wide = wide.assign(age=age)[(age >= 0) & (age < _EUROSTAT_AGES)]
    series = {
        key: place for place, key in enumerate(sorted(set(zip(wide["geo"], wide["applicant"], strict=True))))
    }
    rows = [
        (row.geo, series[row.geo, row.applicant], row.age, row.first, row.final)
        for row in wide.rename(columns={older: "first", newer: "final"}).itertuples()
    ]
    for geo in sorted(wide["geo"].unique()):
        past = _changes([row[1:] for row in rows if row[0] != geo])
        for row in rows:
            if row[0] == geo:
                yield Case(geo, row[2], row[3], row[4], row[1], past, [0] * len(series), _EUROSTAT_AGES,
                           _EUROSTAT_ROUNDING)  # fmt: skip


def _changes(rows: list[tuple[int, int, float, float]]) -> Changes:
    series, age, before, after = (np.array(column) for column in zip(*rows, strict=True))
    return Changes(series.astype(np.int64), age.astype(np.int64), before.astype(float), after.astype(float))


def _answer(case: Case, method: Method) -> Nowcast:
    return nowcast(
        method(case.past, case.pools, case.ages),
        np.array([case.series]),
        np.array([case.age]),
        np.array([case.first]),
        rounding=case.rounding,
    )


def _line(name: str, quantiles: NDArray[np.float64], final: NDArray[np.float64]) -> str:
    """Scores of one method over its cases; quantiles ``[N, L]`` at the hub levels, persons."""
    at = {level: quantiles[:, HUB_LEVELS.index(level)] for level in HUB_LEVELS}
    scored = np.column_stack([at[level] for level in SCORE_LEVELS])
    missed = np.abs(at[0.5] - final)
    logs = np.abs(np.log1p(at[0.5]) - np.log1p(final))

    def held(low: float, high: float) -> float:
        return float(((np.rint(at[low]) <= final) & (final <= np.rint(at[high]))).mean())

    plain, relative = (score(scored, SCORE_LEVELS, final).mean() for score in (wis, log_wis))
    inside = f"{held(0.1, 0.9):>6.2f}  {held(0.025, 0.975):>6.2f}"
    return f"  {name:<32} {missed.mean():>7.2f}  {logs.mean():>8.4f}  {plain:>7.2f}  {relative:>8.5f}  {inside}"


def _table(title: str, cases: list[Case]) -> Iterator[str]:
    final = np.array([case.final for case in cases])
    first = np.array([case.first for case in cases])
    yield from _head(title, first, final)
    for name, method in METHODS.items():
        yield _line(name, np.vstack([_answer(case, method).quantiles(HUB_LEVELS) for case in cases]), final)


def _head(title: str, first: NDArray[np.float64], final: NDArray[np.float64]) -> Iterator[str]:
    yield f"{title}: {len(first)} cases, {int((first != final).sum())} revised"
    yield f"  {'':<32} {'MAE':>7}  {'log err':>8}  {'WIS':>7}  {'log WIS':>8}  {'in 80%':>6}  {'in 95%':>6}"
    yield _line("first figure as it is", np.repeat(first[:, np.newaxis], len(HUB_LEVELS), axis=1), final)


def press_lines(path: Path) -> Iterator[str]:
    """All streams as one, then each with the method as built."""
    cases = list(press_cases(path))
    yield from _table(f"Press, expanding window, {_BURN_IN} restatements of the stream known", cases)
    for stream in _STREAMS:
        own = [case for case in cases if case.name == stream]
        yield from list(_table(f"Press, {stream}", own))[:5] if own else []


def eurostat_lines(path: Path) -> Iterator[str]:
    """All newest months, then those where it differs most from them."""
    cases = list(eurostat_cases(path))
    yield from _table(f"Eurostat, one country left out at a time, ages to {_EUROSTAT_AGES - 1} months", cases)
    for title, some in (
        ("Eurostat, ages to 3 months", [case for case in cases if case.age <= 3]),
        ("Eurostat, the Netherlands", [case for case in cases if case.name == "NL"]),
    ):
        yield from list(_table(title, some))[:5]


def reference_lines() -> Iterator[str]:
    """The embedded data: the newest months at every month's end against the newest figures."""
    rows = reference_frame()
    rows = rows[rows["series_id"].isin(_REFERENCE_STREAMS)].assign(delivery_id="", publisher="")
    triangle = Triangle(rows)
    newest = triangle.as_of().observations.set_index(["series_id", "period"])
    known = triangle.revisions()
    days = [month.end_time.date() for month in pd.period_range(*_REFERENCE_DAYS, freq="M")]
    triangles = [revision_triangle(known, day, _REFERENCE_STREAMS) for day in days]
    methods: dict[str, partial[MonthNowcasts]] = {
        "shrunken, age to age (as built)": partial(month_nowcasts, newest=3),
        "shrunken, age to newest figure": partial(month_nowcasts, newest=3, chained=False),
        "chain ladder (Mack 1993)": partial(month_nowcasts, newest=3, develop=chain_ladder_development),
    }
    answers = {name: [method(item) for item in triangles] for name, method in methods.items()}
    found = answers["shrunken, age to age (as built)"]
    keys = [
        (_REFERENCE_STREAMS[row], pd.Timestamp(month))
        for item in found
        for row, month in zip(item.series, item.months, strict=True)
    ]
    last = newest.loc[keys]
    final = last["observed"].to_numpy(dtype=np.float64)
    official = (last["basis"] != "estimated").to_numpy()
    first = np.concatenate([item.nowcast.current for item in found])
    estimated = np.concatenate([item.estimated for item in found])
    quantiles = {
        name: np.vstack([item.nowcast.quantiles(HUB_LEVELS) for item in several])
        for name, several in answers.items()
    }
    for title, chosen in (
        ("Reference, a publisher's figures", ~estimated),
        ("Reference, our estimates", estimated),
        ("Reference, our estimates that a published figure replaced", estimated & official),
    ):
        yield from _head(title, first[chosen], final[chosen])
        for name in answers:
            yield _line(name, quantiles[name][chosen], final[chosen])


def main(arguments: list[str]) -> None:
    """Print what was measured.

    Parameters
    ----------
    arguments : list of str
        After ``nowcast``; ``--help`` names them.
    """
    parser = argparse.ArgumentParser(prog="benchmarks nowcast", description=__doc__)
    parser.add_argument("--eurostat", type=Path, help="CSV: month, geo, applicant, value, vintage")
    parser.add_argument("--press", type=Path, help="CSV: month, kind (own, prev), one column per stream")
    parser.add_argument("--replay", action="store_true", help="forecasts with and without; takes minutes")
    chosen = parser.parse_args(arguments)
    if chosen.replay:
        from benchmarks import nowcast_replay

        for line in nowcast_replay.report():
            print(line, flush=True)
        return
    for line in reference_lines():
        print(line, flush=True)
    for path, lines in ((chosen.press, press_lines), (chosen.eurostat, eurostat_lines)):
        for line in lines(path) if path else ():
            print(line, flush=True)
