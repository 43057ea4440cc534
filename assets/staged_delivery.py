"""Stage 2: files become rows, with the line each row stood on.

What belongs here: reading raw copies through their source and putting the rows on the table between stages; a
file that cannot be read at all goes to quarantine here. What does not: judging values (the blocking check).
"""

from typing import TYPE_CHECKING, Final

import dagster as dg

from assets import exhibits
from assets.house import House
from assets.partitions import VINTAGES
from assets.raw_delivery import raw_delivery
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    import pandas as pd

_SERIES: Final = 40


@dg.asset(
    deps=[raw_delivery],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="deliveries",
    kinds={"parquet"},
    description="Rows of the files of this run, not yet judged. A blocking check stands behind this asset.",
)
def staged_delivery(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Read every raw copy of this run."""
    with stage(context, listener, "staged delivery") as work:
        from assets.staging import stage_files

        stages = house.stages(context.partition_key)
        deliveries = stages.read_json("raw_delivery")["deliveries"]
        staged, digest = stage_files(house, stages, [entry["delivery_id"] for entry in deliveries])
        rows, files = len(staged), len(deliveries)
        work.says(f"{rows:,} {'row' if rows == 1 else 'rows'} from {files} {'file' if files == 1 else 'files'}")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(staged),
            "files": len(deliveries),
            "series": exhibits.table(_series_read(staged), _SERIES),
        },
        data_version=dg.DataVersion(digest),
    )


def _series_read(staged: "pd.DataFrame") -> "pd.DataFrame":
    """What was read per series, without a count of persons: what is not judged yet is shown to nobody."""
    from indforecast.domain.disclosure import hidden_if_number

    grouped = staged.groupby("series_id")
    table = grouped.agg(
        rows=("row", "size"),
        first_month=("period", "min"),
        last_month=("period", "max"),
        known_from=("available_from", "max"),
    )
    # A name that nobody has judged yet may be a count that slipped into the column.
    return table.reset_index().assign(series_id=[hidden_if_number(str(name)) for name in table.index])
