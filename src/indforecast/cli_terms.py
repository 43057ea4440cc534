"""The command ``plan terms``: a stream's tracks with their legal terms, and how they fare.

What belongs here: its options and what is printed. What does not: the queue (``planning.streams``), its table
(``planning.track_table``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_house import json_option, settings_option
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
    from indforecast.config.wording import unknown
    from indforecast.domain.errors import InputError
    from indforecast.planning.streams import run_stream, stream_line
    from indforecast.planning.track_table import track_table

    release, case = load_case(home, release_id, settings_file)
    if stream not in case.work:
        raise InputError(
            f"--stream: {unknown(stream, list(case.work), 'stream')}", hint=f"Known: {', '.join(case.work)}."
        )
    figures = case.settings.streams[stream]
    if reading is not None:
        if reading not in figures.extensions:
            known = list(figures.extensions)
            hint = f"Known: {', '.join(known)}." if known else "This stream has one reading: leave the option out."
            raise InputError(f"--reading: {unknown(reading, known, 'reading')}", hint=hint)
        figures = figures.model_copy(update={"reading": reading})
    line, opened = stream_line(case, stream)
    paths = run_stream(stream, line, figures, opened)
    january = case.periods[0].astype("datetime64[Y]").astype("datetime64[M]")
    months = line.months[line.months >= january]
    table = track_table([paths], months, case.levels)
    by_track = _terms(paths, figures)
    if as_json:
        content = {
            "release_id": release.release_id, "stream": stream, "reading": figures.reading,
            "readings": list(figures.extensions), "terms": by_track,
            "yearly": json.loads(table.to_json(orient="records")),
        }  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    _print(release.release_id, case, paths, figures, by_track, table)


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


def _print(
    release_id: str,
    case: PlanningCase,
    paths: StreamPaths,
    figures: StreamPlanning,
    by_track: dict[str, dict[str, int]],
    table: pd.DataFrame,
) -> None:
    read = f", reading {figures.reading}" if figures.reading else ""
    click.echo(f"Release {release_id}: {paths.series_id}{read}, {case.paths:,} paths\n")
    click.echo("Legal term in months, by month of application (of cases open at the start, and later):")
    for name, dated in by_track.items():
        click.echo(f"  {name:<14} " + ", ".join(f"{months} from {month}" for month, months in dated.items()))
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
