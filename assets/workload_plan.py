"""Stage 8: what the paths mean for hours, people, stock, terms, money and beds.

What belongs here: handing every path to planning. What does not: planning (``indforecast.planning``).
"""

from typing import TYPE_CHECKING, Final

import dagster as dg

from assets import exhibits
from assets.house import House
from assets.partitions import VINTAGES
from assets.planned import case_of, keep
from assets.scenario_bands import scenario_bands
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    import pandas as pd

MONTHS_OF_A_YEAR: Final = 12
#: Tables of the plan that a release carries.
PLAN_TABLES: Final = ("plan_monthly", "plan_yearly", "plan_start", "plan_facts", "plan_notes", "plan_tracks")


@dg.asset(
    deps=[scenario_bands],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Hours, staff, open cases, share in term, budget and beds as functions of the paths.",
)
def workload_plan(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Compute the plan from the paths."""
    with stage(context, listener, "workload plan") as work:
        import pandas as pd

        from indforecast.planning.composed import plan_paths
        from indforecast.planning.plan import plan_tables
        from indforecast.planning.proof import proof_table, prove
        from indforecast.planning.track_table import track_table

        stages = house.stages(context.partition_key)
        planned = plan_paths(case_of(house, stages))
        result = plan_tables(planned)
        proofs = proof_table(prove(planned))
        notes = pd.DataFrame(
            [(note.text_en, note.text_nl) for note in result.notes], columns=["text_en", "text_nl"]
        )
        tables = {
            "plan_monthly": result.monthly,
            "plan_yearly": result.yearly,
            "plan_start": result.start,
            "plan_facts": result.facts,
            "plan_notes": notes,
            "plan_tracks": track_table(planned.streams, planned.months, planned.case.levels),
        }
        version = keep(stages, "workload_plan", tables, proofs)
        totals = result.yearly[result.yearly["series_id"] == "all"]
        work.says(f"{result.yearly['measure'].nunique()} measures over {_years(totals)}")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(result.monthly) + len(result.yearly),
            "totals": exhibits.table(totals, 60),
            "imbalance_cases": result.imbalance_cases,
            "proofs": exhibits.table(proofs),
            "where stocks stand": exhibits.table(result.start),
            "to know": dg.MetadataValue.md("\n".join(f"- {note.text_en}" for note in result.notes) or "nothing"),
        },
        data_version=version,
    )


def _years(yearly: "pd.DataFrame") -> str:
    """How many years a table reaches over: whole ones, and those with some months only."""
    months = yearly.groupby("year")["months"].min()
    whole = int((months == MONTHS_OF_A_YEAR).sum())
    part = len(months) - whole
    text = f"{whole} whole {'year' if whole == 1 else 'years'}"
    return f"{text} and part of {part} more" if part else text
