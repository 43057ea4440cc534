from __future__ import annotations

import re

import pytest

from indforecast.cli_console import Console
from pipelines.in_process import Report, StageDone


def test_a_stage_is_one_line_with_number_seconds_and_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(total=11)
    console.begin("raw delivery")
    console.end(StageDone("raw delivery", 1.26, "kept a.csv"))
    assert capsys.readouterr().err == "   1/11  raw delivery          1.3 s  kept a.csv\n"


def test_without_a_terminal_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 11.0, 11.0, 12.0])
    monkeypatch.setattr("indforecast.cli_console.time.monotonic", lambda: next(clock))
    console = Console(total=2)
    console.begin("base forecasts")
    for done in (1, 45, 50):
        console.progress("base forecasts", "fits", done, 165)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert re.search(r"base forecasts\s+45/165 fits$", lines[0])


def test_on_a_terminal_progress_rewrites_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    console = Console(total=1)
    console.begin("base forecasts")
    console.progress("base forecasts", "fits", 1, 2)
    console.end(StageDone("base forecasts", 2.0, "done"))
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.count("\r") == 3
    assert "1/2 fits" in said


def test_a_long_summary_is_shortened_on_the_console_only(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(total=1)
    report = Report(on_begin=console.begin, on_progress=console.progress, on_end=console.end)
    report.begun("delivery check")
    report.ended("delivery check", "word " * 100)
    assert len(capsys.readouterr().err) < 160
    assert report.done[0].summary == "word " * 100


def test_the_first_error_of_a_run_is_the_one_that_counts() -> None:
    console = Console(total=1)
    report = Report(on_begin=console.begin, on_progress=console.progress, on_end=console.end)
    first = ValueError("first")
    report.failed("a", first)
    report.failed("b", ValueError("second"))
    assert report.error is first
