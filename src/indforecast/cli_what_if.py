"""The command ``what-if``: two plans on the same paths, and what lies between them.

What belongs here: options and what is printed. What does not: how changes are written (``cli_changes``), what they
do (``planning.levers``) and the two plans (``planning.what_if``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from indforecast.cli_changes import known_and_plausible, levers_of
from indforecast.cli_house import json_option, settings_option
from indforecast.cli_notes import (
    figure,
    footnote,
    made_otherwise,
    marked,
    refuse_unknown,
    simulated_streams,
    unit_shown,
)
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from pathlib import Path

    import pandas as pd

    from indforecast.planning.levers import Lever

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_MONTHS: Final = 12
#: What is printed without being asked for more.
_HEADLINES: Final = (
    "staffing_fte", "decisions", "open_cases", "open_past_term", "share_in_term", "budget_with_backlog_eur",
    "penalties_eur", "beds", "hearings",
)  # fmt: skip
_BANDS: Final = ("difference_medio", "difference_minimum", "difference_maximum")


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
  indforecast what-if --inflow students=+10% --all      every measure that moves

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
@click.option("--all", "every", is_flag=True, help="Every measure that moves; otherwise the main ones.")
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
    every: bool,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """What a change would mean for staff, money, terms and beds, on the paths of a release.

    RELEASE_ID may be its beginning, or 'latest'. The two plans stand on the same paths: differences are taken path
    by path, so their band is that of the change and not that of inflow.
    """
    from indforecast.planning.what_if import what_if as compare

    changes = {
        "inflow": inflow, "hours": hours, "decisions": decisions, "hires": hires, "grants": grants,
        "housing": housing,
    }  # fmt: skip
    levers = levers_of(changes)
    release, case = load_case(home, release_id, settings_file)
    said = known_and_plausible(levers, case)
    found = compare(case, levers)
    table = _chosen(found.yearly, year, measures)
    hired = found.hires if year is None else found.hires[found.hires["year"] == year]
    if as_json:
        rows, costs = (json.loads(one.to_json(orient="records")) for one in (table, hired))
        content = {
            "release_id": release.release_id, "made_by_other_code": made_otherwise(release, settings_file),
            "changes": _told(changes), "remarks": said, "yearly": rows, "hires": costs,
        }  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    simulated = simulated_streams(release)
    click.echo(f"Release {release.release_id}, changed: {'; '.join(_told(changes))}")
    for sentence in said:
        click.echo(sentence)
    click.echo()
    _print(table, () if every or measures else _HEADLINES, simulated)
    _print_hires(hired)
    if "share_in_term" in set(table["measure"]) and _rises_with_inflow(found.yearly, levers, year):
        click.echo(
            "\nMore inflow, and yet a higher share in term: cases of fast tracks and of streams that are decided "
            "within months\nadd decisions in term, while those of a full queue wait beyond the horizon."
        )
    click.echo(
        "\nmedio before and after; in brackets the band of the difference, path by path (8 in 10 lie in it).\n"
        "Both plans rest on the figures of 'planning' in the settings, many of them assumptions."
    )


def _told(changes: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{kind} {text.strip()}" for kind, texts in changes.items() for text in texts]


def _chosen(table: pd.DataFrame, year: int | None, measures: tuple[str, ...]) -> pd.DataFrame:
    from indforecast.domain.errors import InputError

    have = list(dict.fromkeys(table["measure"]))
    for measure in measures:
        if measure not in have:
            raise refuse_unknown(f"--measure {measure}", measure, have, "measure")
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


def _print(table: pd.DataFrame, wanted: tuple[str, ...], simulated: frozenset[str]) -> None:
    """One block per measure, only what the change moves; of the measures wanted, or of all."""
    from indforecast.planning.measures import ALL, MEASURES

    moved = table[(table["difference_minimum"] != 0) | (table["difference_maximum"] != 0)]
    if moved.empty:
        click.echo("Nothing moves: on every path the two plans are the same.")
        return
    totals = moved[moved["series_id"] == ALL]
    shown = moved if totals.empty else totals
    seen = shown[[_seen(row) for row in shown.to_dict("records")]]
    printed = seen[seen["measure"].isin(wanted)] if wanted else seen
    for measure, rows in printed.groupby("measure", sort=False):
        unit = MEASURES[str(measure)].unit
        click.echo(f"{MEASURES[str(measure)].label_en} ({unit_shown(unit)})")
        for row in rows.to_dict("records"):
            name = "" if row["series_id"] == ALL else f"  {marked(str(row['series_id']), simulated)}"
            click.echo(
                f"  {row['year']}  {figure(row['before_medio'], unit):>12} -> "
                f"{figure(row['after_medio'], unit):>12}   "
                f"{figure(row['difference_medio'], unit, signed=True):>10}  "
                f"({figure(row['difference_minimum'], unit, signed=True)} to "
                f"{figure(row['difference_maximum'], unit, signed=True)}){name}"
            )
    if printed.empty:
        click.echo("None of the main measures moves by as much as is shown here.")
    more = moved["measure"].nunique() - printed["measure"].nunique()
    if more and wanted:
        click.echo(f"\n{more} more measure{'s move' if more > 1 else ' moves'}: --all shows them.")
    note = footnote(printed, simulated)
    if note:
        click.echo(f"\n{note}")


def _seen(row: dict[Hashable, Any]) -> bool:
    """Whether any figure of the difference is other than 0 as printed."""
    return any(figure(row[band], row["unit"]).strip("0.,-") for band in _BANDS)


def _rises_with_inflow(table: pd.DataFrame, levers: Sequence[Lever], year: int | None) -> bool:
    """Whether more is asked of staff and the share in term goes up by as much as is printed."""
    from indforecast.planning.measures import ALL

    if {lever.kind for lever in levers} != {"inflow"}:
        return False
    table = table if year is None else table[table["year"] == year]
    share = table[(table["measure"] == "share_in_term") & (table["series_id"] == ALL)]
    cases = table[(table["measure"] == "open_cases") & (table["series_id"] == ALL)]
    up = share[[_seen(row) for row in share.to_dict("records")]]
    return bool((cases["difference_medio"] > 0).any() and (up["difference_medio"] > 0).any())


def _print_hires(hired: pd.DataFrame) -> None:
    """What the hires themselves bring and cost."""
    if hired.empty:
        return
    click.echo("\nHires, on top of replacing leavers: people, hours on cases, and wages, hiring and training")
    for row in hired.to_dict("records"):
        part = "" if row["months"] == _MONTHS else f"   ({row['months']} months)"
        click.echo(
            f"  {row['year']}  {row['group']}: {row['extra_fte']:+,.0f} FTE, {row['extra_hours']:+,.0f} hours, "
            f"{figure(row['cost_eur'], 'EUR', signed=True)} million EUR{part}"
        )
