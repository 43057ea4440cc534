"""``indforecast what-if``: how changes are written, what is refused, what is printed, what a script gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indforecast.cli import main
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


def ask(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), "what-if", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_more_inflow_is_more_work_in_its_own_stream_alone(home, capsys):
    code, out, _ = ask(home, capsys, "--inflow", "students=+20%", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["changes"] == ["inflow students=+20%"]
    assert told["hires"] == []
    rows = {(row["measure"], row["series_id"], row["year"]): row for row in told["yearly"]}
    moved = rows["handling_hours", "students", 2027]
    assert moved["after_medio"] == pytest.approx(1.2 * moved["before_medio"], rel=0.01)
    assert moved["difference_minimum"] > 0
    assert rows["handling_hours", "naturalisation", 2027]["difference_maximum"] == 0


def test_a_change_in_some_months_acts_in_them_alone(home, capsys):
    out = ask(home, capsys, "--inflow", "students=+500@2028-03:2028-04", "--json", "--measure", "handling_hours")[
        1
    ]
    rows = {row["year"]: row for row in json.loads(out)["yearly"] if row["series_id"] == "students"}
    hours = rows[2028]["difference_mean"]
    assert hours > 0
    assert {year for year, row in rows.items() if row["difference_mean"]} == {2028}
    twice = ask(home, capsys, "--inflow", "students=+500@2028-03:2028-06", "--json", "--measure", "handling_hours")
    rows = {row["year"]: row for row in json.loads(twice[1])["yearly"] if row["series_id"] == "students"}
    assert rows[2028]["difference_mean"] == pytest.approx(2 * hours)


def test_hires_say_what_they_cost_year_by_year(home, capsys):
    out = ask(home, capsys, "--hires", "asylum=25@2026-03:2026-08")[1]
    lines = [line for line in out.splitlines() if " asylum: " in line]
    assert [line.split()[0] for line in lines] == ["2026", "2027", "2028", "2029", "2030"]
    assert "EUR" in lines[0]
    assert "-" in lines[0].split("FTE,")[1].split("hours")[0]  # trainers' time comes first
    assert "+" in lines[1].split("FTE,")[1].split("hours")[0]
    told = json.loads(ask(home, capsys, "--hires", "asylum=25@2026-03:2026-08", "--json", "--year", "2027")[1])
    assert [(row["group"], row["year"]) for row in told["hires"]] == [("asylum", 2027)]
    assert told["hires"][0]["cost_eur"] > 0
    assert {row["year"] for row in told["yearly"]} == {2027}


def test_a_new_value_takes_the_place_of_the_figure(home, capsys):
    out = ask(home, capsys, "--decisions", "naturalisation=0", "--json", "--measure", "decisions")[1]
    rows = [row for row in json.loads(out)["yearly"] if row["series_id"] == "naturalisation"]
    assert rows
    assert all(row["after_maximum"] == 0 for row in rows)


def test_the_table_shows_what_moves_and_says_when_nothing_does(home, capsys):
    out = ask(home, capsys, "--housing", "all=3.2")[1]
    assert "Reception beds (beds)" in out
    assert "Court hearings" not in out
    assert "changed: housing all=3.2" in out
    assert "Nothing moves" in ask(home, capsys, "--inflow", "students=+0%")[1]
    years = ask(home, capsys, "--housing", "all=3.2", "--year", "2028")[1].splitlines()
    assert all(not line.startswith("  202") or line.startswith("  2028") for line in years)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "No change was given"),
        (("--inflow", "students"), "this is not a change"),
        (("--inflow", "students=+20%@2026"), "this is not a change"),
        (("--hours", "students=20%"), "needs a sign"),
        (("--hours", "students=+20000%"), "more than 10,000 per cent"),
        (("--inflow", "students=+5@2028-01:2027-01"), "ends before it begins"),
        (("--inflow", "studnets=+5"), "studnets"),
        (("--hires", "regular=5"), "regular"),
        (("--decisions", "students=5"), "students"),
        (("--inflow", "students=+5@2050-01"), "no forecast month"),
        (("--inflow", "students=+5@2020-01:2020-12"), "no forecast month"),
        (("--inflow", "students=+5", "--measure", "bed"), "bed"),
        (("--inflow", "students=+5", "--year", "2099"), "2099"),
    ],
)
def test_mistakes_are_told_in_a_sentence(home, capsys, arguments, told):
    code, out, err = ask(home, capsys, *arguments)
    assert code != 0
    assert told in err
    assert "Traceback" not in err + out
