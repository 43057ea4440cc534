"""``indforecast plan late`` and ``plan courts``: what is printed, what a script gets, and mistakes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from indforecast.cli_courts import courts, late
from indforecast.domain.errors import ConfigError, NotFound
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with one release, without its report."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        publish(release_inputs(), folder)
    return folder


def ask(home, command, *arguments):
    result = CliRunner().invoke(command, list(arguments), obj=home, catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.stdout
    return result.stdout


def test_late_says_what_it_costs_and_what_was_published(home):
    said = ask(home, late)
    assert "Notices of default (cases)" in said
    assert "deciding late costs EUR" in said
    assert "In 2026 penalties are EUR" in said
    assert "Penalties of one asylum_first case on average, by how late it is decided: 6 months EUR" in said
    assert "fitted" in said


def test_a_script_gets_the_years_of_late_costs(home):
    content = json.loads(ask(home, late, "latest", "--json"))
    rows = content["yearly"]
    assert {row["measure"] for row in rows} == {
        "notices", "late_appeals", "penalty_cases", "penalties_eur", "late_cost_eur"
    }  # fmt: skip
    assert content["release_id"]
    assert [row["months_late"] for row in content["one_case"]] == [6, 9, 12, 24]
    again = json.loads(ask(home, late, "latest", "--json"))
    assert again == content


def test_own_figures_are_used(home, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[planning.late]\ndaily_penalty = { value = 0, unit = "EUR/day", assumption = "abolished" }\n'
        "[planning.late.administrative_share]\n"
        'naturalisation = { value = 0, unit = "share", assumption = "abolished" }\n',
        encoding="utf-8",
    )
    content = json.loads(ask(home, late, "--config", str(own), "--json"))
    penalties = [row for row in content["yearly"] if row["measure"] == "penalties_eur"]
    assert all(row["maximum"] == 0 for row in penalties)


def test_courts_are_told_hearings_judges_and_when_to_recruit(home):
    said = ask(home, courts, "--months", "2")
    assert "Hearings per month" in said
    assert said.count("\n  2026-0") == 2
    assert "too late to recruit" in said
    assert "recruit from 2026-01, by 2026-07" in said
    assert "need against assumed legal staff (planning.late.legal_fte, 250 FTE)" in said
    assert "Published for 2022: 9% not attended." in said
    assert "give planning.late.judges_now" in said
    assert "The first year that recruiting still reaches is 2029" in said


def test_judges_at_present_are_set_against_those_needed(home, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[planning.late]\njudges_now = { value = 1, unit = "FTE", source = "the court" }\n', encoding="utf-8"
    )
    said = ask(home, courts, "--config", str(own))
    assert "At present 1 (the court)." in said
    assert "more than at present (medio)" in said
    assert "give planning.late.judges_now" not in said
    row = json.loads(ask(home, courts, "--json", "--config", str(own)))["judges"][0]
    assert row["judges_gap"] == pytest.approx(row["judges_medio"] - 1, abs=0.051)


def test_a_script_gets_every_month_and_the_judges(home):
    content = json.loads(ask(home, courts, "--json"))
    assert len(content["hearings"]) == 60
    assert [row["year"] for row in content["judges"]] == [2026, 2027, 2028, 2029, 2030]
    first = content["hearings"][0]
    assert first["period"] == "2026-01"
    assert first["minimum"] <= first["medio"] <= first["maximum"]


def test_mistakes_are_one_sentence(home, tmp_path):
    with pytest.raises(NotFound):
        ask(home, late, "no-such-release")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[planning.late]\nlegal_fte = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 2, field 'planning\.late\.legal_fte'"):
        ask(home, courts, "--config", str(wrong))
