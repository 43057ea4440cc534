from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from indforecast import cli_doctor
from indforecast.cli_doctor import Finding, examine
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
