from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from indforecast.cli import main
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.store import Store


@dataclass(frozen=True)
class Delivered:
    delivery_id: str
    name: str
    publisher: str
    frame: pd.DataFrame


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds the embedded reference data."""
    folder = tmp_path_factory.mktemp("home")
    Store(folder).append(
        Delivered(delivery_id="a" * 64, name="reference", publisher="test", frame=reference_frame())
    )
    return folder


def ask(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), "vintages", "nowcast", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_first_figure_stands_beside_its_nowcast(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(home, capsys, "--as-of", "2022-11-30", "--series", "asylum_first")
    assert code == 0
    header, first, second, *_ = out.splitlines()
    assert header.split()[:3] == ["series", "month", "age"]
    assert "2022-10" in first
    assert "3,912" in first
    assert " to " in first
    assert second.split()[-2:] == ["-", "0"]


def test_the_answer_for_programs_does_not_depend_on_what_else_is_asked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, everything, _ = ask(home, capsys, "--as-of", "2022-11-30", "--json")
    _, alone, _ = ask(home, capsys, "--as-of", "2022-11-30", "--json", "--series", "asylum_nareis")
    rows = json.loads(everything)
    assert json.loads(alone) == [row for row in rows if row["series_id"] == "asylum_nareis"]
    assert {"completeness", "median", "lower", "upper", "past_cases"} <= set(rows[0])


def test_only_what_was_known_by_the_day_is_used(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    frame = reference_frame()
    known = frame[frame["available_from"] <= str(date(2022, 11, 30))]
    Store(tmp_path).append(Delivered(delivery_id="b" * 64, name="then", publisher="test", frame=known))
    _, then, _ = ask(tmp_path, capsys, "--as-of", "2022-11-30", "--json")
    _, now, _ = ask(home, capsys, "--as-of", "2022-11-30", "--json")
    assert then == now


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--series", "foo"], 6, "No stream and no nationality below one: foo."),
        (["--as-of", "2001-01-01"], 6, "Nothing was known yet on 2001-01-01."),
        (["--series", "students"], 0, "all of them are simulated"),
    ],
)
def test_what_cannot_be_nowcast_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    answer, out, err = ask(home, capsys, *arguments)
    assert answer == code
    assert words in out + err
