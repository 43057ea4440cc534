"""Releases as real processes make them: killed, out of room, under other circumstances."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indforecast.publication.release import list_releases, publish, verify
from tests.unit.publication.factory import release_inputs

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]

# Publishes one release after the other, saying when it is warm and after each one. The report is a stand-in.
PUBLISH = """
import pathlib, resource, sys
from dataclasses import replace
from indforecast.domain.errors import IndforecastError
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs

report.render_report = lambda inputs, record, **about: "<p>" + about["release_id"] * 20_000
base = release_inputs()
print("ready", flush=True)
if len(sys.argv) > 3:
    # Writing beyond this size in a file fails as a full disk does.
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
for number in range(int(sys.argv[2]), 500):
    try:
        print(publish(replace(base, seeds={"number": number}), pathlib.Path(sys.argv[1])).release_id, flush=True)
    except IndforecastError as error:
        print(error, flush=True)
        break
"""

REPORT = """
import pathlib, sys
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs
print(publish(release_inputs(), pathlib.Path(sys.argv[1])).release_id)
"""


def started(script: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
    )


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_writer_killed_at_any_point_leaves_whole_releases_only(tmp_path: Path) -> None:
    chance = random.Random(20260130)
    for attempt in range(4):
        process = started(PUBLISH, tmp_path, 100 * attempt)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # The first one publishes at least once, however slow the machine.
        told = [process.stdout.readline().strip()] if attempt == 0 else []
        time.sleep(0.2 + chance.random())
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().split()
        process.wait()
        releases = list_releases(tmp_path)
        assert {release.release_id for release in releases} >= set(told)
        for release in releases:
            assert verify(release.path) == []
        hidden = [path for path in (tmp_path / "releases").iterdir() if path.name.startswith(".tmp-")]
        assert len(hidden) <= 1
    assert list_releases(tmp_path)
    # The next writer clears what the last one left, and goes on.
    publish(release_inputs(seeds={"number": 499}), tmp_path)
    assert [path for path in (tmp_path / "releases").iterdir() if path.name.startswith(".tmp-")] == []


def test_a_writer_without_room_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    process = started(PUBLISH, tmp_path, 0, 60_000)
    told, errors = process.communicate(timeout=600)
    assert "cannot be written: File too large." in told
    assert "Traceback" not in errors
    assert [path.name for path in (tmp_path / "releases").iterdir() if path.name != ".lock"] == []


def test_another_process_clock_zone_hash_seed_and_user_make_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "elsewhere" / "deep"
    processes = [
        started(REPORT, here, PYTHONHASHSEED="1", TZ="UTC", LANG="C", USER="one"),
        started(REPORT, there, PYTHONHASHSEED="2", TZ="Pacific/Auckland", LANG="nl_NL.UTF-8", USER="two"),
    ]
    ids = set()
    for process in processes:
        told, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
        ids.add(told)
    assert len(ids) == 1
    one, other = content(here / "releases"), content(there / "releases")
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_anyone_can_check_a_release_without_this_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indforecast.publication import report

    monkeypatch.setattr(report, "render_report", lambda inputs, record, **about: "<p>")
    release = publish(release_inputs(), tmp_path)
    manifest = json.loads((release.path / "manifest.json").read_bytes())
    lines = "".join(f"{entry['sha256']}  {name}\n" for name, entry in manifest["files"].items())
    for checked in ((release.path / "manifest.sha256").read_text(), lines):
        answer = subprocess.run(
            ["sha256sum", "--check", "--strict", "-"],
            input=checked,
            text=True,
            cwd=release.path,
            capture_output=True,
        )
        assert answer.returncode == 0, answer.stderr
