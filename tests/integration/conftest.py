"""A small house that has been through a month: the same wiring as production, with naive models and few paths."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indforecast.cli import main

ROOT = Path(__file__).resolve().parents[2]

SMALL = """
[bands]
monthly_months = 12
yearly_years = 2

[forecast]
models = ["random_walk", "seasonal_naive"]
horizon_months = 24
paths = 60
workers = 1

[forecast.backtest]
first_vintage = "2019-12"
every_months = 12
minimum_history_months = 24

[forecast.ensemble]
horizon_bands = [3, 6, 12, 24]
"""

HEADER = "series_id,period,observed,basis,definition,source,available_from\n"


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class SmallHouse:
    """A home folder and the command line on it."""

    home: Path
    settings_file: Path

    def __call__(self, *arguments: str) -> Answer:
        given = list(arguments)
        if given[0] in ("run", "ingest"):
            given[1:1] = ["--config", str(self.settings_file)]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["--home", str(self.home), *given])
        return Answer(code, out.getvalue(), err.getvalue())

    def content(self) -> dict[str, bytes]:
        """Every file of the store and the releases, by its path."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for folder in ("tables", "releases")
            for path in sorted((self.home / folder).rglob("*"))
            if path.is_file()
        }


def new_house(folder: Path) -> SmallHouse:
    settings_file = folder / "small.toml"
    settings_file.write_text(SMALL, encoding="utf-8")
    return SmallHouse(folder / "home", settings_file)


def delivery(*rows: tuple[str, str, int], available_from: str = "2026-03-20") -> str:
    """A delivery in the canonical form, one line per (series, month, persons)."""
    lines = (f"{series},{month},{count},simulated,test,a test,{available_from}\n" for series, month, count in rows)
    return HEADER + "".join(lines)


@pytest.fixture(scope="session")
def first_month(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A house after its first release; tests that share it leave store and releases as they are."""
    house = new_house(tmp_path_factory.mktemp("house"))
    answer = house("run", "--json")
    assert answer.code == 0, answer.err
    return house


@pytest.fixture(scope="session")
def reference_home(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A house whose store holds the reference data and nothing was made of it; tests work on copies."""
    from indforecast.reference.dataset import REFERENCE_NAME, REFERENCE_PUBLISHER, reference_csv
    from indforecast.sources.file_drop import FileDrop
    from indforecast.vintages.store import Store

    house = new_house(tmp_path_factory.mktemp("reference"))
    store = Store(house.home)
    store.keep_raw(reference_csv(), REFERENCE_NAME)
    store.append(FileDrop(publisher=REFERENCE_PUBLISHER).read(reference_csv(), REFERENCE_NAME))
    return house
