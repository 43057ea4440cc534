"""``indforecast plan hire``: what is printed, and what a script gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indforecast.cli_hiring import hire
from indforecast.domain.errors import InputError
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, without its report."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        publish(release_inputs(), folder)
    return folder


def ask(home: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(hire, [str(argument) for argument in arguments], obj=home)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_plan_for_a_program(home: Path) -> None:
    told = json.loads(ask(home, "--group", "naturalisation", "--months", "24", "--json").stdout)
    assert told["group"] == "naturalisation"
    months = told["plan"]["months"]
    assert [row["month"] for row in months[:2]] == ["2026-01", "2026-02"]
    assert len(months) <= 24
    assert all(row["hires_fte"] == round(row["hires_fte"]) for row in months)
    assert all(row["hours"] > 0 for row in months)
    if told["plan"]["meets_target"]:
        assert told["plan"]["probability"] >= told["target"]["probability"]
    assert told["waiting"]["months"] == 3
    assert "planning.hiring.attrition_trained" in told["assumptions"]
    assert "planning.hiring.training_months" not in told["assumptions"]


def test_the_same_command_says_the_same(home: Path) -> None:
    first, second = (ask(home, "--group", "nareis", "--months", "18").stdout for _ in range(2))
    assert first == second
    assert "Target: of the cases whose term ends from" in first
    assert "Waiting 3 months" in first
    assert "Assumed:" in first


def test_out_of_reach_is_said_with_the_evidence(home: Path) -> None:
    asked = ("--group", "asylum", "--share-in-term", "0.99", "--probability", "1", "--from", "2026-06")
    told = json.loads(ask(home, *asked, "--months", "24", "--json").stdout)
    assert told["target"]["asked_from"] == "2026-06"
    assert not told["target"]["within_reach_from_asked"]
    assert told["target"]["highest_probability_from_asked"] < 1
    text = ask(home, *asked, "--months", "24").stdout
    assert "Out of reach: with 30 hires a month" in text
    assert "Hires a month that would reach it: " in text
    goal = told["goal_within_reach"]
    if goal is not None:
        assert f"{goal['share_in_term']:.0%} in term from {goal['from']}" in text


def test_what_is_said_of_present_staff_days_and_history(home: Path) -> None:
    text = ask(home, "--group", "naturalisation").stdout
    told = json.loads(ask(home, "--group", "naturalisation", "--json").stdout)
    shown, planned = len(told["plan"]["months"]), told["months_planned_on"]
    assert f"naturalisation, {shown} months, planned on" in text
    assert f" {planned} months" in text
    assert "With present staff, leavers replaced, the target holds on " in text
    assert "people whose first day is in the month; decide 3 months before" in text
    marked = "History simulated, not validated: naturalisation" in text
    assert marked == (told["history_simulated"] == ["naturalisation"])


def test_a_rule_and_a_comparison(home: Path) -> None:
    arguments = ("--group", "regular", "--months", "12", "--compare")
    text = ask(home, *arguments).stdout
    assert "Rule, decided month by month" in text
    assert "perfect foresight" in text
    assert "follow last year" in text


def test_mistakes_are_one_sentence(home: Path) -> None:
    with pytest.raises(InputError, match="There is no workforce group 'asylm'") as raised:
        ask(home, "--group", "asylm")
    assert raised.value.hint is not None
    assert "asylum" in raised.value.hint
    with pytest.raises(InputError, match="The plan has no 2040-01"):
        ask(home, "--from", "2040-01")
