"""The group ``plan``: what inflow means for staff, terms, money and courts.

What belongs here: the group and ``plan show``. What does not: its other commands, one per module (``cli_waiting``,
``cli_hiring``, ``cli_budget``, ``cli_regimes``, ``cli_courts``, ``cli_desks``, ``cli_tower``, ``cli_complexity``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from indforecast.cli_budget import budget
from indforecast.cli_complexity import complexity
from indforecast.cli_courts import courts, late
from indforecast.cli_desks import desks
from indforecast.cli_hiring import hire
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
from indforecast.cli_regimes import regimes
from indforecast.cli_terms import terms
from indforecast.cli_tower import tower
from indforecast.cli_waiting import waiting

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

#: What ``plan show`` says without being asked for more.
_HEADLINES: Final = (
    "staffing_fte", "staffing_fte_backlog", "decisions", "open_cases", "open_past_term", "share_in_term",
    "budget_eur", "budget_gap_eur", "residents", "beds", "reception_cost_eur",
)  # fmt: skip


@click.group(
    epilog="""\b
Examples:
  indforecast plan show                         staff, terms, money and beds per year
  indforecast plan show --stream asylum_first --measure open_cases
  indforecast plan hire --group asylum          whom to hire and when
  indforecast plan waiting --stream asylum_first --month 2026-03
"""
)
def plan() -> None:
    """What the inflow of a release means: staff, terms, money, courts, desks."""


@plan.command(
    epilog="""\b
Examples:
  indforecast plan show
  indforecast plan show --measure staffing_fte --stream asylum_first
  indforecast plan show --config ours.toml      with your own hours and prices
  indforecast plan show --json
"""
)
@release_argument
@click.option("--measure", "measures", multiple=True, help="Only these measures; may be given again.")
@click.option("--stream", default="all", show_default=True, help="A stream, or 'all' for the total.")
@settings_option
@json_option
@click.pass_obj
def show(
    home: Path,
    release_id: str,
    measures: tuple[str, ...],
    stream: str,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """Bands per calendar year, as published, or made anew with the settings of --config.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.publication.release import open_release

    if settings_file is None:
        release = open_release(home, release_id)
        yearly = release.table("plan_yearly")
    else:
        from indforecast.planning.composed import plan_paths
        from indforecast.planning.plan import plan_tables

        release, case = load_case(home, release_id, settings_file)
        yearly = plan_tables(plan_paths(case)).yearly
    chosen = _chosen(yearly, measures, stream)
    if as_json:
        rows = json.loads(chosen.to_json(orient="records"))
        content = {
            "release_id": release.release_id,
            "made_by_other_code": made_otherwise(release, settings_file) if settings_file else False,
            "stream": stream,
            "yearly": rows,
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    made = "as published" if settings_file is None else f"made anew with {settings_file}"
    simulated = simulated_streams(release)
    note = footnote(chosen, simulated)
    name = marked(stream, simulated) if note else stream
    click.echo(f"Release {release.release_id}, {made}: {name}, minimum / medio / maximum\n")
    _print(chosen)
    if note:
        click.echo(f"\n{note}")
    click.echo(
        "\nHours, prices and stays are single figures here, many of them assumptions: see the report's list."
    )


for _command in (terms, waiting, hire, budget, regimes, late, courts, desks, tower, complexity):
    plan.add_command(_command)


def _chosen(yearly: pd.DataFrame, measures: tuple[str, ...], stream: str) -> pd.DataFrame:
    from indforecast.domain.errors import InputError

    known = list(dict.fromkeys(yearly["measure"]))
    for measure in measures:
        if measure not in known:
            raise refuse_unknown("--measure", measure, known, "measure")
    streams = list(dict.fromkeys(yearly["series_id"]))
    if stream not in streams:
        raise refuse_unknown("--stream", stream, streams, "stream")
    of_stream = yearly[yearly["series_id"] == stream]
    wanted = measures or tuple(name for name in _HEADLINES if name in set(of_stream["measure"]))
    rows = of_stream[of_stream["measure"].isin(wanted)]
    if rows.empty:
        have = ", ".join(dict.fromkeys(of_stream["measure"]))
        raise InputError(f"{stream} has none of: {', '.join(wanted)}.", hint=f"It has: {have}.")
    order = {name: place for place, name in enumerate(wanted)}
    return rows.sort_values(["measure", "year"], key=lambda keys: keys.map(order).fillna(keys)).reset_index(
        drop=True
    )


def _print(chosen: pd.DataFrame) -> None:
    from indforecast.planning.measures import MEASURES

    for measure, rows in chosen.groupby("measure", sort=False):
        unit = MEASURES[str(measure)].unit
        click.echo(f"{MEASURES[str(measure)].label_en} ({unit_shown(unit)})")
        for row in rows.to_dict("records"):
            band = " / ".join(f"{figure(row[name], unit):>12}" for name in ("minimum", "medio", "maximum"))
            part = "" if row["months"] == 12 else f"   ({row['months']} months)"
            click.echo(f"  {row['year']}  {band}{part}")
