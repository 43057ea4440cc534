"""Stage 9: whom to hire and when, by group of people.

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

STAFF_TABLES: Final = ("plan_hiring", "plan_hiring_advice")


@dg.asset(
    deps=[workload_plan],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Hires per month and group, by when to decide, and what waiting costs.",
)
def staff_plan(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Plan every group's hires."""
    with stage(context, listener, "staff plan") as work:
        from indforecast.planning.hiring_advice import advise
        from indforecast.planning.hiring_table import advice_table, hiring_table, people_balance
        from indforecast.planning.proof import proof_table

        stages = house.stages(context.partition_key)
        case = case_of(house, stages)
        groups, advices = case.settings.hiring.groups, {}
        for done, group in enumerate(groups):
            work.progressed(f"hires of {group}", done, len(groups))
            advices[group] = advise(case, group)
        tables = {"plan_hiring": hiring_table(advices), "plan_hiring_advice": advice_table(advices)}
        proofs = proof_table([people_balance(advices)])
        version = keep(stages, "staff_plan", tables, proofs)
        met = tables["plan_hiring_advice"]["planned_from"].notna().sum()
        work.says(f"{len(groups)} groups of people, {met} of them reach their target within the plan")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(len(table) for table in tables.values()),
            "advice": exhibits.table(tables["plan_hiring_advice"]),
            "proofs": exhibits.table(proofs),
        },
        data_version=version,
    )
