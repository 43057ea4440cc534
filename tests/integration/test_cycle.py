"""From monthly counts to releases through the real Dagster jobs, as an operator meets them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "2026-01.csv"
HEADER = "series_id,period,observed,basis,definition,source,available_from\n"


@pytest.fixture
def copy_of(first_month: Any, tmp_path: Path) -> Any:
    """A house of one's own after its first release."""
    shutil.copytree(first_month.home, tmp_path / "home")
    return type(first_month)(tmp_path / "home", first_month.settings_file)


def test_a_run_ends_with_release_folder_report_and_three_figures(first_month: Any) -> None:
    answer = first_month("release", "show", "--json")
    assert answer.code == 0
    shown = answer.json
    assert shown["vintage"] == "2026-01-30"
    assert shown["forecast_origin"] == "2025-12"
    (delivery,) = shown["manifest"]["inputs"]["deliveries"]
    assert delivery["publisher"] == "CBS, IND, COA (embedded reference data)"
    assert [figure["key"] for figure in shown["figures"]] == ["inflow", "staff", "budget"]
    assert Path(shown["report"]).is_file()
    assert Path(shown["report"]).parent == Path(shown["folder"])


def test_every_stage_says_what_it_did(tmp_path: Path, copy_of: Any) -> None:
    answer = copy_of("run", "--vintage", "2024-06", "--json")
    assert answer.code == 0, answer.err
    stages = [stage["stage"] for stage in answer.json["stages"]]
    assert stages == [
        "raw delivery", "staged delivery", "delivery check", "observations", "history", "base forecasts",
        "joint paths", "scenario bands", "bands check", "workload plan", "bed plan", "budget plan", "staff plan",
        "control tower", "waiting and uncertainty", "release",
    ]  # fmt: skip
    assert all(stage["summary"] for stage in answer.json["stages"])
    # What was not known at the end of June 2024 is not in a release of that vintage.
    assert answer.json["vintage"] <= "2024-06-30"
    assert answer.json["forecast_origin"] < "2024-06"
    for stage in stages:
        assert stage in answer.err


def test_a_second_run_with_nothing_new_computes_nothing(first_month: Any) -> None:
    before = first_month.content()
    answer = first_month("run", "--json")
    assert answer.code == 0
    assert answer.json["status"] == "unchanged"
    assert answer.json["stages"] == []
    assert first_month.content() == before
    assert "Nothing is new" in first_month("run").out


def test_the_same_inputs_make_the_same_bytes_in_another_house(first_month: Any, tmp_path: Path) -> None:
    other = type(first_month)(tmp_path / "elsewhere", first_month.settings_file)
    assert other("run").code == 0

    def releases(house: Any) -> dict[str, bytes]:
        return {name: content for name, content in house.content().items() if name.startswith("releases/2")}

    mine, theirs = releases(first_month), releases(other)
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] != theirs[name]] == []


def test_a_second_month_makes_a_second_release_that_knows_the_first(copy_of: Any) -> None:
    answer = copy_of("ingest", str(SAMPLE), "--json")
    assert answer.code == 0, answer.err
    assert [entry["name"] for entry in answer.json["deliveries"]] == ["2026-01.csv"]
    assert answer.json["deliveries"][0]["rows_added"] > 0
    assert answer.json["newest_vintage"] == "2026-02-20"

    answer = copy_of("run", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["forecast_origin"] == "2026-01"
    shown = copy_of("release", "show", "--json").json
    first = copy_of("release", "list", "--json").json[0]
    assert shown["manifest"]["previous"]["release_id"] == first["release_id"]
    assert [entry["name"] for entry in shown["manifest"]["inputs"]["deliveries"]][-1] == "2026-01.csv"
    verdicts = shown["manifest"]["inputs"]["verdicts"]
    assert sorted(verdict["table"] for verdict in verdicts) == ["bands", "bands", "delivery", "delivery"]
    # Only the new vintage was fitted: the replay of the old ones came from the store.
    (fits,) = [stage["summary"] for stage in answer.json["stages"] if stage["stage"] == "base forecasts"]
    assert "2 of 16 fits were new" in fits
    assert copy_of("release", "verify").code == 0


def test_the_same_file_twice_changes_nothing(copy_of: Any) -> None:
    assert copy_of("ingest", str(SAMPLE)).code == 0
    before = copy_of.content()
    answer = copy_of("ingest", str(SAMPLE))
    assert answer.code == 0
    assert "Nothing new" in answer.out
    assert copy_of.content() == before


def test_a_run_takes_in_what_waits_in_the_drop_folder_and_leaves_it_there(copy_of: Any) -> None:
    (copy_of.home / "drop").mkdir()
    shutil.copy(SAMPLE, copy_of.home / "drop" / "january.csv")
    assert copy_of("status", "--json").json["waiting"] == ["january.csv"]
    answer = copy_of("run", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["vintage"] == "2026-02-20"
    assert (copy_of.home / "drop" / "january.csv").is_file()
    assert copy_of("status", "--json").json["waiting"] == []
    assert copy_of("run", "--json").json["status"] == "unchanged"


def test_a_rejected_delivery_changes_nothing_but_the_quarantine(copy_of: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        f"{HEADER}asylum_first,2026-01,1200,simulated,test,a test,2026-02-20\n"
        "asylum_repeat,2026-01,-5,simulated,test,a test,2026-02-20\n",
        encoding="utf-8",
    )
    before = copy_of.content()
    answer = copy_of("ingest", str(bad))
    assert answer.code == 3
    assert "bad.csv" in answer.err
    assert "line 3" in answer.err
    assert "Traceback" not in answer.err
    assert copy_of.content() == before
    (kept,) = copy_of("status", "--json").json["quarantine"]
    assert kept["name"] == "bad.csv"
    assert (Path(kept["folder"]) / "bad.csv").read_bytes() == bad.read_bytes()
    assert any("line 3" in reason for reason in kept["reasons"])
    # What is wrong stands there once, and then what to do and where to look.
    assert answer.err.count("negative count") == 1
    assert "Correct the count and deliver the file again." in answer.err
    assert "Correct the count and deliver the file again." in kept["what_to_do"]
    assert str(kept["folder"]) in answer.err
    (page,) = [line.split(": ", 1)[1] for line in answer.err.splitlines() if "page of the check" in line]
    assert "negative count" in Path(page).read_text(encoding="utf-8")
    assert not any("not delivered" in reason for reason in kept["reasons"])


def test_a_delivery_from_the_future_is_rejected_like_any_other(copy_of: Any, tmp_path: Path) -> None:
    drop = copy_of.home / "drop"
    drop.mkdir()
    late = tmp_path / "future.csv"
    late.write_text(
        f"{HEADER}students,2026-01,1200,simulated,study_application,a test,2026-02-15\n"
        "asylum_first,2098-05,1200,simulated,first_application_signed,a test,2098-06-20\n",
        encoding="utf-8",
    )
    before = copy_of.content()
    answer = copy_of("ingest", str(late))
    assert answer.code == 3
    assert "future.csv is rejected" in answer.err
    assert "2098-06-20, which is in the future (line 3)" in answer.err
    assert "Correct available_from" in answer.err
    assert copy_of.content() == before
    assert [kept["name"] for kept in copy_of("status", "--json").json["quarantine"]] == ["future.csv"]
    shutil.rmtree(copy_of.home / "quarantine")
    shutil.copy(late, drop)
    assert copy_of("run").code == 3
    assert copy_of.content() == before
    assert copy_of("run", "--json").json["status"] == "unchanged"


def test_a_missing_month_is_asked_for(copy_of: Any, tmp_path: Path) -> None:
    gap = tmp_path / "gap.csv"
    gap.write_text(f"{HEADER}students,2026-02,1200,simulated,study_application,a test,2026-03-15\n")
    answer = copy_of("ingest", str(gap))
    assert answer.code == 3
    assert "Deliver 2026-01 first, or in the same file." in answer.err


def test_after_an_ingest_a_run_is_due_and_after_the_run_it_is_not(copy_of: Any, tmp_path: Path) -> None:
    assert copy_of("status", "--json").json["run_due"] is None
    one = tmp_path / "one.csv"
    one.write_text(f"{HEADER}students,2026-01,1200,simulated,study_application,a test,2026-02-15\n")
    assert "1 row added." in copy_of("ingest", str(one)).out
    due = copy_of("status", "--json").json["run_due"]
    assert "2026-01-30" in due
    assert "2026-02-15" in due
    assert "A run is due" in copy_of("status").out
    assert copy_of("run").code == 0
    assert copy_of("status", "--json").json["run_due"] is None


def test_one_bad_file_keeps_its_companions_out_as_well(copy_of: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{HEADER}no_such_stream,2026-01,5,simulated,test,a test,2026-02-20\n", encoding="utf-8")
    before = copy_of.content()
    answer = copy_of("ingest", str(SAMPLE), str(bad))
    assert answer.code == 3
    assert "Kept out with it: 2026-01.csv" in answer.err
    assert copy_of.content() == before
    assert [kept["name"] for kept in copy_of("status", "--json").json["quarantine"]] == ["bad.csv"]


def test_a_rejected_file_in_the_drop_folder_stops_one_run_and_not_the_next(copy_of: Any) -> None:
    (copy_of.home / "drop").mkdir()
    (copy_of.home / "drop" / "bad.csv").write_text(f"{HEADER}asylum_first,2026-01,-1,simulated,t,t,2026-02-20\n")
    assert copy_of("run").code == 3
    assert copy_of("run", "--json").json["status"] == "unchanged"


def test_an_unreadable_file_is_named_with_its_line_and_kept(copy_of: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text(f"{HEADER}asylum_first,2026-13,5,simulated,test,a test,2026-02-20\n", encoding="utf-8")
    answer = copy_of("ingest", str(broken), "--json")
    assert answer.code == 2
    assert answer.json["exit_code"] == 2
    assert answer.json["error"]["kind"] == "InputError"
    assert "line 2" in answer.json["error"]["message"]
    (kept,) = copy_of("status", "--json").json["quarantine"]
    assert kept["name"] == "broken.csv"
    assert str(kept["folder"]) in answer.json["error"]["hint"]


def test_another_figure_for_a_known_month_is_refused_and_kept(copy_of: Any, tmp_path: Path) -> None:
    assert copy_of("ingest", str(SAMPLE)).code == 0
    other = tmp_path / "other.csv"
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[2] = str(int(cells[2]) + 1)
    other.write_text("\n".join([lines[0], ",".join(cells)]) + "\n", encoding="utf-8")
    before = copy_of.content()
    answer = copy_of("ingest", str(other))
    assert answer.code in (2, 3)
    assert copy_of.content() == before
    assert [kept["name"] for kept in copy_of("status", "--json").json["quarantine"]] == ["other.csv"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "--vintage", "2026-09"], 6, "Nothing was delivered in 2026-09"),
        (["run", "--vintage", "2009-01"], 2, "2016-01"),
        (["run", "--vintage", "January"], 2, "not a month"),
        (["ingest", "nowhere.csv"], 2, "does not exist"),
        (["release", "show", "1999-01-01"], 6, "There is no release '1999-01-01'"),
    ],
)
def test_a_mistake_is_one_sentence_and_an_exit_code(
    first_month: Any, arguments: list[str], code: int, says: str
) -> None:
    answer = first_month(*arguments)
    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""


def test_an_interrupt_ends_the_run_and_nothing_is_tried_again(
    copy_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indforecast.vintages.store import Store

    asked: list[object] = []

    def interrupted(store: Store, day: object = None) -> None:
        asked.append(day)
        raise KeyboardInterrupt

    before = copy_of.content()
    monkeypatch.setattr(Store, "as_of", interrupted)
    answer = copy_of("run", "--vintage", "2025-06")
    assert answer.code == 130
    assert "Interrupted" in answer.err
    assert len(asked) == 1
    assert copy_of.content() == before


def test_an_interrupt_between_two_stages_ends_the_run_as_well(
    copy_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    def interrupted(**_: object) -> None:
        raise dg.DagsterExecutionInterruptedError

    published = sorted((copy_of.home / "releases").iterdir())
    monkeypatch.setattr("assets.history.dg", SimpleNamespace(MaterializeResult=interrupted, DataVersion=str))
    answer = copy_of("run", "--vintage", "2025-06")
    assert answer.code == 130
    assert "Interrupted" in answer.err
    assert answer.err.count(" history ") == 1
    assert sorted((copy_of.home / "releases").iterdir()) == published


def test_a_full_disk_is_one_sentence_wherever_it_comes_up(copy_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import collections

    from sqlalchemy.exc import OperationalError

    usage = collections.namedtuple("usage", "total used free")

    def full(*_: object, **__: object) -> None:
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr("dagster.DagsterInstance.create_run_for_job", full)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(1, 1, 0))
    answer = copy_of("ingest", str(SAMPLE))
    assert answer.code == 5
    assert "The disk is full" in answer.err
    assert "Traceback" not in answer.err


def test_a_locked_store_says_who_holds_it(copy_of: Any) -> None:
    import os

    from indforecast.vintages.store import Store

    with Store(copy_of.home).lock():
        answer = copy_of("ingest", str(SAMPLE))
    assert answer.code == 4
    assert str(os.getpid()) in answer.err


def test_a_wrong_setting_is_named_with_its_line_before_anything_runs(copy_of: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[forecast]\npaths = 1\n", encoding="utf-8")
    house = type(copy_of)(copy_of.home, wrong)
    answer = house("run")
    assert answer.code == 7
    assert "line 2" in answer.err


def test_settings_of_ones_own_make_another_edition_on_the_same_vintage(copy_of: Any, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(copy_of.settings_file.read_text().replace("paths = 60", "paths = 61"), encoding="utf-8")
    answer = type(copy_of)(copy_of.home, mine)("run", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["status"] == "published"
    first, second = copy_of("release", "list", "--json").json
    assert first["vintage"] == second["vintage"]
    assert first["release_id"] != second["release_id"]
    assert [one["edition"] for one in (first, second)] == [1, 2]
    assert "forecast.paths" in first["own_settings"]
    lines = copy_of("release", "list").out.splitlines()
    note = f"own settings: {len(first['own_settings'])} changed"
    assert [f"edition {number}, {note}" in line for number, line in enumerate(lines, 1)] == [True, True]
    assert f"(edition 2, {note})" in copy_of("status").out
    assert note in copy_of("release", "show").out
    # Both editions exist now, and each is found again under its own settings.
    assert copy_of("run", "--json").json["release_id"] == first["release_id"]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: flip(folder / "report.html"),
        lambda folder: flip(folder / "manifest.json"),
        lambda folder: (folder / "extra.txt").write_text("x"),
    ],
    ids=["a byte of the report", "a byte of the manifest", "a foreign file"],
)
def test_verify_finds_what_was_changed(copy_of: Any, damage: Callable[[Path], object]) -> None:
    (folder,) = [path for path in (copy_of.home / "releases").iterdir() if not path.name.startswith(".")]
    folder.chmod(0o755)
    damage(folder)
    answer = copy_of("release", "verify", "--json")
    assert answer.code == 8
    assert [entry["ok"] for entry in answer.json] == [False]
    doctor = copy_of("doctor", "--json")
    assert doctor.code == 1
    failed = [check["name"] for check in doctor.json["checks"] if check["status"] == "fail"]
    assert failed == ["releases"]


def test_a_changed_release_is_not_taken_for_the_one_published(copy_of: Any) -> None:
    (folder,) = [path for path in (copy_of.home / "releases").iterdir() if not path.name.startswith(".")]
    flip(folder / "report.html")
    answer = copy_of("run")
    assert answer.code == 8
    assert folder.name in answer.err


def test_a_healthy_house_has_nothing_to_fail(first_month: Any) -> None:
    answer = first_month("doctor", "--json")
    assert answer.code == 0
    assert answer.json["ok"]
    found = {check["name"]: check["status"] for check in answer.json["checks"]}
    assert {"home", "disk", "lock", "store", "quarantine", "releases", "dagster"} <= found.keys()
    assert found["releases"] == "ok"
    # Only the embedded reference data came in: nothing was missed, however old they are.
    assert found["store"] == "ok"


def test_status_knows_every_stream_and_the_latest_release(first_month: Any) -> None:
    state = first_month("status", "--json").json
    assert state["newest_vintage"] == "2026-01-30"
    last = {entry["series_id"]: entry["last_month"] for entry in state["series"]}
    assert last["asylum_first"] == "2025-12"
    assert "asylum" not in last
    assert state["latest_release"]["forecast_origin"] == "2025-12"
    text = first_month("status").out
    assert state["latest_release"]["release_id"] in text


def test_everything_a_run_leaves_stands_in_the_home(first_month: Any) -> None:
    folders = {path.name for path in first_month.home.iterdir() if path.is_dir()}
    assert {"raw", "tables", "work", "verdicts", "checks", "releases", "dagster", "logs"} <= folders
    pages = list((first_month.home / "checks").glob("*/index.html"))
    assert len(pages) == 3
    for name in ("manifest.json",):
        (path,) = first_month.home.glob(f"releases/*/{name}")
        assert str(first_month.home) not in json.dumps(json.loads(path.read_text()))
