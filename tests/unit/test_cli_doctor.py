from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from indforecast import cli_doctor
from indforecast.cli_doctor import Finding, examine
from indforecast.sources.file_drop import FileDrop
from indforecast.vintages.quarantine import quarantine
from indforecast.vintages.store import Store


def found(home: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(home, None)}


def test_an_empty_home_is_healthy_and_stays_empty(tmp_path: Path) -> None:
    findings = found(tmp_path / "home")
    assert {finding.status for finding in findings.values()} <= {"ok", "warn"}
    assert not (tmp_path / "home").exists()


def test_another_python_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_doctor.sys, "version_info", (3, 14, 0))
    assert found(tmp_path)["python"].status == "fail"


@pytest.mark.parametrize(("free", "status"), [(10, "fail"), (1_000_000_000, "warn"), (9_000_000_000, "ok")])
def test_free_disk_decides(free: int, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, free))
    assert found(tmp_path)["disk"].status == status


def test_a_home_that_is_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert found(tmp_path / "home")["home"].status == "fail"


def test_a_package_that_differs_from_the_lock_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = cli_doctor.metadata.version
    monkeypatch.setattr(cli_doctor.metadata, "version", lambda name: "0" if name == "click" else real(name))
    finding = found(tmp_path)["packages"]
    assert finding.status == "warn"
    assert "click 0 (lock: " in finding.message


def test_a_held_lock_names_its_holder_and_a_stale_one_does_no_harm(tmp_path: Path) -> None:
    with Store(tmp_path).lock():
        held = found(tmp_path)["lock"]
    assert held.status == "warn"
    (tmp_path / "store.lock.holder").write_text("{}")
    assert found(tmp_path)["lock"].status == "ok"


def test_quarantine_wants_a_person(tmp_path: Path) -> None:
    quarantine(tmp_path, b"x", "bad.csv", [{"sentence": "it is bad"}])
    finding = found(tmp_path)["quarantine"]
    assert finding.status == "warn"
    assert "bad.csv" in finding.message


def test_a_waiting_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "new.csv").write_text("x")
    assert "new.csv" in found(tmp_path)["drop folder"].message


def test_a_damaged_store_fails_and_the_other_questions_are_still_asked(tmp_path: Path) -> None:
    log = tmp_path / "tables" / "observations" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text("no json")
    findings = found(tmp_path)
    assert findings["store"].status == "fail"
    assert findings["releases"].status == "ok"


def test_a_folder_that_is_no_release_fails_its_verification(tmp_path: Path) -> None:
    (tmp_path / "releases" / "2026-01-30-00000000").mkdir(parents=True)
    assert found(tmp_path)["releases"].status == "fail"


def test_wrong_settings_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wrong.toml").write_text("[forecast]\npaths = 1\n")
    monkeypatch.setenv("INDFORECAST_CONFIG", str(tmp_path / "wrong.toml"))
    finding = found(tmp_path)["settings"]
    assert finding.status == "fail"
    assert "paths" in finding.message


@pytest.mark.parametrize("free", [10, 1_000_000_000])
def test_a_disk_that_is_too_small_comes_with_what_to_do(
    free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, free))
    assert "free some space" in found(tmp_path)["disk"].message


def test_an_error_of_a_database_is_told_without_its_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def broken(home: Path) -> Finding:
        raise OperationalError("PRAGMA main.table_info(x)", {}, Exception("attempt to write a readonly database"))

    monkeypatch.setattr(cli_doctor, "_dagster", broken)
    finding = found(tmp_path)["dagster"]
    assert finding.status == "fail"
    assert "attempt to write a readonly database" in finding.message
    assert "PRAGMA" not in finding.message
    assert "OperationalError" not in finding.message
    assert "owner and rights" in finding.message


def test_a_record_of_runs_that_cannot_be_written_is_named_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "dagster.yaml").write_text("")
    real = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: "dagster" not in str(path).removeprefix(str(tmp_path)) and real(path, mode),
    )
    finding = found(tmp_path)["dagster"]
    assert finding.status == "fail"
    assert f"{tmp_path / 'dagster'}, cannot be written" in finding.message


@pytest.mark.parametrize(("name", "status"), [("reference-observations.csv", "ok"), ("2020.csv", "warn")])
def test_only_a_house_that_somebody_delivered_to_can_miss_a_delivery(
    name: str, status: str, tmp_path: Path
) -> None:
    content = b"series_id,period,observed,available_from\nstudents,2019-12,5,2020-01-20\n"
    Store(tmp_path).append(FileDrop().read(content, name))
    finding = found(tmp_path)["store"]
    assert finding.status == status
    if status == "ok":
        assert "embedded reference data, which end in December 2019" in finding.message
    else:
        assert "deliver the months since" in finding.message
