"""The command ``plan complexity``: how hours per case may move, and whose uncertainty that is.

What belongs here: its options, opening the user's table, what is printed. What does not: drawing and estimating
(``planning.complexity``, ``planning.complexity_fit``), sharing out variance (``planning.uncertainty``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.complexity_fit import ComplexityFit
    from indforecast.planning.hours_history import HoursHistory

_MAX_BYTES: Final = 5_000_000
_NAMES: Final = {
    "inflow": "inflow",
    "hours_today": "not knowing today's hours",
    "hours_per_case": "hours per case moving",
    "appeals": "how often applicants go to court",
    "stays": "how long people stay",
}


@click.command(
    epilog="""\b
Examples:
  indforecast plan complexity                      with the packaged assumptions
  indforecast plan complexity --hours hours.csv    estimated from your decisions and hours
  indforecast plan complexity --json

\b
hours.csv has the columns month,series_id,decisions,hours (and staff, used where hours is empty):
  month,series_id,decisions,hours
  2023-01,asylum_first,2410,71900
"""
)
@release_argument
@click.option(
    "--hours",
    "hours_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV of decisions and hours by month and stream, at least 24 months a stream.",
)
@settings_option
@json_option
@click.pass_obj
def complexity(
    home: Path, release_id: str, hours_file: Path | None, settings_file: Path | None, as_json: bool
) -> None:
    """How hours per case may drift and jump, and what share of the uncertainty that is beside inflow's.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.planning.moving_hours import moving_hours
    from indforecast.planning.uncertainty import factor_table, plan_uncertainty, staff_bands

    release, case = load_case(home, release_id, settings_file)
    histories = _histories(hours_file, case) if hours_file else {}
    drawn = moving_hours(case, histories)
    fits, assumed = drawn.fits, drawn.assumed(case)
    if sys.stderr.isatty():
        click.echo(f"Sharing out the variance of {case.paths:,} paths …", err=True)
    found = plan_uncertainty(case, drawn.factors, drawn.courts, drawn.today)
    bands, staff = factor_table(case, drawn.factors), staff_bands(case, drawn.factors)
    if as_json:
        content = {
            "release_id": release.release_id,
            "estimated": [_fit(fit) for fit in fits.values()],
            "assumed": assumed,
            "factors": json.loads(bands.to_json(orient="records")),
            "staffing_fte": json.loads(staff.to_json(orient="records")),
            "plan_uncertainty": json.loads(found.to_json(orient="records")),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(f"Release {release.release_id}: hours per case\n")
    _say_fits(fits, case)
    _say_bands(bands)
    _say_staff(staff)
    _say_shares(found)
    if assumed:
        click.echo(
            f"\nAssumed, not estimated, for: {', '.join(assumed)}. Give --hours to estimate from your own figures."
        )


def _histories(path: Path, case: PlanningCase) -> dict[str, HoursHistory]:
    from indforecast.domain.errors import InputError
    from indforecast.planning.hours_history import parse_hours

    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", hint="Check --hours.") from None
    if len(content) > _MAX_BYTES:
        raise InputError(f"{path} is larger than {_MAX_BYTES:,} bytes.", hint="Give months per stream, not cases.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text.", hint="Save it as CSV in UTF-8.") from None
    productive = case.settings.staffing.productive_hours.value
    return parse_hours(text, case.work, productive_hours=productive, name=str(path))


def _fit(fit: ComplexityFit) -> dict[str, Any]:
    return {
        "series_id": fit.series_id,
        "months": fit.months,
        "hours_per_case": fit.hours_per_case,
        "drift_per_year": fit.drift,
        "drift_error": fit.drift_error,
        "volatility_per_year": fit.volatility,
        "volatility_error": fit.volatility_error,
        "noise": fit.noise,
        "jumps": [
            {"month": str(jump.month), "size": jump.size, "standard_error": jump.standard_error}
            for jump in fit.jumps
        ],
        "left_out": [str(month) for month in fit.wrong_months],
    }


def _say_fits(fits: Mapping[str, ComplexityFit], case: PlanningCase) -> None:
    for name, fit in fits.items():
        used = case.settings.streams[name].handling_hours.value
        click.echo(
            f"{name}: {fit.hours_per_case:.1f} hours per case lately (the plan uses {used:g}); "
            f"drift {fit.drift:+.1%} a year (± {fit.drift_error:.1%}), wandering {fit.volatility:.1%} a year "
            f"(± {fit.volatility_error:.1%}), noise of a month {fit.noise:.1%}; {fit.months} months"
        )
        for jump in fit.jumps:
            click.echo(f"  jump in {jump.month}: {jump.size:+.0%} (± {jump.standard_error:.0%})")
        if fit.wrong_months:
            click.echo(f"  left out as single months that stand apart: {', '.join(map(str, fit.wrong_months))}")
    if fits:
        click.echo("")


def _say_bands(bands: pd.DataFrame) -> None:
    click.echo("Hours per case against today's (today = 1.00), minimum / medio / maximum, mean of the year")
    for name, rows in bands.groupby("series_id", sort=False):
        cells = [f"{r.year} {r.minimum:.2f} / {r.medio:.2f} / {r.maximum:.2f}" for r in rows.itertuples()]
        click.echo(f"  {name:<22} {'   '.join(cells[:: max(1, len(cells) // 2)])}")


def _say_staff(staff: pd.DataFrame) -> None:
    click.echo("\nDirect staff to keep up with inflow (FTE), minimum / medio / maximum")
    click.echo("        with today's hours          with moving hours")
    for year, rows in staff.groupby("year"):
        by_hours = {
            row.hours: f"{row.minimum:,.0f} / {row.medio:,.0f} / {row.maximum:,.0f}" for row in rows.itertuples()
        }
        click.echo(f"  {year}  {by_hours['today']:<26}  {by_hours['moving']}")


def _say_shares(found: pd.DataFrame) -> None:
    from indforecast.planning.measures import MEASURES

    click.echo("\nWhose uncertainty it is: shares of the variance, all streams")
    totals = found[found["series_id"] == "all"]
    for measure, of_measure in totals.groupby("measure", sort=False):
        click.echo(f"{MEASURES[str(measure)].label_en} ({MEASURES[str(measure)].unit})")
        for year, rows in of_measure.groupby("year"):
            shown = rows[rows["share"].abs() >= 0.0005]
            parts = [
                f"{_NAMES[str(row.source_of_uncertainty)]} {row.share:.0%} (± {row.standard_error:.0%})"
                for row in shown.itertuples()
            ]
            joint = 1 - rows["alone"].sum() if len(shown) else 0.0
            tail = f", of which {joint:.0%} only together" if joint >= 0.005 else ""
            click.echo(f"  {year}  {', '.join(parts) or 'does not vary'}{tail}")
    year = int(totals["year"].iloc[0]) + 1
    staff = totals[(totals["measure"] == "staffing_fte") & (totals["year"] == year)]
    if not staff.empty:
        by_source = dict(zip(staff["source_of_uncertainty"], staff["share"], strict=True))
        click.echo(
            f"\nOf the uncertainty in FTE of {year}, inflow is {by_source['inflow']:.0%}, hours per case moving "
            f"{by_source['hours_per_case']:.0%}, and not knowing today's hours {by_source['hours_today']:.0%}."
        )
