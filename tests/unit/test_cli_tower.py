"""``indforecast plan tower``: the example, a user's tables in the forms that programs save, and wrong ones."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indforecast.cli_tower import tower
from indforecast.domain.errors import InputError
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs

CASES = """group,place,skill,hours_per_case,months_to_term,cases
Syrië,north,plain,2.5,1,40
Syrië,north,plain,2.5,0,30
Rare,south,rare,8,2,7
"""
UNITS = """unit,place,skills,knows,fte,hours_per_month
North,north,plain,Syrië,1,60
South,south,plain|rare,Rare,0.5,100
"""


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(tower, list(arguments))


def content(*arguments: str) -> dict:
    found = ask(*arguments, "--json")
    assert found.exception is None, found.exception
    return json.loads(found.stdout)


def files(folder: Path, cases: bytes, units: bytes) -> list[str]:
    (folder / "cases.csv").write_bytes(cases)
    (folder / "units.csv").write_bytes(units)
    return ["--cases", str(folder / "cases.csv"), "--units", str(folder / "units.csv")]


def test_the_example_beside_plain_distribution():
    text = ask().stdout
    assert text.startswith("packaged example (simulated): 22,609 cases of 12 target groups, 8 units, 6 months")
    assert "in proportion, oldest first" in text
    assert "loses most by a missing skill" in " ".join(text.split())
    assert "assumptions" in text


def test_a_script_gets_tables_that_add_up_and_the_same_ones_again():
    told = content()
    values = {(row["plan"], row["measure"]): row["value"] for row in told["outcomes"]}
    assert sum(row["cases"] for row in told["allocation"]) == values["optimum", "decided"]
    assert values["optimum", "decided"] + values["optimum", "left"] == values["optimum", "cases"] == 22_609
    assert values["optimum", "cost_eur"] < values["proportional_term_first", "cost_eur"]
    assert told == content()


def test_the_printed_example_is_the_packaged_one_and_can_be_read_again(tmp_path):
    tables = [ask("--example", name).stdout for name in ("cases", "units")]
    given = files(tmp_path, *(table.encode() for table in tables))
    own, packaged = content(*given), content()
    assert own["allocation"] == packaged["allocation"]
    assert own["origin"].startswith("cases.csv")


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-8")]
)
def test_tables_as_programs_save_them(tmp_path, delimiter, encoding):
    def saved(text: str) -> bytes:
        rows = list(csv.reader(io.StringIO(text)))
        if delimiter == ";":
            rows = [[cell.replace(".", ",") for cell in row] for row in rows]
        target = io.StringIO()
        csv.writer(target, delimiter=delimiter).writerows(rows)
        return target.getvalue().encode(encoding)

    told = content(*files(tmp_path, saved(CASES), saved(UNITS)), "--months", "2")
    assert told["months"] == 2
    assert {row["group"] for row in told["allocation"]} == {"Syrië", "Rare"}


def test_the_allocation_is_written(tmp_path):
    target = tmp_path / "plan.csv"
    told = content("--allocation", str(target))
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(told["allocation"])
    assert sum(int(row["cases"]) for row in rows) == sum(row["cases"] for row in told["allocation"])
    assert isinstance(ask("--allocation", str(tmp_path / "no" / "plan.csv")).exception, InputError)


@pytest.mark.parametrize(
    ("cases", "units", "said"),
    [
        (CASES.replace("8,2,7", "8,2,many"), UNITS, "'cases.csv', line 4, field 'cases': 'many' is not a number"),
        (CASES, UNITS.replace("0.5,100", "0.5"), "'units.csv', line 3: 5 cells under a header of 6"),
        (CASES + '"Syr', UNITS, "broken quotes"),
        ("\x00" + CASES, UNITS, "NUL byte"),
        (CASES + "x" * 2_001 + ",n,plain,1,1,1\n", UNITS, "a cell of more than 2,000 characters"),
        (CASES + "\n".join(["Rare,south,rare,8,2,7"] * 20_001), UNITS, "more than 20,000 rows"),
        (CASES + "Rare,south,rare,8,2,7" + "," * 40 + "\n", UNITS, "46 cells"),
        ("", UNITS, "is empty"),
    ],
)
def test_a_wrong_table_is_told_in_one_sentence(tmp_path, cases, units, said):
    error = ask(*files(tmp_path, cases.encode(), units.encode())).exception
    assert isinstance(error, InputError)
    assert said in error.message


def test_files_that_are_too_large_missing_or_alone_are_told(tmp_path):
    given = files(tmp_path, CASES.encode() + b"\n" * 5_000_001, UNITS.encode())
    assert "bytes, more than" in ask(*given).exception.message
    given = files(tmp_path, "é".encode("utf-16"), UNITS.encode())
    assert "UTF-16" in ask(*given).exception.message
    assert "belong together" in ask(*given[:2]).exception.message
    assert "cannot be read" in ask("--cases", str(tmp_path / "no.csv"), *given[2:]).exception.message


def test_a_release_gives_its_open_cases_by_track_as_a_table_that_can_be_planned(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
    publish(release_inputs(), tmp_path)
    found = CliRunner().invoke(tower, ["--queue", "latest", "--months", "3"], obj=tmp_path)
    assert found.exception is None, found.exception
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    assert {row["group"] for row in rows} >= {"asylum_first general", "nareis_applications", "naturalisation"}
    assert {row["arrives"] for row in rows} == {"1", "2", "3"}
    skills = "|".join(sorted({row["skill"] for row in rows}))
    units = f"unit,place,skills,knows,fte,hours_per_month\nall,here,{skills},,900,113.6\n"
    told = content(*files(tmp_path, found.stdout.encode(), units.encode()), "--months", "3")
    values = {(row["plan"], row["measure"]): row["value"] for row in told["outcomes"]}
    assert values["optimum", "cases"] == sum(int(row["cases"]) for row in rows)
    assert values["optimum", "decided_away"] == 0
