"""Stage 10: cases over units, on the example that stands in for the service's own lists.

What belongs here: handing the example to the control tower and keeping what it says. What does not: the programme
(``indforecast.planning``), a user's own lists (``indforecast plan tower``).
"""

from typing import Final

import dagster as dg

from assets import exhibits
from assets.house import House
from assets.partitions import VINTAGES
from assets.planned import keep
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage
from assets.workload_plan import workload_plan

TOWER_TABLES: Final = ("plan_tower", "plan_tower_outcome", "plan_tower_prices", "plan_tower_sentences")


@dg.asset(
    deps=[workload_plan],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Cases and staff over units, beside proportional distribution; a simulated example.",
)
def tower_plan(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Distribute the example's cases."""
    with stage(context, listener, "control tower") as work:
        import pandas as pd

        from indforecast.planning.control_tower import allocation_table, distribute, outcome_table, price_table
        from indforecast.planning.proof import proof_table
        from indforecast.planning.tower_explain import explain
        from indforecast.planning.tower_input import example_problem
        from indforecast.planning.tower_proof import cases_balance

        stages = house.stages(context.partition_key)
        plan = distribute(example_problem(house.settings().planning.tower.costs))
        told = [(sentence.text_en, sentence.text_nl) for sentence in explain(plan)]
        tables = {
            "plan_tower": allocation_table(plan),
            "plan_tower_outcome": outcome_table(plan),
            "plan_tower_prices": price_table(plan),
            "plan_tower_sentences": pd.DataFrame(told, columns=["text_en", "text_nl"]),
        }
        proofs = proof_table([cases_balance(plan)])
        version = keep(stages, "tower_plan", tables, proofs)
        work.says(f"simulated example: {plan.best.share_in_term:.0%} in term, {plan.term_first.share_in_term:.0%} "
                  "in proportion")  # fmt: skip
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(len(table) for table in tables.values()),
            "outcome": exhibits.table(tables["plan_tower_outcome"], 40),
            "proofs": exhibits.table(proofs),
        },
        data_version=version,
    )
