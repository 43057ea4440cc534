"""The group ``beds``: residents, places under contract, and places to find.

What belongs here: the group, ``show`` and ``places``. What does not: ``gap`` (``cli_beds_gap``), how figures come
about (``planning.beds``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_beds_gap import gap
from indforecast.cli_beds_print import (
    BAND,
    NO_CONTRACT,
    chosen_contracts,
    contracts_option,
    in_words,
    resting,
    say_assumed,
    title,
)
from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from indforecast.config.planning import ReceptionPlanning
    from indforecast.planning.beds import BedPaths


@click.group(
    epilog="""\b
Examples:
  indforecast beds show                         residents, and what they wait for
  indforecast beds places --contracts ours.csv  contracted, needed, worth contracting, to find
  indforecast beds gap --on 2026-12-31          places to find by a day
  indforecast beds gap --case june-2022         a past question, and what the model would have said
"""
)
def beds() -> None:
    """Reception: residents, places under contract, and places to find."""


@beds.command(
    epilog="""\b
Examples:
  indforecast beds show
  indforecast beds show 2026-01-30 --config ours.toml
  indforecast beds show --json
"""
)
@release_argument
@settings_option
@json_option
@click.pass_obj
def show(home: Path, release_id: str, settings_file: Path | None, as_json: bool) -> None:
    """Residents at each half year's end, by what they wait for, and what housing within the norm would change.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.planning.beds import bed_paths

    release, case = load_case(home, release_id, settings_file)
    settings = case.settings.reception
    paths = bed_paths(case)
    within_norm = bed_paths(case, months_to_housing=settings.housing_norm.value)
    groups = {
        "residents": paths.shown(paths.reception.residents),
        "applicants": paths.shown(paths.reception.applicants),
        "status_holders": paths.shown(paths.reception.status_holders),
        "departing": paths.shown(paths.reception.departing),
        "months_waiting_for_a_decision": _months_waiting(paths),
        "places": paths.need,
        "residents_housed_within_norm": within_norm.shown(within_norm.reception.residents),
    }
    months = [str(month) for month in paths.periods]
    bands = {
        name: _bands(values, case.levels, decimals=1 if name.startswith("months") else 0)
        for name, values in groups.items()
    }
    if as_json:
        content = {
            "release_id": release.release_id,
            "counted_in": paths.opened,
            "levels": case.levels,
            "months": [
                {"period": month, **{name: band[t] for name, band in bands.items()}}
                for t, month in enumerate(months)
            ],
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(f"Release {release.release_id}: residents of COA reception, minimum / medio / maximum\n")
    click.echo(
        f"{'month':<8} {'residents':>26} {'waiting for a decision':>26} {'waiting for a home':>24} "
        f"{'others':>7} {'places':>8}"
    )
    for t in range(min(5, len(months) - 1), len(months), 6):
        cells = " ".join(
            f"{in_words(bands[name][t]):>{width}}"
            for name, width in (("residents", 26), ("applicants", 26), ("status_holders", 24))
        )
        last_cells = f"{bands['departing'][t]['medio']:>7,.0f} {bands['places'][t]['medio']:>8,.0f}"
        click.echo(f"{months[t]:<8} {cells} {last_cells}")
    last = min(11, len(months) - 1)
    fewer = bands["residents"][last]["medio"] - bands["residents_housed_within_norm"][last]["medio"]
    waiting = bands["months_waiting_for_a_decision"][last]
    click.echo(
        f"\nWho waits for a decision in {months[last]} waits {waiting['medio']:.0f} months at the pace of the "
        f"year before ({waiting['minimum']:.0f} to {waiting['maximum']:.0f}): a mean,\ncases over decisions. "
        "`plan waiting` gives the median of a new applicant, who comes after all who wait already."
        f"\nWere status holders housed within {settings.housing_norm.value:g} months from today, "
        f"{fewer:,.0f} fewer people would be in reception in {months[last]} (medio)."
        f"\nStarted from the residents of {paths.opened}. Who waits for a decision is a share of the open cases: "
        f"{_shares(settings)}.\nOthers hold no permit and no open case: in appeal, in another procedure, about to "
        f"leave.\nStays differ by path ({settings.stay_spread.value:.0%}, an assumption)."
    )


@beds.command(
    epilog="""\b
Examples:
  indforecast beds places
  indforecast beds places --contracts contracts.csv
  indforecast beds places --json
"""
)
@release_argument
@contracts_option
@settings_option
@json_option
@click.pass_obj
def places(
    home: Path, release_id: str, contracts_file: Path | None, settings_file: Path | None, as_json: bool
) -> None:
    """Places contracted, expiring, needed, worth contracting and to find.

    The target is the number of places with the least expected cost: an empty place costs, a resident without one
    is in emergency reception and costs more. RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.planning.beds import bed_paths, cost_table, place_costs, places_table
    from indforecast.planning.places import known_until, month_ends

    release, case = load_case(home, release_id, settings_file)
    paths = bed_paths(case)
    given = chosen_contracts(contracts_file)
    contracts = case.settings.places.contracts if given is None else given
    table = places_table(paths, case.settings, case.levels, contracts)
    known = known_until(contracts, assumed=given is None)
    if known is not None:
        table.loc[[day > known for day in month_ends(paths.periods)], "to_find"] = float("nan")
    costs = cost_table(paths, case.settings, case.levels)
    fractile = place_costs(case.settings).fractile
    if as_json:
        content = {
            "release_id": release.release_id,
            "critical_fractile": fractile,
            "contracts": "assumed" if contracts_file is None else "given",
            "contracts_known_until": None if known is None else str(known),
            "months": _rows(table.assign(period=table["period"].dt.strftime("%Y-%m"))),
            "costs": _rows(costs),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(title(f"Release {release.release_id}: places at the month's end", contracts_file) + "\n")
    heads = f"{'need min / medio / max':>29} {'target':>9} {'to find':>17}"
    click.echo(f"{'month':<8} {'contracted':>10} {'expiring':>9} {heads}")
    ended = 0.0
    for number, row in enumerate(table.to_dict("records"), start=1):
        ended += row["expiring"]
        if number % 6 == 0:
            need = f"{row['need_minimum']:,.0f} / {row['need_medio']:,.0f} / {row['need_maximum']:,.0f}"
            told = row["to_find"] == row["to_find"]  # not NaN
            there, expired, wanting = (
                resting(figure if told else None, contracts_file)
                for figure in (row["contracted"], ended, row["to_find"])
            )
            if not told:
                there, expired = "-", "-"
            click.echo(
                f"{row['period']:%Y-%m}  {there:>10} {expired:>9} {need:>29} {row['target']:>9,.0f} {wanting:>17}"
            )
            ended = 0.0
    terms = case.settings.places
    lead = round(terms.lead_months.value)
    if lead < len(table):
        first = table.iloc[lead]
        wanting = resting(first["to_find"] if first["to_find"] == first["to_find"] else None, contracts_file)
        then = NO_CONTRACT if wanting == NO_CONTRACT else f"{wanting} places are to be found"
        click.echo(f"\nWhat is agreed today has its first residents in {first['period']:%Y-%m}; then {then}.")
    start = table["period"].iloc[min(lead, len(table) - 1)]
    click.echo(
        f"\nTarget: enough in {fractile:.0%} of outcomes over {terms.minimum_months.value:g} months, because an "
        f"empty place costs and emergency reception costs more.\nAbove it holds at a date: for a contract that "
        f"begins in the month of the row. Below it is one number over the {terms.minimum_months.value:g} months\n"
        f"from {start:%Y-%m}, the first possible start, chosen on half of the paths and judged on the others:\n"
    )
    click.echo(
        f"{'choice':<9} {'places':>9} {'expected EUR m a year':>22} {'dearest 5 %':>12} {'months short':>13}"
    )
    for row in costs.to_dict("records"):
        click.echo(
            f"{row['choice']:<9} {row['places']:>9,.0f} {row['expected_eur'] / 1e6:>22,.0f} "
            f"{row['worst_eur'] / 1e6:>12,.0f} {row['months_short']:>13.0%}"
        )
    say_assumed(contracts_file)


def _shares(settings: ReceptionPlanning) -> str:
    applying = (name for name, group in settings.enters_as.items() if group == "applicant")
    return ", ".join(f"{name} {settings.needs_reception[name].value:.0%}" for name in applying)


def _months_waiting(paths: BedPaths) -> NDArray[np.float64]:
    """Months it takes to decide on those who wait, at the pace of the last twelve months (Little's law)."""
    import numpy as np

    decided = np.cumsum(np.pad(paths.reception.decided, ((0, 0), (12, 0))), axis=1)
    a_year = (decided[:, 12:] - decided[:, :-12])[:, -paths.periods.size :]
    return 12 * paths.shown(paths.reception.applicants) / np.maximum(a_year, 1.0)


def _bands(
    values: NDArray[np.float64], levels: tuple[float, float, float], *, decimals: int
) -> list[dict[str, float]]:
    """Minimum, medio and maximum per month, of values ``[path, month]``."""
    import numpy as np

    found = np.quantile(values, levels, axis=0).round(decimals).T.tolist()
    return [dict(zip(BAND, band, strict=True)) for band in found]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return rows


beds.add_command(gap)
