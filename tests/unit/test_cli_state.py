from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indforecast.cli import main
from indforecast.cli_status import run_due
from indforecast.publication.release import Release
from indforecast.vintages.quarantine import quarantine

REASONS = [
    {"severity": "critical", "sentence": "1 row has a negative count (line 2).", "hint": "Correct the count."},
    {"severity": "warning", "sentence": "students: 2026-01 is far from usual.", "hint": None},
    {"severity": "info", "sentence": "not delivered: naturalisation."},
]


def release(vintage: str = "2026-01-30", *deliveries: str) -> Release:
    inputs = {"deliveries": [{"delivery_id": name} for name in deliveries]}
    return Release(f"{vintage}-00000000", Path("r"), {"vintage": vintage, "inputs": inputs})


def test_status_names_why_a_file_was_refused_and_no_remark_beside_it(tmp_path: Path, capsys) -> None:
    folder = quarantine(tmp_path, b"x", "bad.csv", REASONS)
    assert main(["--home", str(tmp_path), "status", "--json"]) == 0
    (kept,) = json.loads(capsys.readouterr().out)["quarantine"]
    assert kept["reasons"] == ["1 row has a negative count (line 2)."]
    assert kept["what_to_do"] == ["Correct the count."]
    assert main(["--home", str(tmp_path), "status"]) == 0
    text = capsys.readouterr().out
    assert "bad.csv: 1 row has a negative count (line 2)." in text
    assert "Correct the count." in text
    assert str(folder) in text
    assert "not delivered" not in text
    assert "far from usual" not in text


def test_status_names_the_drop_folder(tmp_path: Path, capsys) -> None:
    assert main(["--home", str(tmp_path), "status"]) == 0
    assert f"drop folder     {tmp_path / 'drop'}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("newest", "deliveries", "latest", "waiting", "says"),
    [
        (None, set(), None, [], "the store is empty"),
        (date(2026, 1, 30), {"a"}, None, [], "nothing was published yet"),
        (date(2026, 1, 30), {"a"}, release("2026-01-30", "a"), [], None),
        (date(2026, 1, 30), {"a"}, release("2026-01-30", "a"), ["b.csv"], "b.csv waits to be taken in"),
        (date(2026, 2, 20), {"a", "b"}, release("2026-01-30", "a"), [], "what is known on 2026-02-20"),
        (date(2026, 1, 30), {"a", "b"}, release("2026-01-30", "a"), [], "a delivery came in after"),
    ],
    ids=["empty", "never published", "up to date", "a file waits", "behind", "late delivery"],
)
def test_a_run_is_due_when_the_data_are_ahead_of_the_releases(newest, deliveries, latest, waiting, says) -> None:
    found = run_due(newest, deliveries, latest, waiting)
    assert found is None if says is None else says in str(found)
