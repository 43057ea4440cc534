"""What ``indforecast status`` knows, as plain JSON types.

What belongs here: gathering it from store, releases, drop folder, downloads and quarantine. What does not: options
and words (``cli_state``), what is known of each source (``cli_sources``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from indforecast.config import Settings
    from indforecast.publication.release import Release
    from indforecast.vintages.store import Store


def summary_of(one: Release) -> dict[str, Any]:
    """A release in a few values."""
    return {
        "release_id": one.release_id,
        "vintage": one.manifest["vintage"],
        "forecast_origin": one.manifest["forecast_origin"],
        "next_release": one.manifest["next_release"],
        "edition": int(one.manifest["edition"]),
        "own_settings": list(one.own_settings),
        "folder": str(one.path),
        "report": str(one.report),
    }


def run_due(newest: date | None, deliveries: set[str], latest: Release | None, waiting: list[str]) -> str | None:
    """Why a run has something to do, as a clause; None when data brought nothing new since the latest release."""
    if newest is None:
        return "the store is empty"
    if waiting:
        return f"{', '.join(waiting)} {'waits' if len(waiting) == 1 else 'wait'} to be taken in"
    if latest is None:
        return f"nothing was published yet of what is known on {newest}"
    if latest.vintage < newest:
        return f"the newest release knows what was known on {latest.vintage}, the store what is known on {newest}"
    if deliveries - {str(entry["delivery_id"]) for entry in latest.manifest["inputs"]["deliveries"]}:
        return f"a delivery came in after release {latest.release_id} was made"
    return None


def state_of(home: Path, tables: str | None) -> dict[str, Any]:
    """What is known, published, waiting and refused.

    Parameters
    ----------
    home : Path
        The home folder; it need not exist.
    tables : str, optional
        Object-store URL of the tables.
    """
    from indforecast.cli_refused import critical, index_page
    from indforecast.cli_refused import waiting as undecided
    from indforecast.cli_sources import sources_of, waiting_downloads
    from indforecast.publication.release import list_releases
    from indforecast.sources.drop_folder import waiting_files
    from indforecast.vintages.quarantine import list_quarantine
    from indforecast.vintages.store import Store
    from indforecast.vintages.stream_history import StreamHistory

    store = Store(home, tables)
    settings = _settings()
    streams = StreamHistory(store, settings.hierarchy.series_ids)
    refused = list_quarantine(home)
    appended = {str(delivery_id) for delivery_id in store.deliveries()["delivery_id"]}
    newest = streams.newest_vintage()
    behind = {str(delivery_id) for delivery_id in streams.deliveries()["delivery_id"]}
    releases = list_releases(home)
    drop = home / "drop"
    dealt_with = appended | {kept["delivery_id"] for kept in refused}
    fetched = waiting_downloads(home, dealt_with)
    waiting = [path.name for path in [*waiting_files(drop, dealt_with), *fetched]]
    return {
        "home": str(home),
        "newest_vintage": newest.isoformat() if newest else None,
        "series": _series(store, settings.hierarchy.base_ids) if newest else [],
        "indicators": _series(store, [indicator.series_id for indicator in settings.indicators]) if newest else [],
        "sources": sources_of(store),
        "deliveries": len(appended),
        "latest_release": summary_of(releases[-1]) if releases else None,
        "releases": len(releases),
        "run_due": run_due(newest, behind, releases[-1] if releases else None, waiting),
        "drop_folder": str(drop),
        "waiting": waiting,
        "checks": str(index_page(home) or "") or None,
        "quarantine": [
            {
                "name": kept["name"],
                "delivery_id": kept["delivery_id"],
                "folder": str(kept["folder"]),
                "reasons": [str(reason.get("sentence", reason)) for reason in critical(kept["reasons"])],
                "what_to_do": list(
                    dict.fromkeys(reason["hint"] for reason in critical(kept["reasons"]) if reason.get("hint"))
                ),
            }
            for kept in undecided(home)
        ],
    }


def _settings() -> Settings:
    from indforecast.config import load_settings

    named = os.environ.get("INDFORECAST_CONFIG")
    return load_settings(Path(named) if named else None)


def _series(store: Store, wanted: Sequence[str]) -> list[dict[str, str]]:
    """The last month of some series, those without any left out; nationalities are other series."""
    known = store.as_of().observations
    national = known[known["series_id"].isin(wanted)]
    last = national.sort_values("period").drop_duplicates("series_id", keep="last").sort_values("series_id")
    return [
        {"series_id": str(row.series_id), "last_month": f"{row.period:%Y-%m}", "basis": str(row.basis)}
        for row in last.itertuples()
    ]
