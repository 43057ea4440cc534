"""``indforecast record``: what is printed, and what a script gets."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indforecast.cli import main
from indforecast.evaluation.official_record import OwnBand, record_table
from indforecast.publication import report
from indforecast.publication.release import publish
from indforecast.reference.official_vintages import official_record
from tests.unit.publication.factory import release_inputs

BAND = OwnBand((30_000.0, 35_000.0, 42_000.0, 48_000.0, 52_000.0, 60_000.0, 70_000.0))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one release, without its report."""
    monkeypatch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
    inputs = release_inputs()
    rows = official_record()
    bands = [OwnBand.none("no band: nothing") if row.target_year == 2016 else BAND for row in rows]
    table = record_table(rows, bands, vintage=date(2026, 1, 30))
    inputs.tables["official_record"] = table  # type: ignore[index]
    publish(inputs, tmp_path)
    return tmp_path


def ask(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), "record", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_each_forecast_is_a_line_and_the_end_says_what_it_proves(home, capsys):
    code, out, _ = ask(home, capsys)
    assert code == 0
    lines = out.splitlines()
    assert sum(line[:4].isdigit() for line in lines) == 14
    april = next(line for line in lines if "2023-03-31" in line)
    assert "49,000 - 70,000 - 77,000 missed" in april
    assert "35,000 - 48,000 - 60,000 held" in april
    assert next(line for line in lines if "2015-10-31" in line).split()[2:] == ["58,000", "none", "31,640"]
    assert "prove nothing" in lines[-1]


def test_json_holds_every_column_and_the_tally(home, capsys):
    _, out, _ = ask(home, capsys, "latest", "--json")
    content = json.loads(out)
    assert content["tally"]["cases"] == 7
    assert content["record"][0]["vintage"] == "2015-10-31"
    assert content["record"][0]["own_medio"] is None
    assert len(content["record"][0]) == 35


def test_an_older_release_says_that_it_has_none(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
    publish(release_inputs(), tmp_path)
    code, _, err = ask(tmp_path, capsys)
    assert code == 6
    assert "before releases carried the official record" in err
