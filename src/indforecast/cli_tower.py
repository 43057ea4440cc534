"""The command ``plan tower``: open cases and staff over units, beside plain distribution.

What belongs here: its options, taking in a user's tables, what is printed. What does not: the plan
(``planning.control_tower``), what columns mean (``planning.tower_input``).
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import json_option, settings_option

if TYPE_CHECKING:
    import pandas as pd

    from indforecast.planning.control_tower import TowerPlan
    from indforecast.planning.tower_explain import Sentence
    from indforecast.planning.tower_input import Record
    from indforecast.planning.tower_problem import TowerProblem

_FILE = click.Path(dir_okay=False, path_type=Path)
#: Groups x units x months above which a plan takes more than two seconds.
_SLOW: Final = 3_000
_PLANS: Final = (
    ("optimum", "this plan"),
    ("proportional_term_first", "in proportion, nearest term first"),
    ("proportional_oldest_first", "in proportion, oldest first"),
)


@click.command(
    epilog="""\b
Examples:
  indforecast plan tower
  indforecast plan tower --example cases > cases.csv
  indforecast plan tower --example units > units.csv
  indforecast plan tower --cases cases.csv --units units.csv --months 9
  indforecast plan tower --allocation plan.csv
  indforecast plan tower --queue latest > cases.csv       a release's open cases by track

\b
cases.csv: group,place,skill,hours_per_case,months_to_term,cases and, if wanted, arrives
  place any: can be decided in every place
  months_to_term 3: to be decided by the end of month 3; 0 or less: past its term
  arrives 2: comes in at the start of month 2 (1, or empty: open now)
units.csv: unit,place,skills,knows,fte,hours_per_month and, if wanted, away_share
  skills and knows: names with | between; away_share: largest share of hours for other places
"""
)
@click.option("--cases", "cases_file", type=_FILE, help="CSV of open cases; without it the packaged example.")
@click.option("--units", "units_file", type=_FILE, help="CSV of units; needed with --cases.")
@click.option("--months", type=click.IntRange(1, 36), help="Months to plan; without it those of the settings.")
@click.option("--example", type=click.Choice(["cases", "units"]), help="Print the example's table and end.")
@click.option(
    "--queue", "queue_of", metavar="RELEASE_ID", help="Print a release's open cases by track as a table and end."
)
@click.option(
    "--allocation", "target", type=_FILE, help="Write group, unit, month, cases, hours to this CSV file."
)
@settings_option
@json_option
@click.pass_obj
def tower(
    home: Path,
    cases_file: Path | None,
    units_file: Path | None,
    months: int | None,
    example: str | None,
    queue_of: str | None,
    target: Path | None,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """Give open cases to units so that most are decided in term at least cost, and say what staff is worth where.

    Without files it plans the packaged example, whose cases and units are simulated.
    """
    from indforecast.config import load_settings
    from indforecast.config.planning_tower import example_text
    from indforecast.domain.errors import ConfigError, InputError
    from indforecast.planning.control_tower import allocation_table, distribute
    from indforecast.planning.tower_explain import explain
    from indforecast.planning.tower_input import example_problem, read_problem

    if example is not None:
        click.echo(example_text("cases" if example == "cases" else "units"), nl=False)
        return
    if (cases_file is None) != (units_file is None):
        raise InputError(
            "Cases and units belong together, and only one of them is given.", hint="Give --cases and --units."
        )
    if queue_of is not None:
        _print_queue(home, queue_of, settings_file, months)
        return
    costs = load_settings(settings_file).planning.tower.costs
    if costs is None:
        raise ConfigError(
            "The settings have no planning.tower.costs.", hint="Take the packaged ones, or add yours."
        )
    if cases_file is None or units_file is None:
        problem = example_problem(costs, months)
    else:
        names = (cases_file.name, units_file.name)
        problem = read_problem(_records(cases_file), _records(units_file), costs, months=months, names=names)
    size = len(problem.groups) * len(problem.units) * problem.months
    if size > _SLOW:
        shape = f"{len(problem.groups)} groups, {len(problem.units)} units, {problem.months} months"
        click.echo(f"Planning {shape} …", err=True)
    plan = distribute(problem)
    sentences = explain(plan)
    if target is not None:
        _write(allocation_table(plan), target)
    origin = "packaged example (simulated)" if cases_file is None else f"{cases_file.name}, {units_file}"
    if as_json:
        click.echo(json.dumps(_content(plan, sentences, origin), ensure_ascii=False, indent=2))
        return
    _print(plan, sentences, origin)


def _print_queue(home: Path, release_id: str, settings_file: Path | None, months: int | None) -> None:
    """A table of cases for a user to split by nationality and place, as CSV on standard output."""
    import csv
    import io

    from indforecast.cli_planning import load_case
    from indforecast.planning.tower_queue import queue_rows

    _, case = load_case(home, release_id, settings_file)
    costs = case.settings.tower.costs
    span = months if months is not None else 6 if costs is None else round(costs.months.value)
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(queue_rows(case, span))
    click.echo(table.getvalue(), nl=False)


def _content(plan: TowerPlan, sentences: list[Sentence], origin: str) -> dict[str, Any]:
    from indforecast.planning.control_tower import allocation_table, outcome_table, price_table

    return {
        "origin": origin,
        "groups": len(plan.problem.groups),
        "units": len(plan.problem.units),
        "months": plan.problem.months,
        "loss_against_bound": round(plan.loss, 6),
        "below_floor_cases": plan.below_floor,
        "outcomes": outcome_table(plan).to_dict(orient="records"),
        "prices": price_table(plan).to_dict(orient="records"),
        "allocation": allocation_table(plan).to_dict(orient="records"),
        "sentences": [vars(sentence) for sentence in sentences],
    }


def _print(plan: TowerPlan, sentences: list[Sentence], origin: str) -> None:
    from indforecast.planning.control_tower import outcome_table

    problem: TowerProblem = plan.problem
    click.echo(
        f"{origin}: {int(problem.cohort_cases.sum()):,} cases of {len(problem.groups)} target groups, "
        f"{len(problem.units)} units, {problem.months} months\n"
    )
    values = outcome_table(plan).set_index(["plan", "measure"])["value"]
    heads = ("in term", "share", "late months", "decided", "away", "units/group", "cost, million EUR")
    click.echo(f"{'':<35}" + "".join(f"{head:>12}" for head in heads[:-1]) + f"{heads[-1]:>19}")
    for plan_id, label in _PLANS:
        of = values.loc[plan_id]
        cells = (
            f"{of['in_term']:,.0f}",
            f"{of['in_term'] / of['due'] if of['due'] else 1:.1%}",
            f"{of['late_case_months']:,.0f}",
            f"{of['decided']:,.0f}",
            f"{of['decided_away']:,.0f}",
            f"{of['units_per_group']:.1f}",
        )
        click.echo(f"{label:<35}" + "".join(f"{cell:>12}" for cell in cells) + f"{of['cost_eur'] / 1e6:>19.2f}")
    click.echo(f"\nCases by target group and unit, over {problem.months} months")
    totals = plan.best.cases.sum(axis=2)
    for index, group in enumerate(problem.groups):
        given = ", ".join(
            f"{problem.units[unit].name} {count:,}" for unit, count in enumerate(totals[index].tolist()) if count
        )
        click.echo(f"  {group.name[:24]:<25}{given or 'none'}")
    click.echo("")
    for sentence in sentences:
        click.echo(textwrap.fill(f"- {sentence.text_en}", 110, subsequent_indent="  "))
    click.echo(
        "\nCosts of lateness, travel and splitting are assumptions (planning.tower.costs). Prices hold\n"
        "for the plan in fractions of cases: what the very next hour or case changes."
    )


def _records(path: Path) -> list[Record]:
    """Lines of a user's CSV: UTF-8 or Windows-1252, with comma, semicolon or tab, within limits."""
    from indforecast.domain.errors import InputError
    from indforecast.sources.delimited_text import records
    from indforecast.sources.limits import TableLimits
    from indforecast.sources.text_grid import DELIMITERS, decode_any

    limits = TableLimits(bytes=5_000_000, rows=20_000, columns=32, cell_characters=2_000)
    try:
        if path.stat().st_size > limits.bytes:
            raise InputError(
                f"'{path.name}' is {path.stat().st_size:,} bytes, more than the {limits.bytes:,} that are read.",
                hint="Add cases up by group and month of the term.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}.", hint="Check the path.") from None
    text, _ = decode_any(content, path.name, limits)
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda mark: (header.count(mark), mark == ","))
    return list(records(text, path.name, limits, delimiter))


def _write(table: pd.DataFrame, target: Path) -> None:
    from indforecast.domain.errors import InputError

    try:
        table.to_csv(target, index=False, lineterminator="\n")
    except OSError as error:
        raise InputError(f"'{target}' cannot be written: {error.strerror}.", hint="Check --allocation.") from None
