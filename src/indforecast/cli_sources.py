"""What is known of each source, for ``status`` and ``doctor``: nobody is asked over the network.

What belongs here: gathering it from store, downloads and settings. What does not: fetching (``cli_fetch``), words
around it (``cli_state``, ``cli_doctor``).
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Container

    from indforecast.config import Settings
    from indforecast.vintages.store import Store

_ZONE: Final = ZoneInfo("Europe/Amsterdam")


def sources_of(store: Store) -> list[dict[str, Any]]:
    """Per source its newest edition, its newest month, and whether a month is overdue.

    Parameters
    ----------
    store : Store
        The store; it may be empty.

    Returns
    -------
    list of dict
        ``source``, ``sentence``, ``enabled`` and the keys of
        :meth:`indforecast.sources.freshness.Freshness.to_dict`, files that people drop first.
    """
    from indforecast.sources.freshness import freshness
    from indforecast.vintages.newest import newest_of_all

    settings = _settings()
    today = datetime.now(_ZONE).date()
    dropped = settings.sources.file_drop
    all_streams = freshness(newest_of_all(store, settings.hierarchy.base_ids), dropped.due_days, today)
    found = [{"source": "file_drop", "enabled": True, "sentence": all_streams.sentence(), **all_streams.to_dict()}]
    for name, source in settings.sources.by_name().items():
        one = freshness(store.newest_from(source.title), source.due_days, today)
        note = "" if source.enabled else "; switched off in the settings"
        if one.edition is None and source.enabled:
            note = f"; 'indforecast fetch {name}' asks for it"
        found.append(
            {"source": name, "enabled": source.enabled, "sentence": one.sentence() + note, **one.to_dict()}
        )
    return found


def news_of_sources(store: Store) -> tuple[bool, str]:
    """Whether a month of a source on the network is overdue, and a sentence on all of them without full stop.

    From the store and the calendar alone: whether a publisher answers is not what a run depends on.
    """
    found = [one for one in sources_of(store) if one["source"] != "file_drop"]
    late = [one for one in found if one["overdue"] and one["enabled"]]
    if late:
        text = "; ".join(f"{one['source']}: {one['sentence']}" for one in late)
        return True, f"{text}; try 'indforecast fetch {' '.join(one['source'] for one in late)}'"
    taken = [f"{one['source']} up to {one['newest_month']}" for one in found if one["edition"]]
    return False, "; ".join(taken) or "nothing was taken in from the network yet, and no run needs it"


def waiting_downloads(home: Path, dealt_with: Container[str]) -> list[Path]:
    """Downloads that were neither appended nor refused, by source and name."""
    from indforecast.sources.drop_folder import without_known
    from indforecast.vintages.downloads import Downloads

    downloads = Downloads(home)
    kept = [path for name in _settings().sources.by_name() for path in downloads.kept(name)]
    return without_known(kept, dealt_with)


def waiting_names(home: Path, store: Store) -> list[str]:
    """Names of all files that the next run takes in: dropped ones, then downloads."""
    from indforecast.sources.drop_folder import waiting_files
    from indforecast.vintages.quarantine import list_quarantine

    done = set(store.deliveries()["delivery_id"]) | {kept["delivery_id"] for kept in list_quarantine(home)}
    return [path.name for path in [*waiting_files(home / "drop", done), *waiting_downloads(home, done)]]


def _settings() -> Settings:
    from indforecast.config import load_settings

    named = os.environ.get("INDFORECAST_CONFIG")
    return load_settings(Path(named) if named else None)
