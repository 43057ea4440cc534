"""The command ``record``: the ministry's forecasts, ours and what came, from the newest release.

What belongs here: its options and what is printed. What does not: the record (``evaluation.official_record``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_house import json_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd


@click.command(
    epilog="""\b
Examples:
  indforecast record
  indforecast record 2026-01-30 --json
"""
)
@click.argument("release_id", default="latest")
@json_option
@click.pass_obj
def record(home: Path, release_id: str, as_json: bool) -> None:
    """Official forecasts of total asylum inflow beside ours, made from data no newer, and the outcome.

    RELEASE_ID may be its beginning, or 'latest'. A handful of cases proves nothing.
    """
    from indforecast.domain.errors import NotFound
    from indforecast.evaluation.official_record import tally
    from indforecast.publication.release import open_release

    one = open_release(home, release_id)
    if "tables/official_record.parquet" not in one.manifest["files"]:
        raise NotFound(
            f"Release {one.release_id} was made before releases carried the official record.",
            hint="Make a new one with 'indforecast run'.",
        )
    table = one.table("official_record")
    found = tally(table)
    rows = _plain(table)
    if as_json:
        content = {"release_id": one.release_id, "tally": vars(found), "record": rows}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(f"Release {one.release_id}: total asylum inflow per calendar year, in persons\n")
    click.echo(f"{'year':<5} {'our data up to':<15} {'official':<34} {'ours':<34} outcome")
    for row in rows:
        outcome = "-" if row["outcome"] is None else f"{row['outcome']:,.0f}"
        bands = f"{_band(row, 'official'):<34} {_band(row, 'own'):<34}"
        click.echo(f"{row['target_year']:<5} {row['vintage']:<15} {bands} {outcome}")
    click.echo(
        f"\nOfficial bands with an outcome: {found.cases}, of which {found.official_inside} held it. "
        f"With a band of ours as well: {found.shared};\nthe official one held {found.shared_official_inside}, "
        f"ours {found.shared_own_inside}. So few cases, chosen knowing the years, prove nothing."
    )


def _band(row: Mapping[str, Any], whose: str) -> str:
    figures = [row[f"{whose}_{name}"] for name in ("minimum", "medio", "maximum")]
    band = " - ".join(f"{figure:,.0f}" for figure in figures if figure is not None) or "none"
    held = row[f"{whose}_held"]
    return f"{band} {'held' if held == 'inside' else 'missed'}" if held else band


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON knows them: days and months as text, nothing where a figure is missing."""
    import pandas as pd

    text = table.assign(
        vintage=pd.to_datetime(table["vintage"]).dt.strftime("%Y-%m-%d"),
        forecast_origin=pd.to_datetime(table["forecast_origin"]).dt.strftime("%Y-%m"),
    )
    rows: list[dict[str, Any]] = json.loads(text.to_json(orient="records"))
    return rows
