from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from indforecast import __version__, cli
from indforecast.cli import main
from indforecast.domain import errors

COMMANDS = ("run", "ingest", "status", "doctor", "dev", "release", "vintages", "quarantine")


def test_help_names_every_command_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n  {command} " in text
    assert "Examples:" in text
    assert "Exit codes:" in text


ENDS = [
    ["run"],
    ["ingest"],
    ["status"],
    ["doctor"],
    ["dev"],
    ["release", "list"],
    ["release", "show"],
    ["release", "verify"],
    ["vintages", "list"],
    ["vintages", "diff"],
    ["vintages", "revisions"],
    ["vintages", "nowcast"],
    ["quarantine", "list"],
    ["quarantine", "show"],
    ["quarantine", "accept"],
    ["quarantine", "reject"],
]


@pytest.mark.parametrize("arguments", ENDS, ids=" ".join)
def test_every_command_has_help_with_an_example(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"indforecast {' '.join(arguments)}" in text.split("Example", 1)[1]


@pytest.mark.parametrize(
    "command", ["run", "ingest", "status", "doctor", "release list", "release show", "release verify"]
)
def test_every_command_that_answers_can_answer_in_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from indforecast.cli import main\n"
        "main(['run', '--help'])\n"
        "heavy = {'dagster', 'pandas', 'numpy', 'pydantic', 'pyarrow', 'great_expectations', 'altair'}\n"
        "sys.exit(' '.join(sorted(heavy & sys.modules.keys())) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_a_process_ends_without_taking_the_interpreter_apart() -> None:
    code = (
        "import atexit, sys\n"
        "class Late:\n"
        "    def __del__(self): print('the interpreter was taken apart')\n"
        "atexit.register(print, 'exit functions ran')\n"
        "late = Late()\n"
        "sys.argv = ['indforecast', 'release', 'show', '--json']\n"
        "from indforecast.cli import main\n"
        "sys.exit(main())\n"
    )
    environment = {**os.environ, "INDFORECAST_HOME": "/nowhere/at all"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 6
    assert "There is no release" in done.stderr
    assert done.stdout.endswith("exit functions ran\n")
    assert json.loads(done.stdout.removesuffix("exit functions ran\n"))["exit_code"] == 6


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast"]) == 2
    assert "No such command" in capsys.readouterr().err


KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.IndforecastError)
]


def failing(error: BaseException) -> click.Command:
    @click.command("fail")
    @click.option("--json", "as_json", is_flag=True)
    def fail(as_json: bool) -> None:
        raise error

    return fail


@pytest.fixture
def fail_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("INDFORECAST_HOME", str(tmp_path / "home"))

    def register(error: BaseException) -> None:
        monkeypatch.setitem(cli.root.commands, "fail", failing(error))

    return register


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_is_a_sentence_a_hint_and_its_own_exit_code(kind, fail_with, capsys) -> None:
    fail_with(kind("The file is odd.", hint="Mend it."))
    assert main(["fail"]) == kind.exit_code
    answer = capsys.readouterr()
    assert answer.err.splitlines() == ["Error: The file is odd.", "  Mend it."]
    assert answer.out == ""


def test_exit_codes_tell_errors_apart() -> None:
    codes = [kind.exit_code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


def test_an_error_can_be_read_by_a_program(fail_with, capsys) -> None:
    fail_with(errors.NotFound("Gone.", hint="Look elsewhere."))
    assert main(["fail", "--json"]) == 6
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"error": {"kind": "NotFound", "message": "Gone.", "hint": "Look elsewhere."}, "exit_code": 6}


def test_our_own_mistake_is_one_sentence_and_the_trace_goes_to_a_file(fail_with, capsys, tmp_path: Path) -> None:
    fail_with(KeyError("secret\nsecond line"))
    assert main(["fail"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "KeyError" in said
    (log,) = (tmp_path / "home" / "logs").glob("error-*.log")
    assert str(log) in said
    assert "Traceback" in log.read_text()


def test_a_trace_that_cannot_be_kept_in_the_home_is_kept_elsewhere(
    fail_with, capsys, tmp_path, monkeypatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "logs").write_text("a file where the folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    fail_with(ZeroDivisionError("division by zero"))
    assert main(["fail"]) == 1
    assert list((tmp_path / "elsewhere").glob("error-*.log"))
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_no_error_of_ours(error, fail_with, capsys) -> None:
    fail_with(error)
    assert main(["fail"]) == 130
    assert "Interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["run"], ["ingest", "x.csv"], ["dev"]])
def test_outside_a_checkout_the_pipeline_is_said_to_be_missing(command, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, "pipelines", None)
    assert main(["--home", str(tmp_path), *command]) == 6
    assert "checkout" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (["status"], 0, "the store is empty"),
        (["release", "list"], 0, "no release"),
        (["release", "show"], 6, "no release"),
        (["release", "verify"], 6, "no release"),
        (["release", "verify", "./nowhere"], 6, "no folder"),
    ],
)
def test_looking_at_an_empty_home_works_and_makes_nothing(command, code, says, capsys, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert main(["--home", str(home), *command]) == code
    answer = capsys.readouterr()
    assert says in answer.out + answer.err
    assert not home.exists()


def test_the_home_comes_from_the_environment(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setenv("INDFORECAST_HOME", str(tmp_path / "there"))
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["home"] == str(tmp_path / "there")
