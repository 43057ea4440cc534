"""``beds gap --case``: a past question about places, its answer of then, and what the model would have said.

What belongs here: putting the answer together and printing it. What does not: the chain
(``forecasting.bed_foresight``), the subtraction (``planning.bed_gap``).
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_beds_print import (
    account,
    band_of,
    chosen_contracts,
    in_words,
    plain,
    wanted_places,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from indforecast.config.planning_places import PlacesCase
    from indforecast.config.settings import Settings
    from indforecast.domain.observations import History
    from indforecast.planning.bed_gap import BedGap


def of_case(
    home: Path, name: str, day: datetime | None, contracts_file: Path | None, settings_file: Path | None
) -> tuple[dict[str, Any], list[str]]:
    """The answer for a program, and its lines for a reader.

    Parameters
    ----------
    home : Path
        Its store is read where it reaches back far enough.
    name : str
        One of the configured cases.
    day : datetime, optional
        In place of the case's own day.
    contracts_file, settings_file : Path, optional
        A user's contracts and settings.

    Raises
    ------
    InputError
        If there is no such case, or the day lies outside it.
    """
    import numpy as np

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
    wanted = wanted_places(foresight.places_on(on), levels, costs.fractile)
    told = None
    if case.need is not None and on == case.on:
        planned = None if case.planned is None else case.planned.value
        told = bed_gap(contracts, counted_on=case.counted_on, on=on, need=case.need.value, planned=planned)
    came = _came(case, foresight.residents_on, levels)
    nearest = min(came, key=lambda row: abs((date.fromisoformat(row["day"]) - on).days), default=None)
    content: dict[str, Any] = {
        "case": name,
        "title": case.title,
        "told": None if told is None else plain(told),
        "model": {
            "data": where,
            "vintage": str(foresight.past.history.vintage),
            "forecast_origin": str(foresight.past.history.forecast_origin.astype("datetime64[M]")),
            "on": str(on),
            "occupancy_norm": foresight.norm,
            "critical_fractile": costs.fractile,
            "residents": band_of(foresight.residents_on(on), levels),
            "places": wanted,
            "asked": _asked(case, wanted["medio"], on),
            "gaps": {
                what: plain(bed_gap(contracts, counted_on=case.counted_on, on=on, need=places))
                for what, places in wanted.items()
            }
            if contracts
            else {},
        },
        "came": came,
        "nearest_count": None
        if nearest is None
        else {
            "day": nearest["day"],
            "residents": nearest["residents"],
            "error": float(np.median(foresight.residents_on(on))) / nearest["residents"] - 1,
        },
        "later_need": {text: figure.value for text, figure in case.later_need.items()},
    }
    return content, _case_lines(content, case, told)


def _case_lines(content: dict[str, Any], case: PlacesCase, told: BedGap | None) -> list[str]:
    model = content["model"]
    lines = [case.title, ""]
    if told is not None:
        lines += [f"As counted on {told.counted_on}:", *account(told, case.planned), ""]
    lines += [
        f"What the model says of {model['on']}, from data known on {model['vintage']} "
        f"(observed to {model['forecast_origin']}), minimum / medio / maximum:",
        f"  residents         {in_words(model['residents'])}",
        f"  places needed     {in_words(model['places'])}   at {model['occupancy_norm']:.0%} occupancy, "
        f"COA's norm of {case.on.year}: so many residents per 100 places",
        f"  target            {model['places']['target']:,.0f}   enough in "
        f"{model['critical_fractile']:.0%} of outcomes on that day",
    ]
    if model["gaps"]:
        found = {name: found["to_find"] for name, found in model["gaps"].items()}
        lines.append(f"  places to find    {in_words(found)}   target {found['target']:,}")
    lines += ["", f"{'What came':<12} {'residents':>10} {'medio then':>11} {'error':>8}  {'band then':>19}"]
    for row in content["came"]:
        band = f"{row['minimum']:,.0f} - {row['maximum']:,.0f}"
        held = "held" if row["held"] else "missed"
        lines.append(
            f"{row['day']:<12} {row['residents']:>10,.0f} {row['medio']:>11,.0f} {row['error']:>+8.1%}  "
            f"{band:>19} {held}"
        )
    near = content["nearest_count"]
    if near is not None:
        lines.append(
            f"The count nearest to {model['on']} is {near['residents']:,.0f} on {near['day']}: the medio of "
            f"{model['on']} is {near['error']:+.1%} off it."
        )
    if model["asked"] is not None:
        asked = model["asked"]
        lines.append(
            f"Places asked for then: {asked['places']:,.0f} (the model's medio: {asked['error']:+.1%}; "
            f"at the norm they hold {asked['places'] * model['occupancy_norm']:,.0f} residents)"
        )
    for text, value in content["later_need"].items():
        medio = model["places"]["medio"]
        lines.append(
            f"Places needed as said in {text}: {value:,.0f} (the model's medio: {medio / value - 1:+.1%})"
        )
    lines.append(
        "\nStays and grants are fitted to the counts known then, the queue decides between what was decided and "
        "what was wanted; nothing newer is used."
    )
    return lines


def _asked(case: PlacesCase, medio: float, on: date) -> dict[str, float] | None:
    if case.need is None or on != case.on:
        return None
    return {"places": case.need.value, "error": medio / case.need.value - 1}


def _came(
    case: PlacesCase, residents_on: Callable[[date], NDArray[np.float64]], levels: tuple[float, float, float]
) -> list[dict[str, Any]]:
    rows = []
    for text, counted in case.came.items():
        band = band_of(residents_on(date.fromisoformat(text)), levels)
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
