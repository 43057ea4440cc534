"""What operators look at and decide: vintages, their differences, refused deliveries."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

HEADER = "series_id,period,observed,basis,definition,source,available_from\n"
STREAM = "asylum_first,{month},{count},simulated,first_application_signed,a test,{day}\n"
DECISION = ("--name", "J. Jansen", "--reason", "January comes later", "--day", "2026-03-21")


@pytest.fixture
def house(first_month: Any, tmp_path: Path) -> Any:
    shutil.copytree(first_month.home, tmp_path / "home")
    return type(first_month)(tmp_path / "home", first_month.settings_file)


@pytest.fixture
def gap(tmp_path: Path) -> Path:
    """February without January."""
    path = tmp_path / "gap.csv"
    path.write_text(HEADER + STREAM.format(month="2026-02", count=2100, day="2026-03-20"), encoding="utf-8")
    return path


def stored(house: Any) -> set[str]:
    return {row["vintage"] for row in house("vintages", "list", "--json").json}


def test_a_gap_may_be_accepted_and_everything_downstream_says_who_did(house: Any, gap: Path) -> None:
    assert house("ingest", str(gap)).code == 3
    (refused,) = house("quarantine", "list", "--json").json
    assert (refused["name"], refused["state"]) == ("gap.csv", "waiting")
    assert "2026-03-20" not in stored(house)

    answer = house("quarantine", "accept", refused["delivery_id"][:10], *DECISION, "--json")
    assert answer.code == 0, answer.err
    assert answer.json["state"] == "in store"
    (decision,) = answer.json["decisions"]
    assert decision["overridden"] == ["no_missing_month"]
    assert (decision["name"], decision["decided_on"]) == ("J. Jansen", "2026-03-21")
    assert "2026-03-20" in stored(house)
    assert house("quarantine", "list", "--json").json == []
    assert (house.home / "quarantine" / refused["delivery_id"] / "gap.csv").read_bytes() == gap.read_bytes()

    path = house.home / "verdicts" / "delivery" / f"{refused['delivery_id']}.json"
    verdict = json.loads(path.read_text(encoding="utf-8"))
    (broken,) = [one for one in verdict["results"] if one["name"] == "no_missing_month"]
    assert verdict["success"]
    assert not broken["success"]
    assert "accepted by J. Jansen on 2026-03-21: January comes later" in broken["reason"]
    page = Path(answer.json["page"]).read_text(encoding="utf-8")
    assert "<strong>Accepted by J. Jansen</strong>" in page
    assert "Rejected" not in page

    # A second time changes nothing; what is in the store cannot be rejected any more.
    before = house.content()
    again = ("--name", "K. de Vries", "--reason", "so do I", "--json")
    assert house("quarantine", "accept", "gap.csv", *again).json["decisions"] == [decision]
    assert house.content() == before
    assert house("quarantine", "reject", "gap.csv", *DECISION).code == 2


def test_a_release_quotes_the_decision(house: Any, gap: Path) -> None:
    assert house("ingest", str(gap)).code == 3
    assert house("quarantine", "accept", "gap.csv", *DECISION).code == 0
    answer = house("run", "--json")
    assert answer.code == 0, answer.err
    manifest = json.loads((Path(answer.json["folder"]) / "manifest.json").read_text(encoding="utf-8"))
    assert "accepted by J. Jansen on 2026-03-21: January comes later" in json.dumps(manifest)
    assert house("release", "verify").code == 0


def test_what_is_wrong_cannot_be_accepted(house: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    # February without January, which a person may set aside, and a negative count, which nobody may.
    bad.write_text(HEADER + STREAM.format(month="2026-02", count=-5, day="2026-03-20"), encoding="utf-8")
    assert house("ingest", str(bad)).code == 3
    reasons = {reason["name"] for reason in house("quarantine", "show", "bad.csv", "--json").json["reasons"]}
    assert {"no_missing_month", "observed_not_negative"} <= reasons
    assert "cannot be accepted: observed_not_negative" in house("quarantine", "show", "bad.csv").out
    before = house.content()
    answer = house("quarantine", "accept", "bad.csv", *DECISION)
    assert answer.code == 3
    assert "observed_not_negative may not be set aside" in answer.err
    assert house.content() == before
    assert not (house.home / "decisions").exists()


def test_accepting_what_now_fails_for_another_reason_does_not_take_it_in(house: Any, gap: Path) -> None:
    """Meanwhile the store says another count for that month and day."""
    assert house("ingest", str(gap)).code == 3
    other = gap.with_name("other.csv")
    rows = [("2026-01", 2000), ("2026-02", 2222)]
    lines = "".join(STREAM.format(month=month, count=count, day="2026-03-20") for month, count in rows)
    other.write_text(HEADER + lines, encoding="utf-8")
    assert house("ingest", str(other)).code == 0
    before = house.content()
    answer = house("quarantine", "accept", "gap.csv", *DECISION)
    assert answer.code in (2, 3)
    assert house.content() == before
    assert house("quarantine", "show", "gap.csv", "--json").json["state"] == "accepted"
    # From now on the conflict is among its reasons, and nobody may set that aside.
    assert "no_conflict" in house("quarantine", "accept", "gap.csv", *DECISION).err


def test_rejecting_marks_as_dealt_with_and_keeps_the_file(house: Any, gap: Path) -> None:
    assert house("ingest", str(gap)).code == 3
    answer = house("quarantine", "reject", "gap.csv", *DECISION)
    assert answer.code == 0, answer.err
    assert "left out for good" in answer.out
    assert house("quarantine", "list", "--json").json == []
    assert house("status", "--json").json["quarantine"] == []
    (shown,) = house("quarantine", "list", "--all", "--json").json
    assert shown["state"] == "rejected"
    assert (Path(shown["folder"]) / "gap.csv").is_file()
    # Named again it is judged again, and still rejected.
    assert house("ingest", str(gap)).code == 3


def test_names_that_fit_nothing(house: Any) -> None:
    for command in (("show",), ("reject", *DECISION), ("accept", *DECISION)):
        answer = house("quarantine", command[0], "nothing", *command[1:])
        assert answer.code == 6
        assert "Nothing in quarantine is called 'nothing'" in answer.err
    assert house("quarantine", "reject", "nothing", "--name", "x").code == 2


def test_vintages_are_listed_newest_last_and_cut(first_month: Any) -> None:
    table = first_month("vintages", "list", "--json").json
    assert table[-1]["vintage"] == "2026-01-30"
    assert sum(row["rows"] for row in table) == sum(
        row[f"months_{kind}"] for row in table for kind in ("new", "revised", "restated", "confirmed")
    )
    text = first_month("vintages", "list", "--limit", "3").out
    assert len(text.splitlines()) == 5
    assert f"{len(table) - 3:,} earlier vintages more" in text
    one = first_month("vintages", "list", "--series", "students", "--json").json
    assert all(row["series"] == 1 for row in one)
    assert first_month("vintages", "list", "--series", "nobody").code == 6


def test_what_changed_between_two_days(first_month: Any) -> None:
    answer = first_month("vintages", "diff", "2025-12-31", "2026-01-31", "--json").json
    assert answer["counts"]["gone"] == 0
    assert sum(answer["counts"].values()) == len(answer["changes"]) > 20
    new = [row for row in answer["changes"] if row["change"] == "new"]
    assert {row["period"] for row in new} == {"2025-12"}
    assert all(row["observed_before"] is None and row["available_from_before"] is None for row in new)
    printed = first_month("vintages", "diff", "2025-12-31", "2026-01-31", "--limit", "2").out
    assert "2025-12  new" not in printed.splitlines()[1]
    assert first_month("vintages", "diff", "2025-12-31", "2025-12-31").out.strip() == "Nothing changed."
    assert first_month("vintages", "diff", "2026-01-31", "2025-12-31").code == 2
    assert first_month("vintages", "diff", "1990-01-01", "2025-12-31").code == 6


def test_how_far_first_figures_move(first_month: Any) -> None:
    report = first_month("vintages", "revisions", "--series", "asylum_first", "--json").json
    assert [row["age"] for row in report] == ["1", "2", "3", "6", "12", "latest"]
    assert all(0 <= row["share_revised"] <= 1 for row in report)
    assert all(row["change_p10"] <= row["change_median"] <= row["change_p90"] for row in report)
    earlier = first_month("vintages", "revisions", "--series", "asylum_first", "--as-of", "2020-12-31", "--json")
    assert earlier.json[-1]["months"] < report[-1]["months"]
    assert "asylum_first" in first_month("vintages", "revisions").out
