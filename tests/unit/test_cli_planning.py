"""From a release to a planning case: its own paths and history, today's figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indforecast.cli_planning import load_case
from indforecast.domain.errors import ConfigError, IntegrityError, NotFound
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
    publish(release_inputs(), tmp_path)
    return tmp_path


def test_paths_and_history_are_the_releases_own(home: Path) -> None:
    release, case = load_case(home)
    paths = release_inputs().paths
    assert set(case.inflow) == set(case.hierarchy.base_ids)
    for name, values in case.inflow.items():
        np.testing.assert_array_equal(values, paths.sel(series_id=name).to_numpy())
    assert case.periods[0] == np.datetime64("2026-01", "M")
    assert case.periods.dtype == np.dtype("datetime64[M]")
    assert case.periods.size == 60
    assert case.history is not None
    assert case.history.vintage == release.vintage
    assert case.history.periods[-1] == case.origin
    known = case.history.observed[case.history.series_ids.index("students")][-1]
    table = release.table("history")
    last = table[(table["series_id"] == "students")].sort_values("period").iloc[-1]
    assert known == last["observed"]


def test_figures_are_those_of_the_file(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(
        "[planning.streams.students]\n"
        'handling_hours = { value = 3.5, unit = "hours/case", assumption = "Tried out" }\n',
        encoding="utf-8",
    )
    assert load_case(home, "latest", own)[1].settings.streams["students"].handling_hours.value == 3.5
    assert load_case(home)[1].settings.streams["students"].handling_hours.value != 3.5


def test_what_cannot_be_used_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_case(home, "2031")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[planning.reception]\noccupancy = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        load_case(home, "latest", wrong)
    release = load_case(home)[0]
    damaged = release.path / "paths.parquet"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"123456789")
    with pytest.raises(IntegrityError, match="not the file that was published"):
        load_case(home)
