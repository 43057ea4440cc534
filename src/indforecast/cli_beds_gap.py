"""The command ``beds gap``: places to find by a day, and past questions of that kind.

What belongs here: its options and what is printed. What does not: the subtraction (``planning.bed_gap``), the
model's answer to a past question (``forecasting.bed_foresight``).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_beds_case import of_case
from indforecast.cli_beds_print import (
    NO_CONTRACT,
    account,
    chosen_contracts,
    contracts_option,
    ending,
    plain,
    resting,
    say_assumed,
    title,
    wanted_places,
)
from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from datetime import datetime

#: Contracts that a reader sees one by one.
_SHOWN: Final = 10


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
    if case_name is not None and planned is not None:
        raise click.UsageError("--planned belongs to a release; a case of --case has its own.")
    if case_name is None:
        content, lines = _of_release(home, release_id, day, planned, contracts_file, settings_file)
    else:
        content, lines = of_case(home, case_name, day, contracts_file, settings_file)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(lines))
    if case_name is None:
        say_assumed(contracts_file)


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
    from indforecast.planning.beds import bed_paths, place_costs, target_of
    from indforecast.planning.places import known_until, month_ends

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
    paths, column = bed_paths(case), int((month - first).astype(int))
    fractile, terms = place_costs(case.settings).fractile, case.settings.places
    wanted = wanted_places(paths.need[:, column], case.levels, fractile)
    wanted["target"] = float(target_of(paths, case.settings)[column])
    counted_on = max(release.vintage, month_ends(case.periods[:1] - 1)[0])
    gaps = {
        name: bed_gap(contracts, counted_on=min(counted_on, on), on=on, need=places, planned=planned)
        for name, places in wanted.items()
    }
    known = known_until(contracts, assumed=contracts_file is None)
    told = known is None or on <= known
    content: dict[str, Any] = {
        "release_id": release.release_id,
        "critical_fractile": fractile,
        "contracts": "assumed" if contracts_file is None else "given",
        "contracts_known_until": None if known is None else str(known),
        "gaps": {
            name: plain(found) if told else {**plain(found), "to_find": None} for name, found in gaps.items()
        },
        "ending": ending(contracts, gaps["target"]),
    }
    target = gaps["target"]

    def said(places: int | None) -> str:
        return resting(places, contracts_file)

    lines = [title(f"Release {release.release_id}: places on {on}", contracts_file), ""]
    if told:
        lines += account(target, planned, "places worth having: the target", said)
    else:
        lines += [
            f"  places worth having: the target            {target.need:>9,}",
            f"  {NO_CONTRACT} after {known}: no places to find",
        ]
    lines.append("")
    lines += [
        f"To find at {name + ':':<9} {said(found.to_find if told else None):>9}   (need {found.need:,})"
        for name, found in gaps.items()
    ]
    ends = content["ending"]
    if ends:
        lines += ["", "Contracts that end before:"]
        lines += [f"  {one['until']}  {said(one['places']):>7}  {one['name']}" for one in ends[:_SHOWN]]
    if len(ends) > _SHOWN:
        lines.append(f"  and {len(ends) - _SHOWN} more, see --json")
    lines.append(
        f"\nMinimum, medio and maximum are needs on that day. Target: enough in {fractile:.0%} of outcomes over "
        f"the {terms.minimum_months.value:g}\nmonths of a contract from that day on; an empty place costs, and "
        "emergency reception costs more."
    )
    return content, lines
