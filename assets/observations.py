"""Stage 3: rows that passed their check join the store, in one transaction per delivery.

What belongs here: appending, and refusing what nobody judged. What does not: the check itself.
"""

import dagster as dg

from assets.house import House
from assets.partitions import VINTAGES
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage
from assets.staged_delivery import staged_delivery


@dg.asset(
    deps=[staged_delivery],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="deliveries",
    kinds={"deltalake"},
    description="The store: which count for which month was known when. The same file twice adds nothing.",
)
def observations(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Append every staged delivery that passed its check."""
    with stage(context, listener, "observations") as work:
        from assets.staging import append_deliveries, deliveries_in

        store = house.store()
        stages = house.stages(context.partition_key)
        staged = deliveries_in(stages)
        results = append_deliveries(house, staged)
        stages.write_json(
            "observations",
            {
                "deliveries": [
                    {
                        "name": one.name,
                        "delivery_id": one.delivery_id,
                        "rows_added": result.rows_added,
                        "rows_known": result.rows_known,
                        "vintage": result.vintage.isoformat(),
                    }
                    for one, result in zip(staged, results, strict=True)
                ]
            },
        )
        added = sum(result.rows_added for result in results)
        known = sum(result.rows_known for result in results)
        newest = store.newest_vintage()
        work.says(
            f"{added:,} {'row' if added == 1 else 'rows'} added, {known:,} known already; newest vintage {newest}"
        )
    return dg.MaterializeResult(
        metadata={
            "rows_added": added,
            "rows_known": known,
            "newest_vintage": str(newest),
            "deliveries": len(store.deliveries()),
        },
        data_version=dg.DataVersion(f"{newest}:{len(store.deliveries())}"),
    )
