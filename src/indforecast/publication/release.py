"""Releases as folders: publish one, find one, list them.

What belongs here: the file system side. A release is written whole into a hidden folder beside its place and
renamed into it in one step, so a reader sees all of it or nothing, whenever the writer is killed. What does not:
what stands in the files (``tables``, ``report``, ``manifest``) and what proves them (``integrity``).

Layout below the home folder::

    releases/<release_id>/report.html  README.md  data-dictionary.md  manifest.json  manifest.sha256  paths.parquet
    releases/<release_id>/tables/<name>.csv  <name>.parquet
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import filelock

from indforecast.config import load_settings
from indforecast.domain.errors import IntegrityError, NotFound, StoreLocked, StoreUnavailable
from indforecast.domain.files import sha256_hex
from indforecast.publication.changes import change_tables
from indforecast.publication.counted_section import definition_tables
from indforecast.publication.inputs import ReleaseInputs
from indforecast.publication.integrity import MANIFEST, SIDECAR, check_verdicts, verify
from indforecast.publication.manifest import (
    build_manifest,
    inputs_record,
    inputs_sha256,
    manifest_bytes,
    release_id_for,
    sidecar_bytes,
)
from indforecast.publication.observed import observed_months
from indforecast.publication.readme import dictionary, readme_bytes
from indforecast.publication.schedule import next_release_date
from indforecast.publication.tables import (
    check_tables,
    csv_bytes,
    parquet_bytes,
    paths_bytes,
    read_parquet,
    read_paths,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Release", "ReleaseInputs", "list_releases", "open_release", "previous_release", "publish", "verify"]

REPORT: Final = "report.html"
PATHS: Final = "paths.parquet"
README: Final = "README.md"
DICTIONARY: Final = "data-dictionary.md"
_TEMPORARY: Final = ".tmp-"
_RELEASE_ID: Final = re.compile(r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{8}$")


@dataclass(frozen=True)
class Release:
    """One published release.

    Parameters
    ----------
    release_id : str
        ``<vintage>-<8 hexadecimal digits>``.
    path : Path
        Its folder.
    manifest : dict
        The manifest as read.
    """

    release_id: str
    path: Path
    manifest: dict[str, Any] = field(repr=False, compare=False)

    @property
    def vintage(self) -> date:
        """Data cut-off."""
        return date.fromisoformat(self.manifest["vintage"])

    @property
    def own_settings(self) -> tuple[str, ...]:
        """Dotted paths of the settings that differed from the packaged ones; empty for a release without any."""
        return tuple(str(path) for path in self.manifest.get("own_settings", ()))

    @property
    def report(self) -> Path:
        """The report to open."""
        return self.path / REPORT

    @property
    def order(self) -> tuple[str, int, str]:
        """Sort key: by vintage, then by edition."""
        return (self.manifest["vintage"], int(self.manifest["edition"]), self.release_id)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """All tables by name (each read and checked once)."""
        names = [
            Path(name).stem
            for name in self.manifest["files"]
            if name.startswith("tables/") and name.endswith(".parquet")
        ]
        return {name: self.table(name) for name in names}

    def table(self, name: str) -> pd.DataFrame:
        """One table, after its bytes were checked against the manifest.

        Raises
        ------
        NotFound
            If the release has no such table.
        IntegrityError
            If the file is not the one published.
        """
        relative = f"tables/{name}.parquet"
        if relative not in self.manifest["files"]:
            raise NotFound(f"Release {self.release_id} has no table '{name}'.")
        return read_parquet(self._checked(relative))

    def paths(self) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.datetime64]]:
        """Joint sample paths as arrays ``[path, period]`` by series, and their periods.

        Raises
        ------
        IntegrityError
            If the file is not the one published.
        """
        return read_paths(self._checked(PATHS))

    def manifest_bytes(self) -> bytes:
        """The manifest in the form in which it was written."""
        return manifest_bytes(self.manifest)

    def _checked(self, relative: str) -> bytes:
        try:
            content = (self.path / relative).read_bytes()
        except OSError as error:
            raise IntegrityError(
                f"Release {self.release_id}: {relative} cannot be read: {error.strerror}."
            ) from None
        if sha256_hex(content) != self.manifest["files"][relative]["sha256"]:
            raise IntegrityError(
                f"Release {self.release_id}: {relative} is not the file that was published.",
                hint=f"See 'indforecast release verify {self.release_id}'; restore the folder or move it away.",
            )
        return content


def publish(inputs: ReleaseInputs, home: Path) -> Release:
    """Publish a release; publishing the same inputs again changes nothing.

    Parameters
    ----------
    inputs : ReleaseInputs
        What is published.
    home : Path
        The home folder; releases stand in ``home/releases``.

    Returns
    -------
    Release
        The new release, or the verified one that these inputs made before.

    Raises
    ------
    IntegrityError
        If a verdict is missing, failed or judged something else; if the release exists and was changed since.
    StoreLocked
        If another process is publishing.
    StoreUnavailable
        If the folder cannot be written: disk full, no permission.
    """
    history = inputs.tables.get("history", inputs.history.observations)
    summed = observed_months(history, inputs.hierarchy)
    counted = definition_tables(history, inputs.hierarchy, inputs.settings.registry)
    inputs = replace(inputs, tables={"history": history, "inflow_history": summed, **counted, **inputs.tables})
    check_tables(inputs.tables)
    check_verdicts(inputs)
    record = inputs_record(inputs)
    release_id = release_id_for(inputs.vintage, inputs_sha256(record))
    folder = home / "releases"
    try:
        with _exclusive(folder):
            target = folder / release_id
            if target.exists():
                return _published_before(target)
            _clean(folder)
            inputs = replace(inputs, edition=next_edition(home, inputs.vintage))
            _write_release(folder, target, _files(inputs, record, release_id))
    except OSError as error:
        raise _unavailable(folder, error) from None
    return _read(target)


def list_releases(home: Path) -> list[Release]:
    """All releases, oldest first: by vintage, then edition. A folder without a readable manifest is no release."""
    folder = home / "releases"
    if not folder.is_dir():
        return []
    found = []
    for entry in folder.iterdir():
        if _RELEASE_ID.match(entry.name):
            with contextlib.suppress(IntegrityError):
                found.append(_read(entry))
    return sorted(found, key=lambda release: release.order)


def open_release(home: Path, release_id: str = "latest") -> Release:
    """Find a release by its id, by the beginning of it when only one fits, or ``latest``.

    Raises
    ------
    NotFound
        If there is none.
    IntegrityError
        If its manifest cannot be read.
    """
    if release_id != "latest" and _RELEASE_ID.match(release_id) and (home / "releases" / release_id).is_dir():
        return _read(home / "releases" / release_id)
    releases = list_releases(home)
    if not releases:
        raise NotFound(f"There is no release in {home} yet.", hint="Make one with 'indforecast run'.")
    if release_id == "latest":
        return releases[-1]
    fitting = [release for release in releases if release_id and release.release_id.startswith(release_id)]
    if len(fitting) != 1:
        what = f"{len(fitting)} releases begin with" if fitting else "There is no release"
        raise NotFound(f"{what} '{release_id}'.", hint="See 'indforecast release list'.")
    return fitting[0]


def previous_release(home: Path, vintage: date, settings_sha256: str | None = None) -> Release | None:
    """The release to compare a new one with; None for the first one.

    In this order: the newest of an older vintage with the same settings, so that a what-if in between is never a
    baseline and new code on the same data still tells what the data did; the newest earlier one on the same
    vintage, so that a what-if shows the effect of its settings alone; the newest of an older vintage. Among the
    last two, one with the packaged settings goes before one with its own.

    Parameters
    ----------
    home : Path
        The home folder.
    vintage : date
        Vintage of the new release.
    settings_sha256 : str, optional
        ``Settings.sha256()`` of the new release; None stands for the packaged settings.
    """
    wanted = load_settings().sha256() if settings_sha256 is None else settings_sha256
    releases = list_releases(home)
    older = [release for release in releases if release.vintage < vintage]
    alike = [release for release in older if release.manifest["inputs"]["settings_sha256"] == wanted]
    beside = [release for release in releases if release.vintage == vintage]
    if alike:
        return alike[-1]
    for candidates in (beside, older):
        if candidates:
            return next((each for each in reversed(candidates) if not each.own_settings), candidates[-1])
    return None


def next_edition(home: Path, vintage: date) -> int:
    """1 for the first release on a vintage, 2 for the next one on the same vintage, and so on."""
    editions = [release.order[1] for release in list_releases(home) if release.vintage == vintage]
    return max(editions, default=0) + 1


def _files(inputs: ReleaseInputs, record: Mapping[str, Any], release_id: str) -> dict[str, bytes]:
    from indforecast.publication.report import render_report  # late: charts are heavy

    tables = {**inputs.tables, **change_tables(inputs)}
    files = {PATHS: paths_bytes(inputs.paths), README: readme_bytes(inputs, release_id), DICTIONARY: dictionary()}
    for name, frame in tables.items():
        files[f"tables/{name}.csv"] = csv_bytes(frame)
        files[f"tables/{name}.parquet"] = parquet_bytes(frame)
    following = next_release_date(inputs.vintage, inputs.settings.release.day_of_month)
    files[REPORT] = render_report(
        replace(inputs, tables=tables), record, release_id=release_id, next_release=following
    ).encode()
    manifest = manifest_bytes(build_manifest(inputs, record, files, following))
    files[MANIFEST] = manifest
    files[SIDECAR] = sidecar_bytes(manifest)
    return files


def _published_before(target: Path) -> Release:
    problems = verify(target)
    if problems:
        raise IntegrityError(
            f"Release {target.name} exists, but was changed since it was published: {problems[0]}",
            hint="Put the folder back from a copy, or move it away and publish again.",
        )
    return _read(target)


def _write_release(folder: Path, target: Path, files: Mapping[str, bytes]) -> None:
    temporary = folder / f"{_TEMPORARY}{target.name}"
    try:
        for name, content in files.items():
            file = temporary / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            file.chmod(0o444)
        for written in {temporary, *((temporary / name).parent for name in files)}:
            _sync_folder(written)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clean(folder: Path) -> None:
    """Remove what killed writers left behind; only called under the lock, so nobody is writing there."""
    for leftover in folder.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)


@contextlib.contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / ".lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise StoreLocked(
            f"Another process is publishing in {folder}.", hint="Wait until it is done and run again."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _read(path: Path) -> Release:
    try:
        manifest = json.loads((path / MANIFEST).read_bytes())
        release = Release(str(manifest["release_id"]), path, manifest)
        _ = release.order
    except (OSError, ValueError, KeyError, TypeError):
        raise IntegrityError(
            f"{path} has no readable {MANIFEST}.", hint=f"See 'indforecast release verify {path.name}'."
        ) from None
    return release


def _unavailable(folder: Path, error: OSError) -> StoreUnavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreUnavailable(
            f"The disk of {folder} is full.", hint="Free some space and run again; nothing was lost."
        )
    return StoreUnavailable(
        f"{folder} cannot be written: {error.strerror or error}.", hint="Check its permissions."
    )
