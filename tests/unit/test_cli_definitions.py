"""``indforecast definitions``: what is printed, and what a script gets."""

from __future__ import annotations

import json

import pytest

from indforecast.cli import main


@pytest.fixture
def run(tmp_path, capsys):
    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(["--home", str(tmp_path / "none"), "definitions", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def test_list_names_every_definition_with_its_series_and_every_break(run):
    code, out, _ = run("list")
    assert code == 0
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert "asylum_nareis" in lines["nareis_arrival"]
    assert "no series" in lines["naturalisation_decision"]
    assert lines["nareis_2014"].split() == ["nareis_2014", "2014-04", "not", "comparable"]
    assert "2020-03 to 2020-06" in lines["registration_stop_2020"]


def test_list_as_json_holds_everything(run):
    _, out, _ = run("list", "--json")
    content = json.loads(out)
    first = next(item for item in content["definitions"] if item["key"] == "first_application_signed")
    assert first["valid_from"] == "2008-01-01"
    assert first["valid_until"] is None
    assert first["series"] == ["asylum_first"]
    stop = next(item for item in content["breaks"] if item["key"] == "registration_stop_2020")
    assert (stop["until"], stop["comparable"]) == ("2020-06-30", True)


def test_show_tells_of_breaks_and_sources(run):
    code, out, _ = run("show", "first_application_signed")
    told = " ".join(out.split())
    assert code == 0
    assert "2014-04 (nareis_2014)" in told
    assert "both sides comparable" in told
    assert "sources CBS 2015" in told


def test_show_takes_a_series_and_a_nationality(run):
    for name in ("asylum_nareis", "asylum_nareis.SYR"):
        assert run("show", name)[1].startswith("nareis_arrival: ")


def test_show_beside_another_explains(run):
    _, out, _ = run("show", "nareis_application", "--beside", "nareis_arrival")
    assert "deliver them as nareis_applications" in " ".join(out.split())
    _, out, _ = run("show", "nareis_application", "--beside", "nareis_arrival", "--json")
    content = json.loads(out)
    assert len(content["explanation"]) == 1
    assert content["definitions"][0]["breaks"] == []


def test_show_beside_itself_says_so(run):
    assert run("show", "nareis_arrival", "--beside", "nareis_arrival")[1].endswith("They are one definition.\n")


def test_an_unknown_key_is_not_found_with_what_was_meant(run):
    code, _, err = run("show", "nareis_arival")
    assert code == 6
    assert "'nareis_arival' is no registered definition" in err
    assert "Did you mean nareis_arrival?" in err
    assert run("show", "zzz")[0] == 6


def test_own_settings_are_read(run, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[definitions.visits]\nlabel_en = "a"\nlabel_nl = "b"\ncounts_en = "visits"\ncounts_nl = "c"\n'
        'moment = "arrived"\nassumption = "none"\n',
        encoding="utf-8",
    )
    code, out, _ = run("show", "visits", "--config", str(own))
    assert code == 0
    assert "none: it is known to be told apart" in out
