"""Stage 4: what was known on the vintage's day, the only history that the rest of the cycle sees.

What belongs here: one call of ``as_of``, of the streams alone. What does not: any other way to observations.
"""

from typing import TYPE_CHECKING

import dagster as dg

from assets import exhibits
from assets.house import House
from assets.observations import observations
from assets.partitions import VINTAGES, as_of_day
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    from datetime import date

    from indforecast.domain.observations import History
    from indforecast.vintages.stages import Stages


@dg.asset(
    deps=[observations],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="forecast",
    kinds={"parquet"},
    description="The latest value of every month as it was known on the last day of the vintage's month.",
)
def history(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Look at the store from the vintage's day."""
    with stage(context, listener, "history") as work:
        streams = house.streams()
        stages = house.stages(context.partition_key)
        known = streams.as_of(as_of_day(context.partition_key, streams.newest_vintage()))
        digest = stages.write("history", known.observations)
        stages.write_json("history", {"vintage": known.vintage.isoformat(), "sha256": digest})
        base_ids = house.settings().hierarchy.base_ids
        base = known.observations[known.observations["series_id"].isin(base_ids)]
        last = base["period"].max()
        work.says(f"{len(known.observations):,} months of {known.observations['series_id'].nunique()} series "
                  f"as known on {known.vintage}, up to {last:%Y-%m}")  # fmt: skip
        basis = known.observations.groupby(["series_id", "basis"], observed=True).size()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(known.observations),
            "vintage": known.vintage.isoformat(),
            "last_month": f"{last:%Y-%m}",
            "basis": exhibits.table(basis.rename("months").reset_index(), 40),
            "picture": exhibits.lines(base, value="observed", title=f"History as known on {known.vintage}"),
        },
        data_version=dg.DataVersion(digest),
    )


def vintage_of(stages: "Stages") -> "date":
    """The data cut-off of a partition's history."""
    from datetime import date

    return date.fromisoformat(stages.read_json("history")["vintage"])


def history_of(stages: "Stages") -> "History":
    """A partition's history as it was known."""
    from indforecast.domain.observations import History

    return History(vintage=vintage_of(stages), observations=stages.read("history"))
