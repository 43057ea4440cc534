"""The code location: everything Dagster knows of us.

What belongs here: putting assets, checks, jobs, automation and resources together. What does not: any of them.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

# Dagster loads this file by its path; the checkout it stands in must be importable from any folder.
if str(Path(__file__).resolve().parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import dagster as dg

from assets.base_forecasts import base_forecasts
from assets.history import history
from assets.joint_paths import joint_paths
from assets.network_sources import NETWORK_SOURCES, file_drop
from assets.observations import observations
from assets.raw_delivery import raw_delivery
from assets.release import PLANNING, release
from assets.scenario_bands import scenario_bands
from assets.stage_log import StageListener
from assets.staged_delivery import staged_delivery
from pipelines.automation import drop_folder, fetch_schedule, release_schedule
from pipelines.checks import CHECKS
from pipelines.freshness import FRESHNESS_CHECKS
from pipelines.jobs import FETCH_JOBS, ingest_delivery, monthly_cycle
from pipelines.plan_checks import PLAN_CHECKS
from pipelines.resources import house_from_environment

#: In the order of the cycle.
ASSETS: Final[tuple[dg.AssetsDefinition | dg.AssetSpec, ...]] = (
    file_drop,
    *NETWORK_SOURCES,
    raw_delivery,
    staged_delivery,
    observations,
    history,
    base_forecasts,
    joint_paths,
    scenario_bands,
    *PLANNING,
    release,
)


def build_defs(
    resource_overrides: Mapping[str, Any] | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Definitions with other resources or loggers: the seam for the command line, tests and other installations.

    Parameters
    ----------
    resource_overrides : mapping, optional
        ``house`` (:class:`assets.house.House`) and ``listener`` (:class:`assets.stage_log.StageListener`).
    loggers : mapping, optional
        Instead of Dagster's console logger.
    """
    resources: dict[str, Any] = {"listener": StageListener(), **(resource_overrides or {})}
    if "house" not in resources:
        resources["house"] = house_from_environment()
    settings = resources["house"].settings()
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=[*CHECKS, *PLAN_CHECKS, *FRESHNESS_CHECKS],
        jobs=[monthly_cycle, ingest_delivery, *FETCH_JOBS.values()],
        schedules=[
            release_schedule(settings.release.day_of_month),
            *(fetch_schedule(name, source) for name, source in settings.sources.by_name().items()),
        ],
        sensors=[drop_folder],
        resources=resources,
        loggers=loggers,
    )


defs = build_defs()
