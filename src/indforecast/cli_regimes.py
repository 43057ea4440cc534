"""The command ``plan regimes``: how money had better come.

What belongs here: options and what is printed as JSON. What does not: the figures (``planning.funding``), their
wording (``publication.regimes_letter``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from indforecast.cli_budget import language_option, records
from indforecast.cli_house import json_option, settings_option
from indforecast.cli_notes import made_otherwise
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    name="regimes",
    epilog="""\b
Examples:
  indforecast plan regimes
  indforecast plan regimes --lang nl
  indforecast plan regimes --all                every measure, and thirds by inflow
  indforecast plan regimes 2026-01-30 --json

\b
Add a way of your own below [planning.funding.regimes.NAME] in a settings file.
""",
)
@release_argument
@language_option
@click.option("--all", "every", is_flag=True, help="Every measure, thirds by inflow and a sentence on each.")
@settings_option
@json_option
@click.pass_obj
def regimes(
    home: Path, release_id: str, code: str, every: bool, settings_file: Path | None, as_json: bool
) -> None:
    """Ways of granting money compared on the same paths: stock, terms, penalties, people lost, cost.

    RELEASE_ID may be its beginning, or 'latest'. Some of its paths set the amounts, the others judge.
    """
    from indforecast.planning.funding import compare_regimes
    from indforecast.planning.funding_tables import difference_table, regime_table
    from indforecast.publication.budget_letter import words
    from indforecast.publication.language import Language
    from indforecast.publication.regimes_letter import regimes_letter

    release, case = load_case(home, release_id, settings_file)
    language = Language(code)
    planned = case.settings.funding.regimes

    def told(name: str) -> None:
        label = language.pick(planned[name].label_nl, planned[name].label_en)
        place, count = list(planned).index(name) + 1, len(planned)
        click.echo(words(language, "regimes.progress", regime=label, place=place, count=count), err=True)

    found = compare_regimes(case, progress=told)
    if as_json:
        content = {
            "release_id": release.release_id,
            "made_by_other_code": made_otherwise(release, settings_file),
            "setting_paths": found.setting_paths,
            "judging_paths": found.judging_paths,
            "reference": found.reference,
            "same_money": {name: vars(alike) for name, alike in found.same_money.items()},
            "first_amounts_eur": {name: amount / 100 for name, amount in found.first_amounts.items()},
            "regimes": records(regime_table(found)),
            "differences": records(difference_table(found)),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    labels = {s.series_id: language.pick(s.label_nl, s.label_en) for s in case.hierarchy.streams}
    span = (language.month(case.periods[0]), language.month(case.periods[-1]))
    click.echo(regimes_letter(language, found, case.settings, labels, span, found.streams, every=every))
