"""What ``indforecast doctor`` looks at, one function per question.

What belongs here: questions whose answer decides whether the next run can succeed. What does not: mending.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from indforecast.domain.errors import IndforecastError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from indforecast.vintages.store import Store

Status = Literal["ok", "warn", "fail"]

_PYTHON: Final = (3, 11)
_LITTLE_DISK: Final = 2_000_000_000
_NO_DISK: Final = 200_000_000
#: A monthly house whose newest figure is older than this has probably missed a delivery.
_OLD: Final = timedelta(days=62)
#: Characters of somebody else's error that are shown.
_LONGEST: Final = 160
_PINNED: Final = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)")


@dataclass(frozen=True)
class Finding:
    """One answer.

    Parameters
    ----------
    name : str
        What was looked at.
    status : {"ok", "warn", "fail"}
        ``fail`` will stop the next run; ``warn`` wants a person to look.
    message : str
        One sentence.
    """

    name: str
    status: Status
    message: str

    def to_dict(self) -> dict[str, str]:
        """As plain JSON types."""
        return asdict(self)


def examine(home: Path, tables: str | None) -> list[Finding]:
    """Ask every question.

    Parameters
    ----------
    home : Path
        The home folder; it need not exist.
    tables : str, optional
        Object-store URL of the tables.
    """
    questions: list[tuple[str, Callable[[], Finding]]] = [
        ("python", _python),
        ("packages", _packages),
        ("home", lambda: _home(home)),
        ("disk", lambda: _disk(home)),
        ("settings", _settings),
        ("lock", lambda: _lock(home, tables)),
        ("store", lambda: _store(home, tables)),
        ("drop folder", lambda: _drop(home, tables)),
        ("sources", lambda: _sources(home, tables)),
        ("quarantine", lambda: _quarantine(home)),
        ("releases", lambda: _releases(home)),
        ("dagster", lambda: _dagster(home)),
    ]
    return [_ask(name, question) for name, question in questions]


def _ask(name: str, question: Callable[[], Finding]) -> Finding:
    try:
        return question()
    except IndforecastError as error:
        return Finding(name, "fail", str(error))
    except Exception as error:  # A doctor who faints helps nobody: the next question is still asked.
        return Finding(
            name, "fail", f"could not be looked at: {_plainly(error)}; check the home's owner and rights"
        )


def _plainly(error: Exception) -> str:
    """What is wrong, in one line; a database's error without its statement."""
    text = str(getattr(error, "orig", None) or error).strip()
    return (text.splitlines() or [type(error).__name__])[0][:_LONGEST].rstrip(".")


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] == _PYTHON:
        return Finding("python", "ok", found)
    return Finding("python", "fail", f"{found}, needed is {_PYTHON[0]}.{_PYTHON[1]}")


def _packages() -> Finding:
    root = _checkout()
    lock = root / "requirements.lock" if root else None
    if lock is None or not lock.is_file():
        return Finding("packages", "ok", "not compared: no requirements.lock outside a checkout")
    other = []
    count = 0
    for line in lock.read_text(encoding="utf-8").splitlines():
        match = _PINNED.match(line)
        if match is None:
            continue
        count += 1
        try:
            installed = metadata.version(match[1])
        except metadata.PackageNotFoundError:
            installed = "missing"
        if installed != match[2]:
            other.append(f"{match[1]} {installed} (lock: {match[2]})")
    if other:
        return Finding("packages", "warn", f"{len(other)} differ from requirements.lock: {', '.join(other[:5])}")
    return Finding("packages", "ok", f"all {count} as in requirements.lock")


def _home(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding("home", "fail", f"{existing} cannot be written; check its owner and rights")
    if existing != home:
        return Finding("home", "ok", f"{home} is made by the first run")
    return Finding("home", "ok", f"{home} can be written")


def _disk(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.1f} GB free"
    advice = "free some space, or name a home on another disk with --home"
    if free < _NO_DISK:
        return Finding("disk", "fail", f"{text}, and a run needs {_NO_DISK / 1e9:.1f} GB: {advice}")
    if free < _LITTLE_DISK:
        return Finding("disk", "warn", f"{text}, which will not last: {advice}")
    return Finding("disk", "ok", text)


def _settings() -> Finding:
    from indforecast.config import load_settings

    named = os.environ.get("INDFORECAST_CONFIG")
    settings = load_settings(Path(named) if named else None)
    assumed = sum(parameter.assumption is not None for _, parameter in settings.parameters())
    return Finding("settings", "ok", f"{len(settings.parameters())} figures, {assumed} of them assumptions")


def _lock(home: Path, tables: str | None) -> Finding:
    from indforecast.domain.errors import StoreLocked
    from indforecast.vintages.store import Store

    if not home.is_dir():
        return Finding("lock", "ok", "free")
    holder = home / "store.lock.holder"
    stale = holder.exists()
    try:
        with Store(home, tables).lock():
            pass
    except StoreLocked as error:
        return Finding("lock", "warn", error.message)
    if stale:
        return Finding("lock", "ok", "free; its last holder was killed, which did no harm")
    return Finding("lock", "ok", "free")


def _store(home: Path, tables: str | None) -> Finding:
    from indforecast.reference.dataset import REFERENCE_NAME
    from indforecast.vintages.store import Store

    store = Store(home, tables)
    newest = _newest_of_streams(store)
    if newest is None:
        return Finding("store", "ok", "empty; the first run loads the reference data")
    known = store.as_of()
    names = list(store.deliveries()["name"])
    count = len(names)
    word = "delivery" if count == 1 else "deliveries"
    text = f"{len(known.observations):,} months known on {newest}, from {count} {word}"
    if set(names) == {REFERENCE_NAME}:
        last = f"{known.observations['period'].max():%B %Y}"
        return Finding(
            "store", "ok", f"{text}: the embedded reference data, which end in {last}; deliver newer months"
        )
    age = datetime.now(UTC).date() - newest
    if age > _OLD:
        return Finding(
            "store", "warn", f"{text}; nothing came in for {age.days} days: deliver the months since, with ingest"
        )
    return Finding("store", "ok", text)


def _sources(home: Path, tables: str | None) -> Finding:
    from indforecast.cli_sources import news_of_sources
    from indforecast.vintages.store import Store

    overdue, sentence = news_of_sources(Store(home, tables))
    return Finding("sources", "warn" if overdue else "ok", sentence)


def _newest_of_streams(store: Store) -> date | None:
    """An indicator that keeps coming in must not hide that the streams stopped."""
    from indforecast.config import load_settings
    from indforecast.domain.errors import ConfigError
    from indforecast.vintages.stream_history import StreamHistory

    named = os.environ.get("INDFORECAST_CONFIG")
    try:
        streams = load_settings(Path(named) if named else None).hierarchy.series_ids
    except ConfigError:
        return store.newest_vintage()  # Another question says what is wrong with the settings.
    return StreamHistory(store, streams).newest_vintage()


def _drop(home: Path, tables: str | None) -> Finding:
    from indforecast.cli_sources import waiting_names
    from indforecast.vintages.store import Store

    waiting = waiting_names(home, Store(home, tables))
    return Finding(
        "drop folder", "ok", f"the next run takes in {', '.join(waiting)}" if waiting else "nothing waits"
    )


def _quarantine(home: Path) -> Finding:
    from indforecast.cli_refused import waiting

    kept = waiting(home)
    if not kept:
        return Finding("quarantine", "ok", "nothing waits for a decision")
    names = ", ".join(str(one["name"]) for one in kept[:5])
    return Finding(
        "quarantine",
        "warn",
        f"{len(kept)} refused: {names}; see 'indforecast quarantine list', then accept or reject",
    )


def _releases(home: Path) -> Finding:
    from indforecast.publication.release import verify

    root = home / "releases"
    folders = (
        [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]
        if root.is_dir()
        else []
    )
    for path in sorted(folders):
        problems = verify(path)
        if problems:
            return Finding("releases", "fail", f"{path.name} is not as published: {problems[0]}")
    return Finding("releases", "ok", f"{len(folders)} as published" if folders else "none yet")


def _dagster(home: Path) -> Finding:
    if _checkout() is None:
        return Finding("dagster", "ok", "not looked at outside a checkout")
    if not (home / "dagster" / "dagster.yaml").exists():
        return Finding("dagster", "ok", "the instance is made by the first run")
    folder = home / "dagster"
    shut = [path for path in (folder, *folder.rglob("*.db")) if not os.access(path, os.W_OK)]
    if shut:
        return Finding(
            "dagster", "fail", f"the record of runs, {shut[0]}, cannot be written; check its owner and rights"
        )
    from pipelines.instance import runs_at_work
    from pipelines.resources import ROOT

    running, count = runs_at_work(home)
    if running:
        ids = ", ".join(run_id[:8] for run_id in running[:3])
        says = "run says it is" if len(running) == 1 else "runs say they are"
        return Finding(
            "dagster",
            "warn",
            f"{len(running)} {says} still at work: {ids}; if none is, the next 'indforecast run' closes it",
        )
    same = (home / "dagster" / "dagster.yaml").read_bytes() == (ROOT / "dagster.yaml").read_bytes()
    return Finding(
        "dagster",
        "ok",
        f"{count} {'run' if count == 1 else 'runs'} kept{'' if same else '; its dagster.yaml was changed here'}",
    )


def _checkout() -> Path | None:
    """The checkout that this package is installed from, or None."""
    root = Path(__file__).resolve().parents[2]
    return root if importlib.util.find_spec("pipelines") and (root / "workspace.yaml").is_file() else None
