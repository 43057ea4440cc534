"""Stage 9: places to contract, and what each number of them is expected to cost.

What belongs here: handing the paths to planning and keeping what it says. What does not: planning
(``indforecast.planning``).
"""

from typing import Final

import dagster as dg

from assets import exhibits
from assets.house import House
from assets.partitions import VINTAGES
from assets.planned import case_of, keep
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage
from assets.workload_plan import workload_plan

BED_TABLES: Final = ("plan_places", "plan_place_costs")


@dg.asset(
    deps=[workload_plan],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Places contracted, needed, worth contracting and to find, per month.",
)
def bed_plan(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Weigh empty places against emergency reception."""
    with stage(context, listener, "bed plan") as work:
        from indforecast.planning.beds import bed_paths, cost_table, places_table
        from indforecast.planning.proof import proof_table, residents_balance

        stages = house.stages(context.partition_key)
        case = case_of(house, stages)
        paths = bed_paths(case)
        tables = {
            "plan_places": places_table(paths, case.settings, case.levels),
            "plan_place_costs": cost_table(paths, case.settings, case.levels),
        }
        proofs = proof_table([residents_balance(paths.reception)])
        version = keep(stages, "bed_plan", tables, proofs)
        most = tables["plan_places"]["to_find"].max()
        work.says(f"{len(tables['plan_places'])} months, at most {most:,.0f} places to find")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(len(table) for table in tables.values()),
            "places": exhibits.table(tables["plan_places"], 24),
            "costs": exhibits.table(tables["plan_place_costs"]),
            "proofs": exhibits.table(proofs),
        },
        data_version=version,
    )
