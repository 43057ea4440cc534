"""The command ``plan budget``: what to ask for, and how sure it is to suffice.

What belongs here: options and what is printed as JSON. What does not: the figures (``planning.certainty``), their
wording (``publication.budget_letter``), ways of granting money (``cli_regimes``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_notes import made_otherwise, simulated_streams
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from indforecast.planning.budget_paths import BudgetPaths
    from indforecast.planning.case import PlanningCase
    from indforecast.publication.language import Language
    from indforecast.publication.release import Release

#: Names among scenarios of the plan without changes, and of the one in which hours per case drift and jump.
BASELINE: Final = "baseline"
MOVING: Final = "moving hours"

#: Language of a letter.
language_option = click.option(
    "--lang",
    "code",
    type=click.Choice(["nl", "en"]),
    default="en",
    show_default=True,
    help="Language of the text.",
)


@click.command(
    name="budget",
    epilog="""\b
Examples:
  indforecast plan budget
  indforecast plan budget --certainty .8 --year 2027 --lang nl
  indforecast plan budget --scenario dearer=dearer.toml --scenario heavier=heavier.toml
  indforecast plan budget --moving-hours
  indforecast plan budget 2026-01-30 --json
""",
)
@release_argument
@click.option(
    "--certainty",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.8,
    show_default=True,
    help="Share of the paths on which the amount must suffice.",
)
@click.option(
    "--year",
    type=click.IntRange(2000, 2200),
    help="Calendar year; by default the one after the first forecast month.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME=FILE",
    help="Beside it, the need with the settings of a TOML file; may be given again.",
)
@click.option(
    "--moving-hours", is_flag=True, help="Beside it, the need when hours per case drift and jump on every path."
)
@language_option
@settings_option
@json_option
@click.pass_obj
def budget(
    home: Path,
    release_id: str,
    certainty: float,
    year: int | None,
    scenarios: tuple[str, ...],
    moving_hours: bool,
    code: str,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """What the service needs in a year, at each level of certainty, beside what the budget law grants.

    RELEASE_ID may be its beginning, or 'latest'. Amounts at a level of certainty are quantiles: the streams' do
    not add up to the total's.
    """
    from indforecast.planning.budget_paths import budget_paths
    from indforecast.planning.certainty import certainty_table, price_quantity_table, together
    from indforecast.publication.budget_letter import Letter, scenario_table
    from indforecast.publication.language import Language

    release, case = load_case(home, release_id, settings_file)
    plan = budget_paths(case)
    chosen = _year(plan, year)
    levels = sorted({*case.settings.funding.certainty, certainty})
    others = {
        name: budget_paths(_scenario(home, release.release_id, name, file)) for name, file in _files(scenarios)
    }
    if moving_hours:
        from indforecast.planning.moving_hours import moving_hours as moving

        others[MOVING] = budget_paths(case, moving_hours=moving(case).factors)
    plans = {BASELINE: plan, **others}
    every, quantities = certainty_table(plans, levels), price_quantity_table(plans)
    table = every[every["scenario"] == BASELINE]
    suffices = _suffices(plan, chosen)
    years = together(plan, chosen, certainty)
    moved = _since(home, release, settings_file, plan, chosen, certainty)
    if as_json:
        content = {
            "release_id": release.release_id,
            "made_by_other_code": made_otherwise(release, settings_file),
            "year": chosen,
            "certainty": certainty,
            "probability_that_granted_suffices": suffices,
            "together": None if years is None else vars(years),
            "changed": moved,
            "need": records(every, year),
            "price_quantity": records(quantities, year),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    language = Language(code)
    labels = {s.series_id: language.pick(s.label_nl, s.label_en) for s in case.hierarchy.streams}
    letter = Letter(
        language, release.release_id, release.vintage, chosen, certainty, table,
        quantities[quantities["scenario"] == BASELINE], suffices, labels, case.settings, years,
        simulated_streams(release),
    )  # fmt: skip
    extra = scenario_table(language, every, chosen, certainty) if others else ""
    click.echo(letter.text(change=_told(language, moved, certainty, labels), scenarios=extra))


def _year(plan: BudgetPaths, wanted: int | None) -> int:
    """The year asked for, or the one after the first forecast month's: the next that money is asked for.

    Raises
    ------
    InputError
        If the release does not reach all of that year.
    """
    from indforecast.domain.errors import InputError
    from indforecast.planning.certainty import whole_years

    known = whole_years(plan)
    if wanted is None and known:
        following = int(str(plan.case.periods[0])[:4]) + 1
        return following if following in known else max(known)
    if wanted is None or wanted not in known:
        listed = ", ".join(str(year) for year in known) or "none"
        raise InputError(
            f"The release has no whole calendar year {wanted if wanted is not None else ''}".rstrip() + ".",
            hint=f"Whole years are: {listed}.",
        )
    return wanted


def _files(scenarios: tuple[str, ...]) -> list[tuple[str, Path]]:
    """Names and settings files of scenarios.

    Raises
    ------
    InputError
        If one is not written ``NAME=FILE``, or a name is given twice or taken.
    """
    from pathlib import Path

    from indforecast.domain.errors import InputError

    found: dict[str, Path] = {}
    for text in scenarios:
        name, _, file = (part.strip() for part in text.partition("="))
        if not name or not file:
            raise InputError(
                f"--scenario {text}: this is not a name and a file.", hint="Write --scenario NAME=FILE."
            )
        if name in found or name in (BASELINE, MOVING):
            raise InputError(f"--scenario {text}: the name '{name}' is taken.", hint="Choose another one.")
        found[name] = Path(file)
    return list(found.items())


def _scenario(home: Path, release_id: str, name: str, file: Path) -> PlanningCase:
    """A release's case with a scenario's file.

    Raises
    ------
    ConfigError
        If the file cannot be used; the sentence names the option.
    """
    from indforecast.domain.errors import ConfigError

    try:
        return load_case(home, release_id, file, remark=False)[1]
    except ConfigError as error:
        hint = None if error.hint is None else error.hint.replace("--config", "--scenario")
        raise ConfigError(f"--scenario {name}: {error.message}", hint=hint) from None


def _suffices(plan: BudgetPaths, year: int) -> dict[str, float]:
    """Share of the paths on which the law's amount suffices, by measure; empty for a year without a law."""
    from indforecast.planning.budget import gap_values

    found = {}
    for measure in ("budget_eur", "budget_with_backlog_eur"):
        gaps = gap_values(plan.measured, plan.months, plan.case.settings, need=measure)
        if year in gaps:
            found[measure] = float((gaps[year] <= 0).mean())
    return found


def _since(
    home: Path, release: Release, settings_file: Path | None, plan: BudgetPaths, year: int, certainty: float
) -> dict[str, Any] | None:
    """What an earlier release's paths say with the same figures, so that only data and forecast differ."""
    from indforecast.planning.budget_paths import budget_paths
    from indforecast.planning.certainty import certainty_table, whole_years
    from indforecast.publication.release import list_releases

    earlier = [each for each in list_releases(home) if each.order < release.order]
    if not earlier:
        return None
    previous = next((each for each in reversed(earlier) if not each.own_settings), earlier[-1])
    before = budget_paths(load_case(home, previous.release_id, settings_file, remark=False)[1])
    if year not in whole_years(before):
        return None
    rows = certainty_table({"before": before, "after": plan}, sorted({0.5, certainty}))
    rows = rows[(rows["year"] == year) & (rows["measure"] == "budget_eur")]
    need = rows.set_index(["scenario", "series_id", "certainty"])["need_eur"].sort_index()
    amounts = {when: float(need[when, "all", certainty]) for when in ("before", "after")}
    streams = {
        name: round(float(need["after", name, 0.5] - need["before", name, 0.5]), 2) for name in plan.case.work
    }
    change = round(amounts["after"] - amounts["before"], 2)
    return {"previous": previous.release_id, "change_eur": change, **amounts, "streams_medio_eur": streams}


def _told(language: Language, moved: dict[str, Any] | None, certainty: float, labels: dict[str, str]) -> str:
    from indforecast.publication.budget_letter import words

    if moved is None:
        return words(language, "budget.change_first")
    ranked = sorted(moved["streams_medio_eur"].items(), key=lambda item: -abs(item[1]))[:3]
    moves = ", ".join(f"{labels.get(n, n)} {language.quantity(v, 'EUR', signed=True)}" for n, v in ranked)
    return words(
        language,
        "budget.change",
        previous=moved["previous"],
        change=language.amount(moved["change_eur"], "EUR", signed=True),
        before=language.quantity(moved["before"], "EUR"),
        after=language.quantity(moved["after"], "EUR"),
        certainty=language.percent(certainty),
        streams=words(language, "budget.change_streams", moves=moves),
    )


def records(table: pd.DataFrame, year: int | None = None) -> list[dict[str, Any]]:
    """Rows as JSON knows them, nothing where a figure is missing; only one year's when it is given."""
    chosen = table if year is None else table[table["year"] == year]
    rows: list[dict[str, Any]] = json.loads(chosen.to_json(orient="records", double_precision=4))
    return rows
