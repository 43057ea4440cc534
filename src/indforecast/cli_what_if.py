"""The command ``what-if``: two plans on the same paths, and what lies between them.

What belongs here: how changes are written and what is printed. What does not: what a change does
(``planning.levers``) and the two plans (``planning.what_if``).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.levers import Lever, LeverKind

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_FORM: Final = re.compile(
    r"^(?P<target>[a-z_]+)=(?P<sign>[+-]?)(?P<number>\d+(?:\.\d+)?)(?P<percent>%?)"
    r"(?:@(?P<start>\d{4}-(?:0[1-9]|1[0-2]))(?::(?P<end>\d{4}-(?:0[1-9]|1[0-2])))?)?$"
)
_PERCENT_LIMIT: Final = 10_000
_MONTHS: Final = 12


def _option(kind: str, text: str) -> Callable[[_Command], _Command]:
    return click.option(f"--{kind}", kind, multiple=True, metavar="WHAT=CHANGE[@FROM[:UNTIL]]", help=text)


@click.command(
    name="what-if",
    epilog="""\b
Examples:
  indforecast what-if --inflow asylum_first=+20%
  indforecast what-if --hours asylum_first=34 --hires asylum=25@2026-03:2026-08
  indforecast what-if --decisions asylum_first=2200@2027-01 --year 2028
  indforecast what-if --housing all=3.2 --grants all=-5% --json

\b
A change is a new value (34), so much more or less (+25, -25), or per cent (+20%).
FROM and UNTIL are months, YYYY-MM; without them it holds in all forecast months.
A hire in one month only: --hires asylum=50@2026-03:2026-03
""",
)
@release_argument
@_option("inflow", "Cases a month of a stream.")
@_option("hours", "Hours per case of a stream; its staff then decide fewer or more.")
@_option("decisions", "Decisions a month of a stream.")
@_option("hires", "FTE hired in each month by a workforce group (asylum, nareis, naturalisation).")
@_option("grants", "Share of decided asylum applicants who may stay ('all').")
@_option("housing", "Months until a status holder has a home ('all').")
@click.option(
    "--year", type=click.IntRange(2000, 2200), help="Only this calendar year; otherwise every whole year."
)
@click.option("--measure", "measures", multiple=True, help="Only these measures; may be given again.")
@settings_option
@json_option
@click.pass_obj
def what_if(
    home: Path,
    release_id: str,
    inflow: tuple[str, ...],
    hours: tuple[str, ...],
    decisions: tuple[str, ...],
    hires: tuple[str, ...],
    grants: tuple[str, ...],
    housing: tuple[str, ...],
    year: int | None,
    measures: tuple[str, ...],
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """What a change would mean for staff, money, terms and beds, on the paths of a release.

    RELEASE_ID may be its beginning, or 'latest'. The two plans stand on the same paths: differences are taken path
    by path, so their band is that of the change and not that of inflow.
    """
    from indforecast.domain.errors import InputError
    from indforecast.planning.what_if import what_if as compare

    changes = {
        "inflow": inflow, "hours": hours, "decisions": decisions, "hires": hires, "grants": grants,
        "housing": housing,
    }  # fmt: skip
    levers = [lever for kind, texts in changes.items() for lever in _levers(kind, texts)]
    if not levers:
        raise InputError(
            "No change was given.", hint="For example: indforecast what-if --inflow asylum_first=+20%"
        )
    release, case = load_case(home, release_id, settings_file)
    _check(levers, case)
    found = compare(case, levers)
    table = _chosen(found.yearly, year, measures)
    hired = found.hires if year is None else found.hires[found.hires["year"] == year]
    if as_json:
        rows, costs = (json.loads(one.to_json(orient="records")) for one in (table, hired))
        content = {
            "release_id": release.release_id, "changes": _told(changes), "yearly": rows, "hires": costs,
        }  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(f"Release {release.release_id}, changed: {'; '.join(_told(changes))}\n")
    _print(table)
    _print_hires(hired)
    click.echo(
        "\nmedio before and after; in brackets the band of the difference, path by path (8 in 10 lie in it).\n"
        "Both plans rest on the figures of 'planning' in the settings, many of them assumptions."
    )


def _levers(kind: str, texts: Iterable[str]) -> Iterable[Lever]:
    import numpy as np

    from indforecast.domain.errors import InputError
    from indforecast.planning.levers import Lever

    for text in texts:
        found = _FORM.match(text.strip())
        if found is None:
            raise InputError(
                f"--{kind} {text}: this is not a change.",
                hint=f"Write WHAT=CHANGE[@FROM[:UNTIL]], for example --{kind} {_EXAMPLES[kind]}",
            )
        value = float(found["number"]) * (-1 if found["sign"] == "-" else 1)
        if found["percent"] and abs(value) > _PERCENT_LIMIT:
            raise InputError(
                f"--{kind} {text}: more than {_PERCENT_LIMIT:,} per cent.", hint="Write a value instead."
            )
        if found["percent"] and not found["sign"]:
            raise InputError(
                f"--{kind} {text}: a percentage needs a sign.",
                hint=f"Write +{found['number']}% or -{found['number']}%.",
            )
        how = "percent" if found["percent"] else "add" if found["sign"] else "set"
        start, end = (np.datetime64(found[name], "M") if found[name] else None for name in ("start", "end"))
        if start is not None and end is not None and end < start:
            raise InputError(f"--{kind} {text}: it ends before it begins.", hint="Put the earlier month first.")
        yield Lever(_kind(kind), found["target"], how, value, start, end)  # type: ignore[arg-type]


_EXAMPLES: Final = {
    "inflow": "asylum_first=+20%",
    "hours": "asylum_first=34",
    "decisions": "asylum_first=2200@2027-01",
    "hires": "asylum=25@2026-03:2026-08",
    "grants": "all=0.5",
    "housing": "all=3.2",
}


def _kind(name: str) -> LeverKind:
    from indforecast.planning.levers import KINDS

    return next(kind for kind in KINDS if kind == name)


def _check(levers: Sequence[Lever], case: PlanningCase) -> None:
    """Targets that exist and months that are forecast; a change without effect would look like a finding."""
    from indforecast.config.wording import unknown
    from indforecast.domain.errors import InputError
    from indforecast.planning.what_if import targets_of

    known = targets_of(case)
    for lever in levers:
        if lever.target not in known[lever.kind]:
            raise InputError(
                f"--{lever.kind} {lever.target}: {unknown(lever.target, list(known[lever.kind]), 'name')}",
                hint=f"Known here: {', '.join(known[lever.kind])}.",
            )
        if not lever.acts_in(case.periods, case.periods[0]).any():
            raise InputError(
                f"--{lever.kind} {lever.target}: no forecast month lies in {_span(lever)}.",
                hint=f"This release forecasts {case.periods[0]} to {case.periods[-1]}.",
            )


def _span(lever: Lever) -> str:
    return f"{lever.start or 'the beginning'} to {lever.end or 'the end'}"


def _told(changes: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{kind} {text.strip()}" for kind, texts in changes.items() for text in texts]


def _chosen(table: pd.DataFrame, year: int | None, measures: tuple[str, ...]) -> pd.DataFrame:
    from indforecast.config.wording import unknown
    from indforecast.domain.errors import InputError

    have = list(dict.fromkeys(table["measure"]))
    for measure in measures:
        if measure not in have:
            raise InputError(
                f"--measure {measure}: {unknown(measure, have, 'measure')}", hint=f"Known: {', '.join(have)}."
            )
    if measures:
        table = table[table["measure"].isin(measures)]
    if year is not None:
        years = sorted(set(table["year"]))
        if year not in years:
            raise InputError(
                f"--year {year}: not among the years {years[0]} to {years[-1]}.", hint="Choose one of those."
            )
        table = table[table["year"] == year]
    return table.reset_index(drop=True)


def _print(table: pd.DataFrame) -> None:
    """One block per measure, only what the change moves."""
    from indforecast.planning.measures import ALL, MEASURES

    moved = table[(table["difference_minimum"] != 0) | (table["difference_maximum"] != 0)]
    shown = moved[moved["series_id"] == ALL] if (moved["series_id"] == ALL).any() else moved
    if shown.empty:
        click.echo("Nothing moves: on every path the two plans are the same.")
        return
    for measure, rows in shown.groupby("measure", sort=False):
        click.echo(f"{MEASURES[str(measure)].label_en} ({MEASURES[str(measure)].unit})")
        for row in rows.to_dict("records"):
            digits = 3 if row["unit"] == "share" else 0
            click.echo(
                f"  {row['year']}  {_figure(row['before_medio'], digits):>16} -> "
                f"{_figure(row['after_medio'], digits):>16}   "
                f"{_figure(row['difference_medio'], digits, signed=True):>15}  "
                f"({_figure(row['difference_minimum'], digits, signed=True)} to "
                f"{_figure(row['difference_maximum'], digits, signed=True)})"
            )


def _print_hires(hired: pd.DataFrame) -> None:
    """What the hires themselves bring and cost."""
    if hired.empty:
        return
    click.echo("\nHires, on top of replacing leavers: people, hours on cases, and wages, hiring and training")
    for row in hired.to_dict("records"):
        part = "" if row["months"] == _MONTHS else f"   ({row['months']} months)"
        click.echo(
            f"  {row['year']}  {row['group']}: {row['extra_fte']:+,.0f} FTE, {row['extra_hours']:+,.0f} hours, "
            f"{row['cost_eur']:+,.0f} EUR{part}"
        )


def _figure(value: float | np.floating[Any], digits: int, *, signed: bool = False) -> str:
    return f"{value:{'+' if signed else ''},.{digits}f}"
