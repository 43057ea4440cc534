"""The command ``plan terms``: a stream's tracks with their legal terms, and how they fare.

What belongs here: its options and what is printed. What does not: the queue (``planning.streams``), its table
(``planning.track_table``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_notes import made_otherwise, refuse_unknown
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from indforecast.config.planning import StreamPlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.streams import StreamPaths


@click.command(
    epilog="""\b
Examples:
  indforecast plan terms
  indforecast plan terms --reading as_applied       with the nine months' extension as it was applied
  indforecast plan terms --stream nareis_applications --json
"""
)
@release_argument
@click.option("--stream", default="asylum_first", show_default=True, help="A stream that is work.")
@click.option("--reading", help="Another reading of the law than the one in force; see the end of the output.")
@settings_option
@json_option
@click.pass_obj
def terms(
    home: Path, release_id: str, stream: str, reading: str | None, settings_file: Path | None, as_json: bool
) -> None:
    """Tracks, terms by month of application, and per year who is decided in term and who is late.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.domain.errors import InputError
    from indforecast.planning.streams import run_stream, stream_line
    from indforecast.planning.track_table import track_table

    release, case = load_case(home, release_id, settings_file)
    if stream not in case.work:
        raise refuse_unknown("--stream", stream, case.work, "stream")
    figures = case.settings.streams[stream]
    if reading is not None:
        if reading not in figures.extensions:
            known = list(figures.extensions)
            if not known:
                raise InputError(
                    f"--reading: unknown reading '{reading}'; {stream} has one reading of the law.",
                    hint="Leave the option out.",
                )
            raise refuse_unknown("--reading", reading, known, "reading")
        figures = figures.model_copy(update={"reading": reading})
    line, opened = stream_line(case, stream)
    paths = run_stream(stream, line, figures, opened)
    january = case.periods[0].astype("datetime64[Y]").astype("datetime64[M]")
    months = line.months[line.months >= january]
    table = track_table([paths], months, case.levels)
    by_track = _terms(paths, figures)
    if as_json:
        content = {
            "release_id": release.release_id, "made_by_other_code": made_otherwise(release, settings_file),
            "stream": stream, "reading": figures.reading, "readings": list(figures.extensions),
            "law": {
                name: [{"from": since, "months": months} for since, months in _law(figures, name)]
                for name in by_track
            },
            "terms": by_track,
            "yearly": json.loads(table.to_json(orient="records")),
        }  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    _print(release.release_id, case, paths, figures, table)


def _terms(paths: StreamPaths, figures: StreamPlanning) -> dict[str, dict[str, int]]:
    """Each track's term in months, by the month of application from which it holds; the oldest open one first."""
    import numpy as np

    from indforecast.planning.terms import terms_by_month

    found = {}
    for name in paths.tracks:
        age = paths.cohorts[name].age if name in paths.cohorts else 0
        months = np.arange(paths.line.months[0] - age, paths.line.months[-1] + 1)
        values = terms_by_month(figures, months, name if name in figures.track_order else None)
        changes = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
        found[name] = {str(months[at]): int(values[at]) for at in changes}
    return found


def _law(figures: StreamPlanning, track: str) -> list[tuple[str | None, int]]:
    """A track's term and the months of application from which another one holds; the first holds before them."""
    own = figures.tracks[track].term if track in figures.track_order else None
    if own is not None:
        dated = [(month, round(own[month].value)) for month in sorted(own)]
        found: list[tuple[str | None, int]] = [(None, dated[0][1])]
        rest = dated[1:]
    else:
        added = figures.extensions[figures.reading] if figures.reading is not None else {}
        found = [(None, figures.term_months)]
        rest = [(month, figures.term_months + round(added[month].value)) for month in sorted(added)]
    for month, months in rest:
        if months != found[-1][1]:
            found.append((month, months))
    return found


def _reading_in_words(reading: str, figures: StreamPlanning) -> str:
    """One sentence on what a reading of the law adds to whose term, and what it rests on."""
    import textwrap

    parts = []
    for month, added in sorted(figures.extensions[reading].items()):
        rests_on = added.source or f"assumption: {added.assumption}"
        how = f"{round(added.value)} months more" if added.value else "nothing more"
        parts.append(f"applications from {month} on have {how}: {rests_on.removeprefix('As above; ').rstrip('.')}")
    return textwrap.fill(f"Reading {reading}: {'; '.join(parts)}.", 118)


def _print(
    release_id: str,
    case: PlanningCase,
    paths: StreamPaths,
    figures: StreamPlanning,
    table: pd.DataFrame,
) -> None:
    read = f", reading {figures.reading}" if figures.reading else ""
    click.echo(f"Release {release_id}: {paths.series_id}{read}, {case.paths:,} paths\n")
    click.echo("Legal term in months, by the law's own dates (month of application):")
    for name in paths.tracks:
        dated = _law(figures, name)
        click.echo(
            f"  {name:<14} "
            + ", ".join(f"{months} from {since}" if since else f"{months}" for since, months in dated)
        )
    if figures.reading is not None:
        click.echo(_reading_in_words(figures.reading, figures))
    click.echo(
        "\nMedio per year; decided in term as minimum - medio - maximum\n"
        f"{'track':<14} {'year':<5} {'decided':>9} {'in term':>22} {'become late':>12} {'open':>9} {'late':>9} "
        f"{'mean age':>9}"
    )
    for (track, year), rows in table.groupby(["track", "year"], sort=False):
        one: dict[str, Any] = {row["measure"]: row for row in rows.to_dict("records")}
        band = " - ".join(f"{one['share_in_term'][at]:.0%}" for at in ("minimum", "medio", "maximum"))
        part = "" if one["decisions"]["months"] == 12 else f"  ({one['decisions']['months']} months)"
        click.echo(
            f"{track:<14} {year:<5} {one['decisions']['medio']:>9,.0f} {band:>22} "
            f"{one['newly_late']['medio']:>12,.0f} {one['open_cases']['medio']:>9,.0f} "
            f"{one['open_past_term']['medio']:>9,.0f} {one['mean_age']['medio']:>9.1f}{part}"
        )
    others = [name for name in figures.extensions if name != figures.reading]
    if others:
        click.echo(f"\nOther readings of the law: {', '.join(others)} (--reading).")
    click.echo(
        ("" if others else "\n")
        + "Assumed: track shares, hours per case by track and months until a case is ready; capacity is held "
        "after the\nlast dated figure, and within a track the oldest application goes first."
    )
