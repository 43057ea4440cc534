"""What the commands of ``beds`` share: the option for contracts, bands, and the account of a gap.

What belongs here: that. What does not: the commands (``cli_beds``, ``cli_beds_gap``, ``cli_beds_case``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from indforecast.config.planning_places import PlaceContract
    from indforecast.planning.bed_gap import BedGap

BAND: Final = ("minimum", "medio", "maximum")

#: In place of places to find after the last contract that is known.
NO_CONTRACT: Final = "no contract known"

contracts_option = click.option(
    "--contracts",
    "contracts_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with name,places,kind,from,until, in place of the configured contracts.",
)


def chosen_contracts(contracts_file: Path | None) -> tuple[PlaceContract, ...] | None:
    """The contracts of a user's file; None without one."""
    from indforecast.config.place_contracts import read_contracts

    return None if contracts_file is None else read_contracts(contracts_file)


def say_assumed(contracts_file: Path | None) -> None:
    """Say that configured contracts are not known ones, where nobody gave theirs."""
    if contracts_file is None:
        click.echo(
            "\nContracts are the configured ones: locations and end dates are not published and stand as "
            "assumptions. What rests\non them is shown in hundreds; need and target do not. Give your own with "
            "--contracts."
        )


def title(text: str, contracts_file: Path | None) -> str:
    """A title that says where contracts are assumed."""
    return f"{text} -- ASSUMED CONTRACTS" if contracts_file is None else text


def resting(places: float | None, contracts_file: Path | None) -> str:
    """Places that rest on contracts: in hundreds where those are assumed, in words where none is known."""
    if places is None:
        return NO_CONTRACT
    return f"{round(places, -2):,.0f}" if contracts_file is None else f"{places:,.0f}"


def wanted_places(
    need: NDArray[np.float64], levels: tuple[float, float, float], fractile: float
) -> dict[str, float]:
    """Whole places at minimum, medio, maximum and the target."""
    import numpy as np

    from indforecast.planning.places import places_band

    target = float(np.ceil(np.quantile(need, fractile, method="inverted_cdf")))
    return {**dict(zip(BAND, places_band(need, levels).tolist(), strict=True)), "target": target}


def band_of(values: NDArray[np.float64], levels: tuple[float, float, float]) -> dict[str, float]:
    """Minimum, medio and maximum over paths, whole persons, rounded as every table of a plan is."""
    import numpy as np

    return dict(zip(BAND, np.round(np.quantile(values, levels)).tolist(), strict=True))


def in_words(band: dict[str, Any]) -> str:
    """Minimum, medio and maximum on one line."""
    return " / ".join(f"{band[name]:,.0f}" for name in BAND)


def account(
    found: BedGap, planned: object, what: str = "places needed", said: Callable[[int], str] = "{:,}".format
) -> list[str]:
    """The lines that lead from need to places to find.

    Parameters
    ----------
    found : BedGap
        The gap.
    planned : object
        Places calculated before, or None.
    what : str
        What the need is.
    said : callable
        How figures that rest on contracts are written.
    """
    rows = [
        (what, f"{found.need:,}"),
        ("  of which more than calculated before", f"{found.increase:,}" if planned is not None else None),
        (f"places under contract on {found.counted_on}", said(found.contracted)),
        (f"  of which end before {found.on}", said(found.expiring)),
        ("places of contracts that start by then", said(found.starting) if found.starting else None),
        ("places to find", said(found.to_find)),
    ]
    return [f"  {text:<42} {value:>9}" for text, value in rows if value is not None]


def ending(contracts: Sequence[PlaceContract], found: BedGap) -> list[dict[str, Any]]:
    """Contracts of today that end before the day, the first to end first."""
    ends = [one for one in contracts if one.holds_on(found.counted_on) and not one.holds_on(found.on)]
    return [
        {"name": one.name, "places": round(one.places.value), "until": str(one.until)}
        for one in sorted(ends, key=lambda one: (str(one.until), one.name))
    ]


def plain(found: BedGap) -> dict[str, Any]:
    """A gap for a program."""
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
