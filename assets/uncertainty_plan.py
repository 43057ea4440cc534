"""Stage 9: how long applicants wait, and whose uncertainty it is: inflow or hours per case.

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

UNCERTAINTY_TABLES: Final = ("plan_uncertainty", "plan_hours_per_case", "plan_waiting")


@dg.asset(
    deps=[workload_plan],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Shares of inflow and of hours per case in the uncertainty of staff and money; waiting times.",
)
def uncertainty_plan(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Divide the uncertainty over its sources, and say how long people wait."""
    with stage(context, listener, "waiting and uncertainty") as work:
        from indforecast.planning.moving_hours import moving_hours
        from indforecast.planning.proof import proof_table
        from indforecast.planning.uncertainty import factor_table, plan_uncertainty
        from indforecast.planning.uncertainty_proof import shares_add_up
        from indforecast.planning.waiting_table import waiting_in, waiting_table

        stages = house.stages(context.partition_key)
        case = case_of(house, stages)
        drawn = moving_hours(case)
        tables = {
            "plan_uncertainty": plan_uncertainty(case, drawn.factors, drawn.courts, drawn.today),
            "plan_hours_per_case": factor_table(case, drawn.factors),
            "plan_waiting": waiting_table(waiting_in(case), case),
        }
        proofs = proof_table([shares_add_up(tables["plan_uncertainty"])])
        version = keep(stages, "uncertainty_plan", tables, proofs)
        work.says(f"{tables['plan_uncertainty']['source_of_uncertainty'].nunique()} sources of uncertainty, "
                  f"waiting times of {tables['plan_waiting']['series_id'].nunique()} streams")  # fmt: skip
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(len(table) for table in tables.values()),
            "uncertainty": exhibits.table(tables["plan_uncertainty"], 60),
            "waiting": exhibits.table(tables["plan_waiting"], 60),
            "proofs": exhibits.table(proofs),
        },
        data_version=version,
    )
