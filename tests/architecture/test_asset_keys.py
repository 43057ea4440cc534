"""Everything Dagster shows under a name, as a snapshot: a renamed key loses its history in every installation.

To accept a change on purpose: ``python tests/architecture/test_asset_keys.py``, then review the difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SNAPSHOT = Path(__file__).with_name("asset_keys.json")


def names() -> dict[str, Any]:
    """Keys, groups and dependencies of assets; checks; jobs with their stages; schedules and sensors."""
    from pipelines.definitions import defs

    graph = defs.resolve_asset_graph()
    assets = {
        key.to_user_string(): {
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "group": graph.get(key).group_name,
            "partitions": str(graph.get(key).partitions_def),
        }
        for key in graph.get_all_asset_keys()
    }
    checks = {
        f"{key.asset_key.to_user_string()}/{key.name}": {"blocking": graph.get(key).blocking}
        for key in graph.asset_check_keys
    }
    jobs = {
        name: sorted(key.to_user_string() for key in defs.resolve_job_def(name).asset_layer.selected_asset_keys)
        for name in ("monthly_cycle", "ingest_delivery", "fetch_cbs", "fetch_eurostat")
    }
    repository = defs.get_repository_def()
    return {
        "assets": dict(sorted(assets.items())),
        "checks": dict(sorted(checks.items())),
        "jobs": jobs,
        "schedules": {one.name: one.job_name for one in repository.schedule_defs},
        "sensors": {one.name: one.job_name for one in repository.sensor_defs},
        "resources": sorted(key for key in defs.resources or {}),
    }


def text() -> str:
    return json.dumps(names(), indent=2, sort_keys=True) + "\n"


def test_names_are_those_that_installations_know() -> None:
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == json.loads(text())


def test_what_is_downstream_of_a_check_waits_for_it() -> None:
    known = names()
    assert known["assets"]["observations"]["deps"] == ["staged_delivery"]
    assert known["assets"]["workload_plan"]["deps"] == ["scenario_bands"]
    # A check on the newest period warns; every other one stops what is downstream of it.
    assert all(
        check["blocking"] == (not name.endswith("/newest_period")) for name, check in known["checks"].items()
    )


if __name__ == "__main__":
    SNAPSHOT.write_text(text(), encoding="utf-8")
