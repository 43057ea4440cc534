"""The command ``plan hire``: whom to hire and when, by when to decide, what waiting costs.

What belongs here: its options and progress. What does not: what is said (``cli_hiring_words``,
``cli_hiring_text``), the plan (``planning.hiring_advice``).
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path

_MOST_JUDGED: Final = 200
_QUIET_SECONDS: Final = 1.5


@click.command(
    epilog="""\b
Examples:
  indforecast plan hire --group naturalisation
  indforecast plan hire --group asylum --share-in-term .9 --probability .8 --from 2028-01
  indforecast plan hire --group nareis --rule           a rule that decides month by month instead of a plan
  indforecast plan hire --group nareis --compare        against simple rules and perfect foresight
  indforecast plan hire --group nareis --config ours.toml --json > plan.json
"""
)
@release_argument
@click.option("--group", default="asylum", show_default=True, help="asylum, nareis, regular or naturalisation.")
@click.option(
    "--share-in-term", "share", type=click.FloatRange(0, 1), help="Share of the cases to be decided by their term."
)
@click.option("--probability", type=click.FloatRange(0, 1), help="Probability with which that is to hold.")
@click.option(
    "--from", "start", metavar="YYYY-MM", help="Month from which on; by default when someone hired now is trained."
)
@click.option("--months", type=click.IntRange(12, 120), default=24, show_default=True, help="Months to show.")
@click.option(
    "--rule/--plan",
    "with_rule",
    default=False,
    help="Say a rule as well, or one plan for all paths (the default).",
)
@click.option("--compare", "with_comparison", is_flag=True, help="Judge on paths the plan was not made from.")
@settings_option
@json_option
@click.pass_obj
def hire(
    home: Path,
    release_id: str,
    group: str,
    share: float | None,
    probability: float | None,
    start: str | None,
    months: int,
    with_rule: bool,
    with_comparison: bool,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """Whom to hire and when, so that cases are decided in term with a stated probability at least cost.

    RELEASE_ID may be its beginning, or 'latest'. When the target is out of reach, says from when on it is not, and
    why.
    """
    from indforecast.cli_hiring_text import in_json
    from indforecast.cli_hiring_words import in_words
    from indforecast.planning.hiring_advice import advise

    release, case = load_case(home, release_id, settings_file)
    found = advise(
        case,
        group,
        months=months,
        start=start,
        share=share,
        probability=probability,
        with_rule=with_rule or None,
        with_comparison=with_comparison,
        judged_paths=_MOST_JUDGED,
        told=_Progress(),
    )
    scored = release.table("leaderboard")
    simulated = frozenset(scored.loc[scored["simulated"].astype(bool), "series_id"])
    if as_json:
        click.echo(json.dumps(in_json(release.release_id, case, found, simulated), ensure_ascii=False, indent=2))
        return
    for line in in_words(release.release_id, case, found, simulated, with_rule=with_rule or with_comparison):
        click.echo(line)


class _Progress:
    """Says on standard error what is under way, once a command takes longer than people like to wait."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, what: str) -> None:
        if time.monotonic() - self._began > _QUIET_SECONDS:
            click.echo(f"{what[:1].upper()}{what[1:]} …", err=True)
