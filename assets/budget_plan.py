"""Stage 9: what is needed at each level of certainty, and ways of funding compared.

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

BUDGET_TABLES: Final = ("plan_certainty", "plan_price_quantity", "plan_regimes", "plan_regime_differences")


@dg.asset(
    deps=[workload_plan],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Need at each level of certainty beside the budget law; ways of funding on the same fresh paths.",
)
def budget_plan(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Ask what certainty costs and what ways of funding lead to."""
    with stage(context, listener, "budget plan") as work:
        from indforecast.planning.certainty import certainty_table, price_quantity_table
        from indforecast.planning.composed import plan_paths
        from indforecast.planning.funding import compare_regimes
        from indforecast.planning.funding_proof import money_balance
        from indforecast.planning.funding_tables import difference_table, regime_table
        from indforecast.planning.proof import proof_table

        stages = house.stages(context.partition_key)
        case = case_of(house, stages)
        planned = {"baseline": plan_paths(case)}
        ways = len(case.settings.funding.regimes)
        found = compare_regimes(case, progress=lambda name: work.progressed(f"funding: {name}", 0, 0))
        tables = {
            "plan_certainty": certainty_table(planned),
            "plan_price_quantity": price_quantity_table(planned),
            "plan_regimes": regime_table(found),
            "plan_regime_differences": difference_table(found),
        }
        proofs = proof_table([money_balance(found)])
        version = keep(stages, "budget_plan", tables, proofs)
        work.says(f"{ways} ways of funding on {found.judging_paths:,} fresh paths")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(len(table) for table in tables.values()),
            "certainty": exhibits.table(tables["plan_certainty"], 60),
            "regimes": exhibits.table(tables["plan_regimes"], 60),
            "proofs": exhibits.table(proofs),
        },
        data_version=version,
    )
