from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import filelock
import numpy as np
import pandas as pd
import pytest

from indforecast.config.settings import Settings
from indforecast.domain.errors import IntegrityError, NotFound, StoreLocked, StoreUnavailable
from indforecast.publication import report
from indforecast.publication.inputs import ReleaseInputs
from indforecast.publication.release import (
    list_releases,
    open_release,
    previous_release,
    publish,
    verify,
)
from tests.unit.publication.factory import release_inputs, verdict

pytestmark = pytest.mark.usefixtures("no_report")


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def with_settings(inputs: ReleaseInputs, **forecast: object) -> ReleaseInputs:
    values = inputs.settings.model_dump()
    return replace(
        inputs, settings=Settings.model_validate({**values, "forecast": {**values["forecast"], **forecast}})
    )


def test_a_release_is_a_folder_of_what_its_manifest_lists(tmp_path: Path) -> None:
    release = publish(release_inputs(), tmp_path)
    files = set(content(release.path))
    assert files == set(release.manifest["files"]) | {"manifest.json", "manifest.sha256"}
    assert {"report.html", "paths.parquet", "tables/yearly_bands.csv", "tables/yearly_bands.parquet"} <= files
    assert release.path == tmp_path / "releases" / release.release_id
    assert verify(release.path) == []
    assert [path.name for path in (tmp_path / "releases").iterdir() if path.name.startswith(".tmp")] == []


def test_published_files_are_read_only(tmp_path: Path) -> None:
    release = publish(release_inputs(), tmp_path)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in release.path.rglob("*") if path.is_file()}
    assert modes == {0o444}


def test_the_same_inputs_make_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    one, other = publish(release_inputs(), tmp_path / "a"), publish(release_inputs(), tmp_path / "b")
    assert one.release_id == other.release_id
    assert content(one.path) == content(other.path)


def test_publishing_again_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(release_inputs(), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in first.path.rglob("*")}

    def refuse(*_: object, **__: object) -> str:
        raise AssertionError("drawn again")

    monkeypatch.setattr(report, "render_report", refuse)
    assert publish(release_inputs(previous=first), tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in first.path.rglob("*")} == before


def test_publishing_again_over_a_changed_release_is_refused(tmp_path: Path) -> None:
    release = publish(release_inputs(), tmp_path)
    release.report.chmod(0o644)
    release.report.write_bytes(b"other")
    with pytest.raises(IntegrityError, match=r"report\.html"):
        publish(release_inputs(), tmp_path)
    assert release.report.read_bytes() == b"other"


def test_the_id_follows_everything_that_makes_the_figures(tmp_path: Path) -> None:
    base = release_inputs()
    history = base.history.observations.copy()
    history.loc[0, "observed"] += 1
    paths = base.paths.copy()
    paths[0, 0, 0] += 1
    weights = base.tables["weights"].assign(weight=0.2)
    variants = {
        "base": base,
        "code": replace(base, code_version="0.1.0+sha256." + "e" * 64),
        "settings": with_settings(base, horizon_months=61),
        "history": replace(base, history=replace(base.history, observations=history)),
        "paths": replace(base, paths=paths),
        "table": replace(base, tables={**base.tables, "weights": weights}),
        "seeds": replace(base, seeds={"joint/asylum_first": 1}),
        "verdicts": replace(base, verdicts=[*base.verdicts, verdict("delivery", "d" * 64)]),
    }
    ids = {name: publish(inputs, tmp_path / name).release_id for name, inputs in variants.items()}
    assert len(set(ids.values())) == len(variants)
    assert all(name.startswith("2026-01-30-") for name in ids.values())


def test_the_id_follows_neither_the_number_of_workers_nor_the_previous_release(tmp_path: Path) -> None:
    base = release_inputs()
    first = publish(base, tmp_path / "a")
    assert publish(with_settings(base, workers=7), tmp_path / "b").manifest == first.manifest
    older = publish(release_inputs(vintage=date(2025, 12, 30), last="2025-11"), tmp_path / "c")
    assert publish(replace(base, previous=older), tmp_path / "c").release_id == first.release_id


def test_leftovers_of_a_killed_writer_are_no_release_and_go_away(tmp_path: Path) -> None:
    leftover = tmp_path / "releases" / ".tmp-2026-01-30-00000000"
    leftover.mkdir(parents=True)
    (leftover / "manifest.json").write_text("{")
    assert list_releases(tmp_path) == []
    release = publish(release_inputs(), tmp_path)
    assert not leftover.exists()
    assert list_releases(tmp_path) == [release]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk .* is full"), (errno.EACCES, "cannot be written: Permission denied")],
)
def test_a_failing_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    calls = 0

    def fail(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreUnavailable, match=words):
        publish(release_inputs(), tmp_path)
    assert [path.name for path in (tmp_path / "releases").iterdir() if path.name != ".lock"] == []


def test_two_publishers_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    with filelock.FileLock(tmp_path / "releases" / ".lock"), pytest.raises(StoreLocked):
        publish(release_inputs(), tmp_path)


def test_a_missing_table_is_named_with_every_other(tmp_path: Path) -> None:
    base = release_inputs()
    tables = {name: frame for name, frame in base.tables.items() if name != "weights"}
    tables["hit_rates"] = tables["hit_rates"].drop(columns=["hit_rate"])
    with pytest.raises(ValueError, match=r"table weights, hit_rates\.hit_rate"):
        publish(replace(base, tables=tables), tmp_path)


def test_opening_by_id_by_beginning_and_latest(tmp_path: Path) -> None:
    older = publish(release_inputs(vintage=date(2025, 12, 30), last="2025-11"), tmp_path)
    newer = publish(release_inputs(previous=older), tmp_path)
    assert list_releases(tmp_path) == [older, newer]
    assert open_release(tmp_path) == newer
    assert open_release(tmp_path, older.release_id) == older
    assert open_release(tmp_path, "2025") == older
    for wrong in ("202", "1999", "../releases", ""):
        with pytest.raises(NotFound):
            open_release(tmp_path, wrong)
    with pytest.raises(NotFound, match="no release"):
        open_release(tmp_path / "empty")


def test_a_release_without_readable_manifest_is_told_not_listed(tmp_path: Path) -> None:
    release = publish(release_inputs(), tmp_path)
    manifest = release.path / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_bytes(b"{}")
    assert list_releases(tmp_path) == []
    with pytest.raises(IntegrityError, match=release.release_id):
        open_release(tmp_path, release.release_id)


def test_a_what_if_is_compared_with_its_vintage_and_never_becomes_a_baseline(tmp_path: Path) -> None:
    january, february = date(2026, 1, 30), date(2026, 2, 28)
    assert previous_release(tmp_path, january) is None
    first = publish(release_inputs(), tmp_path)
    what_if = with_settings(release_inputs(), horizon_months=61)
    other = what_if.settings.sha256()
    # No older vintage: the edition before it, so that the change is that of the settings alone.
    beside = previous_release(tmp_path, january, other)
    assert beside == first
    own = publish(replace(what_if, previous=beside), tmp_path)
    assert (own.manifest["edition"], own.manifest["previous"]["chosen_as"]) == (2, "same_vintage")
    assert (own.own_settings, first.own_settings) == (("forecast.horizon_months",), ())
    assert open_release(tmp_path) == own
    third = with_settings(release_inputs(), horizon_months=62).settings.sha256()
    assert previous_release(tmp_path, january, third) == first  # not the other what-if
    # The next month looks past it; a what-if of the next month finds its own kind.
    assert previous_release(tmp_path, february) == first
    assert previous_release(tmp_path, february, other) == own
    second = publish(release_inputs(last="2026-01", vintage=february, previous=first), tmp_path)
    assert second.manifest["previous"]["chosen_as"] == "older_vintage_same_settings"
    assert second.manifest["edition"] == 1


def test_new_code_on_the_same_data_still_tells_what_the_data_did(tmp_path: Path) -> None:
    february = date(2026, 2, 28)
    first = publish(release_inputs(), tmp_path)
    second = release_inputs(last="2026-01", vintage=february, previous=first)
    publish(second, tmp_path)
    assert previous_release(tmp_path, february) == first
    upgraded = publish(replace(second, code_version="0.2.0+sha256." + "e" * 64), tmp_path)
    assert upgraded.manifest["edition"] == 2
    assert upgraded.manifest["previous"]["release_id"] == first.release_id


def test_without_equal_settings_an_older_vintage_is_compared_with(tmp_path: Path) -> None:
    first = publish(release_inputs(), tmp_path)
    settings_of_another = with_settings(release_inputs(), horizon_months=61).settings.sha256()
    assert previous_release(tmp_path, date(2026, 3, 30), settings_of_another) == first
    assert previous_release(tmp_path, date(2025, 12, 30)) is None
    later = with_settings(release_inputs(last="2026-01", vintage=date(2026, 2, 28), previous=first), paths=11)
    assert publish(later, tmp_path).manifest["previous"]["chosen_as"] == "older_vintage"


def test_observed_persons_can_be_rebuilt_from_the_release_alone(tmp_path: Path) -> None:
    inputs = release_inputs(last="2026-01", vintage=date(2026, 2, 28))
    release = publish(inputs, tmp_path)
    history = release.table("inflow_history")
    for row in release.table("yearly_bands").itertuples():
        months = history[(history["series_id"] == row.series_id) & (history["period"].dt.year == row.year)]
        assert (len(months), months["observed"].sum()) == (row.observed_months, row.observed_persons)


def test_the_folder_explains_itself(tmp_path: Path) -> None:
    release = publish(release_inputs(), tmp_path)
    guide = (release.path / "README.md").read_text(encoding="utf-8")
    assert guide.startswith(f"# Uitgave {release.release_id}\n")
    assert f"\n# Release {release.release_id}\n" in guide
    assert "kwantielen 0.1, 0.5 en 0.9" in guide
    assert "with probability 0.8:" in guide.replace("\n", " ")
    named = set(re.findall(r"`([\w/-]+\.(?:csv|md|html|parquet|json|sha256))`", guide))
    assert named - {"manifest.json", "manifest.sha256"} <= set(release.manifest["files"])
    beds = release.table("plan_monthly")
    assert len(beds[(beds["measure"] == "beds") & (beds["series_id"] == "all")])
    dictionary = (release.path / "data-dictionary.md").read_text(encoding="utf-8")
    assert all(f"\n## {name}\n" in dictionary for name in release.tables)


def test_tables_come_back_as_they_went(tmp_path: Path) -> None:
    inputs = release_inputs()
    release = publish(inputs, tmp_path)
    for name, frame in inputs.tables.items():
        back = release.table(name)
        pd.testing.assert_frame_equal(back, frame.reset_index(drop=True), check_dtype=False)
    assert np.issubdtype(release.table("history")["period"].dtype, np.datetime64)
    assert set(release.tables) == {
        *inputs.tables, "history", "inflow_history", "definitions", "definition_breaks", "changes", "changes_plan"
    }  # fmt: skip
    with pytest.raises(NotFound, match="nothing"):
        release.table("nothing")


def test_a_changed_table_is_not_read(tmp_path: Path) -> None:
    release = publish(release_inputs(), tmp_path)
    file = release.path / "tables" / "weights.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(IntegrityError, match=r"weights\.parquet"):
        release.table("weights")


def test_paths_come_back_as_they_went(tmp_path: Path) -> None:
    inputs = release_inputs()
    inflow, periods = publish(inputs, tmp_path).paths()
    assert set(inflow) == {str(name) for name in inputs.paths["series_id"].to_numpy()}
    np.testing.assert_array_equal(inflow["asylum"], inputs.paths.sel(series_id="asylum").to_numpy())
    assert str(periods[0]) == "2026-01"


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_changed_paths_are_not_read(tmp_path: Path, damage: str) -> None:
    release = publish(release_inputs(), tmp_path)
    file = release.path / "paths.parquet"
    file.chmod(0o644)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=r"paths\.parquet"):
        release.paths()
