"""The command ``beds gap``: places to find by a day, and past questions of that kind.

What belongs here: its options and what is printed. What does not: the subtraction (``planning.bed_gap``), the
model's answer to a past question (``forecasting.bed_foresight``).
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from indforecast.config.planning_places import PlaceContract, PlacesCase
    from indforecast.config.settings import Settings
    from indforecast.domain.observations import History
    from indforecast.planning.bed_gap import BedGap

_BAND: Final = ("minimum", "medio", "maximum")

contracts_option = click.option(
    "--contracts",
    "contracts_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with name,places,kind,from,until, in place of the configured contracts.",
)


@click.command(
    epilog="""\b
Examples:
  indforecast beds gap --on 2026-12-31
  indforecast beds gap --on 2027-06-30 --contracts contracts.csv --planned 80000
  indforecast beds gap --case june-2022
  indforecast beds gap --case june-2022 --json
"""
)
@release_argument
@click.option("--case", "case_name", help="A past question of the configuration, for example june-2022.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day the places are needed for.")
@click.option("--planned", type=click.IntRange(min=0), help="Places needed as calculated before.")
@contracts_option
@settings_option
@json_option
@click.pass_obj
def gap(
    home: Path,
    release_id: str,
    case_name: str | None,
    day: datetime | None,
    planned: int | None,
    contracts_file: Path | None,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """Places to find by a day: need less what is still under contract then.

    RELEASE_ID may be its beginning, or 'latest'; a past question of --case needs no release.
    """
    if case_name is None:
        content, lines = _of_release(home, release_id, day, planned, contracts_file, settings_file)
    else:
        content, lines = _of_case(home, case_name, day, contracts_file, settings_file)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(lines))
    if case_name is None:
        say_assumed(contracts_file)


def chosen_contracts(contracts_file: Path | None) -> tuple[PlaceContract, ...] | None:
    """The contracts of a user's file; None without one."""
    from indforecast.config.place_contracts import read_contracts

    return None if contracts_file is None else read_contracts(contracts_file)


def say_assumed(contracts_file: Path | None) -> None:
    """Say that configured contracts are not known ones, where nobody gave theirs."""
    if contracts_file is None:
        click.echo(
            "\nContracts are the configured ones: locations and end dates are not published and stand as "
            "assumptions. Give your own with --contracts."
        )


def _of_release(
    home: Path,
    release_id: str,
    day: datetime | None,
    planned: int | None,
    contracts_file: Path | None,
    settings_file: Path | None,
) -> tuple[dict[str, Any], list[str]]:
    import numpy as np

    from indforecast.domain.errors import InputError
    from indforecast.planning.bed_gap import bed_gap
    from indforecast.planning.beds import bed_paths, place_costs
    from indforecast.planning.places import month_ends

    release, case = load_case(home, release_id, settings_file)
    first, last = case.periods[0], case.periods[-1]
    on = day.date() if day else date(int(str(first)[:4]), 12, 31)
    month = np.datetime64(on.strftime("%Y-%m"), "M")
    if not first <= month <= last:
        raise InputError(
            f"--on: {on} lies outside the forecast, {first} to {last}.", hint="Choose a day in one of its months."
        )
    given = chosen_contracts(contracts_file)
    contracts = case.settings.places.contracts if given is None else given
    need = bed_paths(case).need[:, int((month - first).astype(int))]
    fractile = place_costs(case.settings).fractile
    wanted = _wanted(need, case.levels, fractile)
    counted_on = max(release.vintage, month_ends(case.periods[:1] - 1)[0])
    gaps = {
        name: bed_gap(contracts, counted_on=min(counted_on, on), on=on, need=places, planned=planned)
        for name, places in wanted.items()
    }
    content = {
        "release_id": release.release_id,
        "critical_fractile": fractile,
        "gaps": {name: _plain(found) for name, found in gaps.items()},
    }
    target = gaps["target"]
    lines = [f"Release {release.release_id}: places on {on}\n", *_account(target, planned), ""]
    lines += [
        f"To find at {name + ':':<9} {found.to_find:>9,}   (need {found.need:,})" for name, found in gaps.items()
    ]
    lines.append(
        f"\nTarget: enough in {fractile:.0%} of outcomes, the least expected cost of empty places and emergency."
    )
    return content, lines


def _of_case(
    home: Path, name: str, day: datetime | None, contracts_file: Path | None, settings_file: Path | None
) -> tuple[dict[str, Any], list[str]]:
    from indforecast.config import load_settings
    from indforecast.config.wording import unknown
    from indforecast.domain.errors import InputError
    from indforecast.forecasting.bed_foresight import answer_case
    from indforecast.planning.bed_gap import bed_gap
    from indforecast.planning.places import PlaceCosts

    settings = load_settings(settings_file)
    cases = settings.planning.places.cases
    if name not in cases:
        raise InputError(f"--case: {unknown(name, list(cases), 'case')}", hint=f"Known: {', '.join(cases)}.")
    case = cases[name]
    on = day.date() if day else case.on
    if not case.known_until <= on <= case.on:
        raise InputError(
            f"--on: {on} lies outside the case, {case.known_until} to {case.on}.", hint="Leave --on out."
        )
    given = chosen_contracts(contracts_file)
    contracts = case.contracts if given is None else given
    click.echo(f"Replaying what was known on {case.known_until} ...", err=True)
    histories, where = _known_then(home, settings, case.known_until)
    foresight = answer_case(histories, case, settings)
    costs = PlaceCosts.of(
        regular=case.then.cost_regular.value,
        emergency=case.then.cost_emergency.value,
        norm=foresight.norm,
        empty_share=settings.planning.places.empty_cost.value,
    )
    levels = settings.bands.levels
    wanted = _wanted(foresight.places_on(on), levels, costs.fractile)
    told = None
    if case.need is not None and on == case.on:
        planned = None if case.planned is None else case.planned.value
        told = bed_gap(contracts, counted_on=case.counted_on, on=on, need=case.need.value, planned=planned)
    came = _came(case, foresight.residents_on, levels)
    content: dict[str, Any] = {
        "case": name,
        "title": case.title,
        "told": None if told is None else _plain(told),
        "model": {
            "data": where,
            "vintage": str(foresight.past.history.vintage),
            "forecast_origin": str(foresight.past.history.forecast_origin.astype("datetime64[M]")),
            "on": str(on),
            "occupancy_norm": foresight.norm,
            "critical_fractile": costs.fractile,
            "residents": _band(foresight.residents_on(on), levels),
            "places": wanted,
            "gaps": {
                what: _plain(bed_gap(contracts, counted_on=case.counted_on, on=on, need=places))
                for what, places in wanted.items()
            }
            if contracts
            else {},
        },
        "came": came,
        "later_need": {text: figure.value for text, figure in case.later_need.items()},
    }
    return content, _case_lines(content, case, told)


def _case_lines(content: dict[str, Any], case: PlacesCase, told: BedGap | None) -> list[str]:
    model = content["model"]
    lines = [case.title, ""]
    if told is not None:
        lines += [f"As counted on {told.counted_on}:", *_account(told, case.planned), ""]
    lines += [
        f"What the model says of {model['on']}, from data known on {model['vintage']} "
        f"(observed to {model['forecast_origin']}), minimum / medio / maximum:",
        f"  residents         {_cell(model['residents'])}",
        f"  places needed     {_cell(model['places'])}   at {model['occupancy_norm']:.0%} occupancy",
        f"  target            {model['places']['target']:,.0f}   enough in {model['critical_fractile']:.0%} of outcomes",
    ]
    if model["gaps"]:
        found = {name: gap["to_find"] for name, gap in model["gaps"].items()}
        lines.append(f"  places to find    {_cell(found)}   target {found['target']:,}")
    lines += ["", f"{'What came':<12} {'residents':>10} {'medio then':>11} {'error':>8}  {'band then':>19}"]
    for row in content["came"]:
        band = f"{row['minimum']:,.0f} - {row['maximum']:,.0f}"
        held = "held" if row["held"] else "missed"
        lines.append(
            f"{row['day']:<12} {row['residents']:>10,.0f} {row['medio']:>11,.0f} {row['error']:>+8.1%}  {band:>19} {held}"
        )
    for text, value in content["later_need"].items():
        medio = model["places"]["medio"]
        lines.append(
            f"Places needed as said in {text}: {value:,.0f} (the model's medio: {medio / value - 1:+.1%})"
        )
    lines.append(
        "\nStays and grants are fitted to the counts known then, the queue decides between what was decided and what "
        "was wanted; nothing newer is used."
    )
    return lines


def _account(found: BedGap, planned: object) -> list[str]:
    rows = [
        ("places needed", found.need),
        ("  of which more than calculated before", found.increase if planned is not None else None),
        (f"places under contract on {found.counted_on}", found.contracted),
        (f"  of which end before {found.on}", found.expiring),
        ("places of contracts that start by then", found.starting or None),
        ("places to find", found.to_find),
    ]
    return [f"  {text:<42} {value:>9,}" for text, value in rows if value is not None]


def _came(case: PlacesCase, residents_on: Callable[[date], NDArray[np.float64]], levels: tuple[float, float, float]) -> list[dict[str, Any]]:
    rows = []
    for text, counted in case.came.items():
        band = _band(residents_on(date.fromisoformat(text)), levels)
        rows.append(
            {
                "day": text,
                "residents": counted.value,
                **band,
                "error": band["medio"] / counted.value - 1,
                "held": band["minimum"] <= counted.value <= band["maximum"],
            }
        )
    return rows


def _known_then(home: Path, settings: Settings, day: date) -> tuple[list[History], str]:
    """What was known then: from the house's own store where it reaches back so far, else the embedded data."""
    from indforecast.forecasting.past_paths import past_days
    from indforecast.reference.dataset import reference_frame
    from indforecast.vintages.store import Store
    from indforecast.vintages.triangle import Triangle

    store = Store(home, os.environ.get("INDFORECAST_STORE") or None)
    vintages = store.vintages() if (home / "tables").exists() or os.environ.get("INDFORECAST_STORE") else []
    first = date.fromisoformat(f"{settings.forecast.backtest.first_vintage}-01")
    if vintages and min(vintages) <= first:
        return store.as_ofs(past_days(settings, vintages, day)), "store"
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    return [
        triangle.as_of(known) for known in past_days(settings, triangle.vintages, day)
    ], "embedded reference data"


def _wanted(need: NDArray[np.float64], levels: tuple[float, float, float], fractile: float) -> dict[str, float]:
    import numpy as np

    found = np.quantile(need, (*levels, fractile), method="inverted_cdf")
    return dict(zip((*_BAND, "target"), np.ceil(found).tolist(), strict=True))


def _band(values: NDArray[np.float64], levels: tuple[float, float, float]) -> dict[str, float]:
    import numpy as np

    return dict(zip(_BAND, np.quantile(values, levels, method="inverted_cdf").tolist(), strict=True))


def _cell(band: dict[str, Any]) -> str:
    return " / ".join(f"{band[name]:,.0f}" for name in _BAND)


def _plain(found: BedGap) -> dict[str, Any]:
    return {
        "counted_on": str(found.counted_on),
        "on": str(found.on),
        "need": found.need,
        "planned": found.planned,
        "increase": found.increase,
        "contracted": found.contracted,
        "expiring": found.expiring,
        "starting": found.starting,
        "remaining": found.remaining,
        "to_find": found.to_find,
    }
