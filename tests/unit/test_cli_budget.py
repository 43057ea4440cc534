"""``indforecast plan budget`` and ``plan regimes``: what finance reads, and what a script gets."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indforecast.cli_budget import budget
from indforecast.cli_regimes import regimes
from indforecast.config import load_settings
from indforecast.domain.errors import ConfigError, InputError, NotFound
from indforecast.planning.budget import granted
from indforecast.planning.funding_tables import REGIME_MEASURES
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two releases, without their reports."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        first = publish(release_inputs(last="2025-11", vintage=date(2025, 12, 30), shift=0.9), folder)
        publish(release_inputs(previous=first), folder)
    return folder


def ask(home: Path, command: object, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=home, catch_exceptions=False)  # type: ignore[arg-type]


def test_the_letter_holds_need_law_and_gap(home):
    out = ask(home, budget, "--year", "2027").stdout
    lines = out.splitlines()
    assert lines[0] == "IND capacity budget 2027: price times quantity and input funding, in million euro"
    assert any(line.startswith("First asylum applications") and "4,554.00" in line for line in lines)
    assert any(line.startswith("Budget law 2027 (OWB 2026)") and line.endswith("1,022.7") for line in lines)
    assert any(line.startswith("Students*") for line in lines)
    assert "* history simulated, not validated" in out
    assert "not comparable with the amounts above" in out
    assert "COA" not in out
    levels = [line.split()[0] for line in lines if line[:2].isdigit() and line[2] == "%"]
    assert levels == ["50%", "60%", "70%", "80%", "90%", "95%"]
    assert "with 80% certainty" in out
    assert "do not add up" in out
    assert "€453.0 million for 2027" in out.replace("\u00a0", " ")


def test_the_letter_is_dutch_on_request_and_speaks_of_the_level_asked_for(home):
    out = ask(home, budget, "--lang", "nl", "--year", "2028", "--certainty", "0.85").stdout
    assert out.startswith("Capaciteitsbudget IND 2028")
    assert "Om met 85% zekerheid" in out
    assert "85%" in [line.split()[0] for line in out.splitlines() if line]
    assert "1.007,4" in out


def test_a_change_since_the_earlier_release_is_told_at_the_same_prices(home):
    out = ask(home, budget, "--year", "2027").stdout
    assert "Against release 2025-12-30" in out
    first = ask(home, budget, "2025-12-30", "--year", "2027").stdout
    assert "There is no earlier release to compare with." in first


def test_the_year_after_the_first_forecast_month_is_taken(home):
    assert "budget 2027:" in ask(home, budget).stdout
    # data to November 2025: money for 2026 is the next that is asked for
    assert "budget 2026:" in ask(home, budget, "2025-12-30").stdout


def test_scenarios_stand_beside_the_baseline(home, tmp_path):
    file = tmp_path / "dearer.toml"
    file.write_text(
        '[planning.streams.asylum_first]\nunit_price = { value = 5554, unit = "EUR/case", source = "agreement" }\n'
    )
    told = ask(home, budget, "--year", "2027", "--scenario", f"dearer={file}")
    line = next(line for line in told.stdout.splitlines() if line.startswith("dearer"))
    assert line.split()[-1].startswith("+")
    content = json.loads(ask(home, budget, "--year", "2027", "--scenario", f"dearer={file}", "--json").stdout)
    assert {row["scenario"] for row in content["need"]} == {"baseline", "dearer"}
    assert {row["unit_price_eur"] for row in content["price_quantity"] if row["series_id"] == "asylum_first"} == {
        4554.0, 5554.0,
    }  # fmt: skip


def test_hours_that_move_make_the_amounts_wider(home):
    content = json.loads(ask(home, budget, "--year", "2030", "--moving-hours", "--json").stdout)
    spread = {}
    for scenario in ("baseline", "moving hours"):
        need = {
            row["certainty"]: row["need_eur"]
            for row in content["need"]
            if (row["scenario"], row["measure"], row["series_id"]) == (scenario, "budget_eur", "all")
        }
        spread[scenario] = need[0.95] - need[0.5]
    assert spread["moving hours"] > spread["baseline"]


@pytest.mark.parametrize("text", ["dearer", "=a.toml", "baseline=a.toml"])
def test_a_scenario_is_a_name_and_a_file(home, text):
    with pytest.raises(InputError, match="--scenario"):
        ask(home, budget, "--scenario", text)


def test_a_scenario_without_its_file_speaks_of_its_own_option(home):
    with pytest.raises(ConfigError, match=r"--scenario x: nofile\.toml cannot be read") as raised:
        ask(home, budget, "--scenario", "x=nofile.toml")
    assert raised.value.hint == "Check --scenario."


def test_json_holds_every_level_scenario_and_stream(home):
    content = json.loads(ask(home, budget, "--year", "2027", "--json").stdout)
    law = granted(load_settings().planning)[2027]
    total = [row for row in content["need"] if row["measure"] == "budget_eur" and row["series_id"] == "all"]
    assert [row["certainty"] for row in total] == [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    assert all(round(row["need_eur"] - law, 2) == row["gap_eur"] for row in total)
    assert {row["year"] for row in content["need"]} == {2027}
    share = content["probability_that_granted_suffices"]["budget_eur"]
    enough = [row["certainty"] for row in total if row["gap_eur"] <= 0]
    assert max(enough, default=0) <= share <= min([r["certainty"] for r in total if r["gap_eur"] > 0], default=1)
    changed = content["changed"]
    assert round(changed["after"] - changed["before"], 2) == changed["change_eur"]
    assert set(changed["streams_medio_eur"]) == set(load_settings().planning.streams)


def test_a_year_beyond_the_release_is_refused_in_a_sentence(home):
    with pytest.raises(InputError, match="no whole calendar year 2040") as raised:
        ask(home, budget, "--year", "2040")
    assert "2026, 2027, 2028, 2029, 2030" in str(raised.value.hint)


@pytest.mark.parametrize("level", ["0", "1", "80"])
def test_a_certainty_is_a_share(home, level):
    assert ask(home, budget, "--certainty", level).exit_code == 2


def test_an_unknown_release_is_told(home):
    with pytest.raises(NotFound, match="no release '2031'"):
        ask(home, budget, "2031")


def test_other_prices_from_a_file(home, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[planning.streams.asylum_first]\nunit_price = { value = 5000, unit = "EUR/case", source = "agreement" }\n'
    )
    assert "5,000.00" in ask(home, budget, "--config", str(file), "--year", "2027").stdout
    file.write_text("[planning.funding]\ncertainty = [0.8, 0.5]\n")
    with pytest.raises(ConfigError, match="certainty must rise"):
        ask(home, budget, "--config", str(file))


def tables(text: str) -> list[list[str]]:
    """Lines of each table of a letter: those around a rule, until an empty line."""
    return [block.splitlines() for block in text.split("\n\n") if "\n---" in block]


def test_regimes_say_where_stable_money_helps_and_where_not(home):
    out = ask(home, regimes, "--all").stdout
    assert "on 64 paths that did not set the amounts" in out
    for name in load_settings().planning.funding.regimes.values():
        assert f"'{name.label_en}'" in out
    found = tables(out)
    for measure in REGIME_MEASURES.values():
        assert any(line.startswith(measure.label_en[:20]) for line in found[0])
    assert "lowest third" in out
    assert "Management is the same everywhere" in out


def test_regimes_are_eight_rows_and_a_sentence_unless_more_is_asked_for(home):
    told = ask(home, regimes)
    found = tables(told.stdout)
    assert len(found) == 2
    for table in found:
        rule = next(at for at, line in enumerate(table) if line.startswith("---"))
        assert sum(any(mark.isdigit() for mark in line) for line in table[rule + 1 :]) == 8
        assert max(len(line) for line in table) <= 120
    assert "lowest third" not in told.stdout
    assert "15 more measures" in told.stdout
    assert sum(line.startswith("In short: of these ways ") for line in told.stdout.splitlines()) == 1
    assert "without tracks" in told.stdout
    assert "standard error of both groups of paths" in told.stdout.replace("\u00a0", " ")
    assert "4 of 6: simulating 5 years, same money ..." in told.stderr
    assert "fixed_same_money" not in told.output


def test_all_tables_of_regimes_fit_a_screen(home):
    assert max(len(line) for table in tables(ask(home, regimes, "--all").stdout) for line in table) <= 120


def test_regimes_in_dutch(home):
    out = ask(home, regimes, "--lang", "nl", "--all").stdout
    assert "Bandbreedte met reserve" in out
    assert "Ervaren mensen van wie afscheid is genomen" in out


def test_regimes_as_json(home):
    content = json.loads(ask(home, regimes, "--json").stdout)
    assert content["reference"] == "yearly"
    assert (content["setting_paths"], content["judging_paths"]) == (16, 64)
    assert content["made_by_other_code"] is True
    (alike,) = content["same_money"].values()
    assert alike["setting_eur"] == pytest.approx(alike["setting_reference_eur"], abs=2)
    assert {row["regime"] for row in content["regimes"]} == set(load_settings().planning.funding.regimes)
    assert {row["inflow"] for row in content["differences"]} == {"all", "low", "middle", "high"}


def test_a_regime_of_ones_own(home, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        "[planning.funding.regimes.three]\n"
        'label_en = "Three years"\nlabel_nl = "Drie jaar"\nfirst = "medio"\n'
        'review_years = { value = 3, unit = "years", assumption = "test" }\n'
        'corridor = { value = 0, unit = "share", assumption = "test" }\n'
        'reserve = { value = 0.1, unit = "share", assumption = "test" }\n'
    )
    assert "Three years" in ask(home, regimes, "--config", str(file)).stdout
