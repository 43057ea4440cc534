"""When runs start by themselves: on the day of release, when a publisher may have news, and when a file comes.

What belongs here: schedules and sensor. What does not: what a run does (``jobs``).
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import dagster as dg

from assets.house import House
from assets.network_sources import file_drop
from pipelines.jobs import FETCH_JOBS, ingest_delivery, monthly_cycle

if TYPE_CHECKING:
    from indforecast.config.sources import NetworkSource

TIMEZONE: Final = "Europe/Amsterdam"
_RELEASE_HOUR: Final = 6


def release_schedule(day_of_month: int) -> dg.ScheduleDefinition:
    """The whole cycle, early on the day of release that settings name.

    Parameters
    ----------
    day_of_month : int
        1 to 28.
    """

    @dg.schedule(
        name="release_day",
        job=monthly_cycle,
        cron_schedule=f"0 {_RELEASE_HOUR} {day_of_month} * *",
        execution_timezone=TIMEZONE,
        description=f"Runs the monthly cycle on day {day_of_month} of every month, when something new is known.",
    )
    def release_day(context: dg.ScheduleEvaluationContext, house: House) -> dg.RunRequest | dg.SkipReason:
        from pipelines.vintage_choice import choose_vintage, unchanged_release

        choice = choose_vintage(house)
        published = unchanged_release(house, choice)
        if published is not None:
            return dg.SkipReason(f"Nothing new is known since release {published.release_id}.")
        month = f"{context.scheduled_execution_time:%Y-%m}"
        return dg.RunRequest(run_key=f"release-{month}", partition_key=choice.partition_key)

    return release_day


def fetch_schedule(name: str, source: "NetworkSource") -> dg.ScheduleDefinition:
    """Ask a publisher when its settings say; off until switched on, because it goes to the network.

    Parameters
    ----------
    name : str
        Of the source.
    source : NetworkSource
        Its settings.
    """

    @dg.schedule(
        name=f"ask_{name}",
        job=FETCH_JOBS[name],
        cron_schedule=source.schedule,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Asks {name} for a newer edition of {source.table}, unless the settings switch it off.",
    )
    def ask() -> dg.RunRequest | dg.SkipReason:
        if not source.enabled:
            return dg.SkipReason(f"sources.{name}.enabled is false in the settings.")
        return dg.RunRequest()

    return ask


@dg.sensor(
    name="drop_folder",
    job=ingest_delivery,
    minimum_interval_seconds=60,
    description="Takes in every dropped file and every download once, by the hash of its content. Moves nothing.",
)
def drop_folder(context: dg.SensorEvaluationContext, house: House) -> dg.SensorResult | dg.SkipReason:
    """Ask for one run per file content that has stopped growing and was not dealt with yet."""
    from indforecast.domain.files import sha256_hex
    from indforecast.sources.drop_folder import read_incoming
    from pipelines.vintage_choice import partition_of_file

    before = json.loads(context.cursor) if context.cursor else {}
    seen: dict[str, list[int]] = {}
    requests: list[dg.RunRequest] = []
    taken: list[str] = []
    for path in house.waiting():
        state = path.stat()
        seen[str(path)] = [state.st_size, state.st_mtime_ns]
        # A file that changed since the last look may still be on its way.
        if before.get(str(path)) != seen[str(path)]:
            continue
        taken.append(str(path))
        requests.append(
            dg.RunRequest(
                run_key=sha256_hex(read_incoming(path).content),
                partition_key=partition_of_file(house, path),
                run_config={"ops": {"raw_delivery": {"config": {"files": [str(path)]}}}},
                tags={"indforecast/file": path.name[:60]},
            )
        )
    if not seen:
        return dg.SkipReason(f"No new file in {house.drop}, and no download that waits.")
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else "Looking once more, to be sure that the files are whole.",
        cursor=json.dumps(seen, sort_keys=True),
        asset_events=[
            dg.AssetObservation(file_drop.key, metadata={"file": dg.MetadataValue.path(path)})
            for path in taken
            if house.drop in Path(path).parents
        ],
    )
