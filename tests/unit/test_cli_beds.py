"""``indforecast beds``: what is printed, and what a script gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indforecast.cli_beds import beds
from indforecast.domain.errors import ConfigError, InputError
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs

CONTRACTS = """name,places,kind,from,until
Regular,60000,regular,,
Hotels,9000,emergency,2025-01-01,2026-06-30
New,2500,regular,2026-09-01,
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, without its report."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        publish(release_inputs(), folder)
    (folder / "contracts.csv").write_text(CONTRACTS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def june(home: Path) -> dict:
    return json.loads(ask(home, "gap", "--case", "june-2022", "--json").stdout)


def ask(home: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(beds, [str(argument) for argument in arguments], obj=home)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_show_says_who_waits_for_what(home):
    told = json.loads(ask(home, "show", "--json").stdout)
    assert [row["period"] for row in told["months"][:2]] == ["2026-01", "2026-02"]
    assert told["counted_in"] == "2024-12"
    for row in told["months"]:
        assert row["residents"]["minimum"] <= row["residents"]["medio"] <= row["residents"]["maximum"]
        assert row["residents_housed_within_norm"]["medio"] <= row["residents"]["medio"]
        assert row["places"]["medio"] == pytest.approx(row["residents"]["medio"] / 0.91, abs=2)
    text = ask(home, "show").stdout
    assert "2026-06" in text
    assert "Were status holders housed within 3.22 months from today" in text


def test_places_of_a_users_contracts(home):
    told = json.loads(ask(home, "places", "--contracts", home / "contracts.csv", "--json").stdout)
    by_month = {row["period"]: row for row in told["months"]}
    assert by_month["2026-06"]["contracted"] == 69_000
    assert by_month["2026-07"]["contracted"] == 60_000
    assert by_month["2026-07"]["expiring"] == 9_000
    assert by_month["2026-09"]["contracted"] == 62_500
    assert by_month["2026-09"]["emergency"] == 0
    for row in told["months"]:
        assert row["to_find"] == max(0, row["target"] - row["contracted"])
    costs = {row["choice"]: row for row in told["costs"]}
    assert costs["medio"]["places"] < costs["target"]["places"] < costs["maximum"]["places"]
    assert told["critical_fractile"] == pytest.approx(39_000 / (39_000 + 0.7 * 30_400))


def test_places_for_a_reader_say_what_is_assumed(home):
    assumed = "Contracts are the configured ones"
    packaged = ask(home, "places").stdout
    assert assumed in packaged
    assert "ASSUMED CONTRACTS" in packaged.splitlines()[0]
    assert "2028-06           -         -" in packaged
    assert "no contract known" in packaged
    own = ask(home, "places", "--contracts", home / "contracts.csv").stdout
    assert assumed not in own
    assert "ASSUMED" not in own
    assert "no contract known" not in own, "one of the contracts given has no end"
    assert "Target: enough in 65% of outcomes over 24 months" in own


def test_nothing_is_to_be_found_after_the_last_contract_that_is_assumed(home):
    told = json.loads(ask(home, "places", "--json").stdout)
    assert (told["contracts"], told["contracts_known_until"]) == ("assumed", "2027-12-30")
    by_month = {row["period"]: row for row in told["months"]}
    assert by_month["2027-11"]["to_find"] == by_month["2027-11"]["target"] - by_month["2027-11"]["contracted"]
    assert by_month["2027-12"]["to_find"] is None
    gap = json.loads(ask(home, "gap", "--on", "2027-12-31", "--json").stdout)
    assert gap["gaps"]["target"]["to_find"] is None
    assert gap["gaps"]["target"]["need"] == by_month["2027-12"]["target"]
    text = ask(home, "gap", "--on", "2027-12-31").stdout
    assert "no contract known after 2027-12-30" in text
    ends = CONTRACTS.replace("regular,,", "regular,,2027-01-31").replace("2026-09-01,", "2026-09-01,2027-02-28")
    (home / "ends.csv").write_text(ends, encoding="utf-8")
    own = json.loads(ask(home, "places", "--contracts", home / "ends.csv", "--json").stdout)
    assert (own["contracts"], own["contracts_known_until"]) == ("given", "2027-02-28")


def test_what_rests_on_assumed_contracts_is_printed_in_hundreds_and_kept_exact_for_a_script(home):
    told = json.loads(ask(home, "gap", "--on", "2026-12-31", "--json").stdout)["gaps"]["target"]
    text = ask(home, "gap", "--on", "2026-12-31").stdout
    assert "ASSUMED CONTRACTS" in text.splitlines()[0]
    assert f"places to find                             {round(told['to_find'], -2):>9,}" in text
    assert f"(need {told['need']:,})" in text


def test_one_need_is_one_number_in_every_command(home):
    shown = {row["period"]: row for row in json.loads(ask(home, "show", "--json").stdout)["months"]}
    for row in json.loads(ask(home, "places", "--json").stdout)["months"]:
        band = shown[row["period"]]["places"]
        assert [row[f"need_{name}"] for name in ("minimum", "medio", "maximum")] == list(band.values())
    gaps = json.loads(ask(home, "gap", "--on", "2026-12-31", "--json").stdout)["gaps"]
    assert gaps["medio"]["need"] == shown["2026-12"]["places"]["medio"]


def test_gap_counts_expiry_by_the_day(home):
    def gap(day):
        arguments = ("gap", "--on", day, "--contracts", home / "contracts.csv", "--planned", "65000", "--json")
        return json.loads(ask(home, *arguments).stdout)["gaps"]["target"]

    before, after = gap("2026-06-30"), gap("2026-07-01")
    assert (before["expiring"], before["contracted"], before["remaining"]) == (0, 69_000, 69_000)
    assert (after["expiring"], after["remaining"]) == (9_000, 60_000)
    assert after["to_find"] == after["need"] - 60_000
    assert after["increase"] == after["need"] - 65_000


def test_gap_and_places_have_one_target_and_the_gap_names_what_ends(home):
    arguments = ("--contracts", home / "contracts.csv", "--json")
    told = json.loads(ask(home, "gap", "--on", "2027-03-31", *arguments).stdout)
    by_month = {row["period"]: row for row in json.loads(ask(home, "places", *arguments).stdout)["months"]}
    assert told["gaps"]["target"]["need"] == by_month["2027-03"]["target"]
    assert told["gaps"]["medio"]["need"] == by_month["2027-03"]["need_medio"]
    assert told["gaps"]["target"]["to_find"] == by_month["2027-03"]["to_find"]
    assert told["ending"] == [{"name": "Hotels", "places": 9_000, "until": "2026-06-30"}]
    text = ask(home, "gap", "--on", "2027-03-31", "--contracts", home / "contracts.csv").stdout
    assert "2026-06-30    9,000  Hotels" in text


def test_gap_for_a_reader_ends_at_the_year_by_itself(home):
    text = ask(home, "gap").stdout
    assert "places on 2026-12-31" in text
    assert "To find at target:" in text


def test_june_2022_is_told_exactly(june):
    told = june["told"]
    assert (told["need"], told["increase"], told["expiring"], told["to_find"]) == (51_000, 9_000, 7_000, 16_000)


def test_june_2022_uses_nothing_newer_and_says_its_error(june):
    model = june["model"]
    assert model["data"] == "embedded reference data"
    assert model["vintage"] <= "2022-06-30"
    assert model["forecast_origin"] == "2022-05"
    (came,) = june["came"]
    assert came["residents"] == 51_805
    assert came["error"] == pytest.approx(came["medio"] / 51_805 - 1)
    assert came["held"] == (came["minimum"] <= 51_805 <= came["maximum"])
    assert june["nearest_count"]["day"] == "2022-12-05"
    assert june["nearest_count"]["error"] == pytest.approx(model["residents"]["medio"] / 51_805 - 1, abs=1e-4)
    assert model["asked"] == {"places": 51_000, "error": pytest.approx(model["places"]["medio"] / 51_000 - 1)}
    places, residents = model["places"], model["residents"]
    assert places["medio"] == pytest.approx(residents["medio"] / 0.96, abs=1)
    assert places["minimum"] < places["medio"] < places["target"] < places["maximum"]
    assert model["gaps"]["target"]["to_find"] == places["target"] - 35_000


def test_june_2022_for_a_reader(home):
    result = ask(home, "gap", "--case", "june-2022", "--on", "2022-11-30")
    assert "Replaying what was known on 2022-06-30" in result.stderr
    assert "as counted" not in result.stdout.lower(), "the count of then is of its own day"
    assert "What the model says of 2022-11-30" in result.stdout
    assert "61,189" in result.stdout


def test_mistakes_are_named(home, tmp_path):
    with pytest.raises(InputError, match=r"--case: .*june-2022"):
        ask(home, "gap", "--case", "june-2023")
    with pytest.raises(InputError, match="lies outside the forecast, 2026-01 to"):
        ask(home, "gap", "--on", "2020-01-01")
    with pytest.raises(InputError, match="lies outside the case"):
        ask(home, "gap", "--case", "june-2022", "--on", "2023-06-30")
    assert "--planned belongs to a release" in ask(home, "gap", "--case", "june-2022", "--planned", "1").stderr
    with pytest.raises(ConfigError, match="cannot be read"):
        ask(home, "places", "--contracts", tmp_path / "none.csv")
