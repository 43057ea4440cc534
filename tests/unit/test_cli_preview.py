from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import delivery_files as make
from indforecast.cli import main


def test_a_preview_says_what_is_understood_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "export.xlsx", tmp_path / "home"
    file.write_bytes(make.xlsx_file({"Data": make.typed(make.streams_across(months=make.MONTHS))}))
    assert main(["--home", str(home), "ingest", str(file), "--preview"]) == 0
    said = capsys.readouterr().out
    for words in (
        "XLSX, sheet 'Data'",
        "streams across, header in line 3",
        "11 of 4 series",
        "1 not given",
        "Nothing was written",
    ):
        assert words in said
    assert not home.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["export.xlsx"]


def test_a_preview_for_programs_holds_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(make.csv_file(make.streams_across(), ";", "cp1252"))
    assert main(["--home", str(tmp_path / "home"), "ingest", str(file), "--preview", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "previewed"
    assert told["files"][0]["dropped"][2] == {"line": 6, "column": "C", "reason": "not given", "text": "x"}


def test_a_preview_of_what_cannot_be_understood_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(b"Periode;Foo\n2026-01;5\n")
    assert main(["--home", str(tmp_path / "home"), "ingest", str(file), "--preview"]) == 2
    assert "'Foo' is not known to the mapping of IND" in capsys.readouterr().err


def test_a_preview_reads_with_the_mapping_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "export.csv", tmp_path / "home"
    file.write_bytes(b"Periode;Nareizigers\n2026-01;1555\n")
    words = ["--home", str(home), "ingest", str(file), "--preview", "--publisher"]
    assert main([*words, "cbs"]) == 0
    assert "publisher  CBS" in capsys.readouterr().out
    assert main([*words, "nope"]) == 2
    said = capsys.readouterr().err
    assert "'nope' is no publisher that is known" in said
    assert "Known are cbs, eurostat, ind." in said
    assert not home.exists()
