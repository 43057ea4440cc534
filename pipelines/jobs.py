"""The two jobs: the whole cycle, and taking a delivery in.

What belongs here: which stages run together, and that they run in one process. What does not: when
(``automation``).
"""

from typing import Final

import dagster as dg

from assets.partitions import VINTAGES

#: A monthly cycle is a chain: an interpreter per stage costs more than the stages do.
EXECUTOR: Final = dg.in_process_executor

monthly_cycle: Final = dg.define_asset_job(
    "monthly_cycle",
    selection=dg.AssetSelection.all(),
    partitions_def=VINTAGES,
    executor_def=EXECUTOR,
    description="From what waits in the drop folder to a release.",
)

ingest_delivery: Final = dg.define_asset_job(
    "ingest_delivery",
    selection=dg.AssetSelection.assets("raw_delivery", "staged_delivery", "observations"),
    partitions_def=VINTAGES,
    executor_def=EXECUTOR,
    description="Take files in: raw copy, check, store. Nothing is forecast or published.",
)
