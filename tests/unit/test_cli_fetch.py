"""The command ``fetch`` before it asks anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from indforecast.cli import main
from indforecast.cli_fetch import choose_sources
from indforecast.config import load_settings
from indforecast.domain.errors import InputError


def sources(tmp_path: Path, text: str = ""):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file).sources


def test_all_that_are_enabled_are_asked_unless_some_are_named(tmp_path: Path) -> None:
    assert choose_sources(sources(tmp_path), ()) == ["cbs", "eurostat"]
    assert choose_sources(sources(tmp_path), ("eurostat", "cbs", "eurostat")) == ["eurostat", "cbs"]
    assert choose_sources(sources(tmp_path, "[sources.cbs]\nenabled = false\n"), ()) == ["eurostat"]


def test_what_cannot_be_asked_is_said_before_anybody_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="The sources are cbs, eurostat"):
        choose_sources(sources(tmp_path), ("ind",))
    off = sources(tmp_path, "[sources.cbs]\nenabled = false\n[sources.eurostat]\nenabled = false\n")
    with pytest.raises(InputError, match=r"sources\.cbs\.enabled = true"):
        choose_sources(off, ("cbs",))
    with pytest.raises(InputError, match="Every source"):
        choose_sources(off, ())


def test_help_comes_without_anything_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "--help"]) == 0
    assert "--keep-only" in capsys.readouterr().out
    code = "import sys, indforecast.cli; sys.exit(len({'requests', 'pandas', 'dagster'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
