"""No count of persons in anything that validation says, writes or logs: planted figures, and every file searched.

What stays inside, and is not searched: raw copies, the refused file itself, the tables, and the work tables
between two stages (docs/methods/validation.md). Of a release everything is searched but ``history``, which is the
data themselves, as they were delivered.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytestmark = pytest.mark.integration

HEADER = "series_id,period,observed,basis,definition,source,available_from\n"
#: Figures that stand nowhere else, by the file that holds them.
TAKEN_IN, NEGATIVE, CONFLICT, SLIPPED, UNREADABLE = 98_765, 98_754, 98_743, 98_732, 98_721
PLANTED = (TAKEN_IN, NEGATIVE, CONFLICT, SLIPPED, UNREADABLE)
INSIDE = ("raw", "tables", "work", "drop")
DECISION = ("--name", "J. Jansen", "--reason", "another file came", "--day", "2026-05-21")


def row(series: str, month: str, count: object, day: str = "2026-02-20") -> str:
    return f"{series},{month},{count},published,first_application_signed,a test,{day}\n"


FILES = {
    "refused.csv": HEADER
    + row("asylum_first.SYR", "2026-01", -NEGATIVE)
    + row("asylum_first.IRQ", "2026-01", CONFLICT)
    + row("asylum_first.IRQ", "2026-01", 3)
    + row(str(SLIPPED), "2026-01", 7),
    "unreadable.csv": HEADER + row("asylum_first.SYR", "2026-01", "98.721"),
    "words.csv": f"Periode;Nareis\n2025-10;{UNREADABLE} personen\n{SLIPPED};7\n",
}


def spelled(count: int) -> str:
    """A figure as anybody may write it, and not as a part of another number, a hash or a fraction."""
    text = str(count)
    before, after = r"(?<![0-9A-Za-z])(?<![0-9][.])", r"(?![0-9A-Za-z]|\.[0-9]*[1-9])"
    return rf"{before}{text[:2]}[., '\u00a0]?{text[2:]}{after}"


FIGURES = re.compile("|".join(spelled(count) for count in PLANTED))


def told(content: bytes) -> set[str]:
    return set(FIGURES.findall(content.decode("utf-8", errors="replace")))


@pytest.fixture(scope="module")
def busy_house(first_month: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, Any]]:
    """A house that refused, took in and published; and all that was said meanwhile."""
    folder = tmp_path_factory.mktemp("busy")
    shutil.copytree(first_month.home, folder / "home")
    house = type(first_month)(folder / "home", first_month.settings_file)
    answers: dict[str, Any] = {}
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
        answers[name] = house("ingest", str(folder / name))
    answers["reject"] = house("quarantine", "reject", "refused.csv", *DECISION)
    for command in (("status",), ("quarantine", "list", "--all"), ("quarantine", "show", "refused.csv")):
        answers[" ".join(command)] = house(*command)
        answers[f"{' '.join(command)} --json"] = house(*command, "--json")
    (house.home / "drop").mkdir(exist_ok=True)
    (house.home / "drop" / "taken.csv").write_text(
        HEADER + row("asylum_first.SYR", "2026-01", TAKEN_IN), encoding="utf-8"
    )
    answers["run"] = house("run", "--json")
    return house, answers


def test_the_files_met_what_they_should(busy_house: tuple[Any, dict[str, Any]]) -> None:
    _, answers = busy_house
    codes = {name: answer.code for name, answer in answers.items()}
    refused = {"refused.csv": 3, "unreadable.csv": 2, "words.csv": 2}
    assert codes == dict.fromkeys(codes, 0) | refused


def test_nothing_that_was_said_tells_a_count(busy_house: tuple[Any, dict[str, Any]]) -> None:
    _, answers = busy_house
    leaks = {name: told(f"{answer.out}{answer.err}".encode()) for name, answer in answers.items()}
    assert {name: found for name, found in leaks.items() if found} == {}


def test_no_file_outside_the_store_tells_a_count(busy_house: tuple[Any, dict[str, Any]]) -> None:
    house, _ = busy_house
    searched, leaks = set(), {}
    for path in sorted(house.home.rglob("*")):
        place = path.relative_to(house.home)
        kept_whole = place.parts[0] == "quarantine" and place.name != "reason.json"
        data = place.parts[0] == "releases" and path.stem == "history"
        if not path.is_file() or place.parts[0] in INSIDE or kept_whole or data:
            continue
        searched.add(place.parts[0])
        found = told(path.read_bytes())
        if path.suffix == ".parquet":
            numbers = pd.read_parquet(path).select_dtypes("number")
            found |= {str(count) for count in PLANTED if (numbers == count).to_numpy().any()}
        if found:
            leaks[str(place)] = found
    assert leaks == {}
    assert {"verdicts", "checks", "quarantine", "decisions", "releases", "dagster", "logs"} <= searched


def test_the_search_would_find_one(busy_house: tuple[Any, dict[str, Any]]) -> None:
    """Where counts do belong the same search finds them: in the refused file itself, and among the raw copies."""
    house, _ = busy_house
    refused = set().union(*(told(path.read_bytes()) for path in (house.home / "quarantine").rglob("*.csv")))
    assert {str(NEGATIVE), str(CONFLICT), str(SLIPPED), "98.721"} <= refused
    assert told(f'"observed": {TAKEN_IN}.0, 98,754 a'.encode()) == {str(TAKEN_IN), "98,754"}
    assert told(b"0.98765 3f98765 98765e1 198765 98765.5") == set()


def test_the_index_names_every_delivery_and_its_vintage(busy_house: tuple[Any, dict[str, Any]]) -> None:
    house, answers = busy_house
    checks = house.home / "checks"
    index = (checks / "index.html").read_text(encoding="utf-8")
    for name in (*FILES, "taken.csv", "reference-observations.csv"):
        assert name in index
    assert "Rejected by J. Jansen" in index
    page = Path(answers["quarantine show refused.csv --json"].json["page"]).read_text(encoding="utf-8")
    assert "Rejected by J. Jansen" in page
    assert "File: refused.csv." in page
    assert f"checks          {checks / 'index.html'}" in answers["status"].out
    assert (checks / "vintages" / "2026-02-20.html").is_file()
