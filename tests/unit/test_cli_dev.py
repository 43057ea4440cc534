from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from indforecast import cli_dev
from indforecast.cli import main
from indforecast.domain.errors import InputError, StoreLocked


@pytest.fixture
def taken_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch):
    """What would have been started; the current folder and the environment stay as they are."""
    seen: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr("os.execve", lambda program, command, environment: seen.append((command, environment)))
    monkeypatch.setattr("os.chdir", lambda folder: None)
    monkeypatch.setenv("DAGSTER_HOME", "")
    return seen


def test_a_taken_port_is_one_sentence_and_nothing_is_started(taken_port, started, tmp_path: Path, capsys) -> None:
    assert main(["--home", str(tmp_path), "dev", "--port", str(taken_port)]) == 2
    said = capsys.readouterr()
    assert f"Port {taken_port}" in said.err
    assert "--port" in said.err
    assert "Traceback" not in said.err
    assert started == []


def test_a_free_port_is_left_free(taken_port) -> None:
    with pytest.raises(InputError):
        cli_dev.require_free_port(taken_port)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    for _ in range(2):
        cli_dev.require_free_port(free)


def test_a_home_has_one_dev_which_a_second_one_names(started, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(cli_dev, "require_free_port", lambda port: None)
    (tmp_path / "dagster").mkdir()
    holder = cli_dev.claim_home(tmp_path / "dagster")
    try:
        assert main(["--home", str(tmp_path), "dev"]) == 4
        said = capsys.readouterr().err
        assert f"process {os.getpid()}" in said
        assert "Traceback" not in said
        assert started == []
    finally:
        os.close(holder)
    assert main(["--home", str(tmp_path), "dev"]) == 0
    assert len(started) == 1


def test_the_claim_goes_over_to_the_program_that_takes_this_process_over(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from indforecast.cli_dev import claim_home; "
        "claim_home(Path(sys.argv[1])); "
        "os.execv(sys.executable, [sys.executable, '-c', 'print(1, flush=True); input()'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "1\n"
        with pytest.raises(StoreLocked, match=f"process {first.pid}"):
            cli_dev.claim_home(tmp_path)
        first.communicate("\n")
    os.close(cli_dev.claim_home(tmp_path))


def test_what_is_started_says_where_things_are_and_is_quiet_about_other_programs(
    started, tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.setattr(cli_dev, "require_free_port", lambda port: None)
    assert main(["--home", str(tmp_path), "dev", "--port", "3917"]) == 0
    said = capsys.readouterr().out
    assert "http://127.0.0.1:3917" in said
    assert str(tmp_path / "drop") in said
    ((command, environment),) = started
    assert command[command.index("-p") + 1] == "3917"
    code = "import warnings; warnings.warn('Function `dev_command` is superseded and so on.', FutureWarning)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
