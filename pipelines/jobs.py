"""The jobs: the whole cycle, taking a delivery in, and asking each publisher on the network.

What belongs here: which stages run together, and that they run in one process. What does not: when
(``automation``).
"""

from typing import Final

import dagster as dg

from assets.network_sources import ASSET_OF_SOURCE
from assets.partitions import VINTAGES

#: A monthly cycle is a chain: an interpreter per stage costs more than the stages do.
EXECUTOR: Final = dg.in_process_executor

#: Asked by themselves, never by the cycle: it works with what is stored, with or without a network.
_DELIVERY: Final = dg.AssetSelection.assets("raw_delivery", "staged_delivery", "observations")
#: What came in may have made a source fresh again.
_FRESHNESS: Final = dg.AssetSelection.checks(
    *(dg.AssetCheckKey(dg.AssetKey(key), "newest_period") for key in (*ASSET_OF_SOURCE.values(), "file_drop"))
)

monthly_cycle: Final = dg.define_asset_job(
    "monthly_cycle",
    selection=dg.AssetSelection.assets("raw_delivery").downstream() | _FRESHNESS,
    partitions_def=VINTAGES,
    executor_def=EXECUTOR,
    description="From what waits in the drop folder to a release.",
)

ingest_delivery: Final = dg.define_asset_job(
    "ingest_delivery",
    selection=_DELIVERY | _FRESHNESS,
    partitions_def=VINTAGES,
    executor_def=EXECUTOR,
    description="Take files in: raw copy, check, store. Nothing is forecast or published.",
)

#: One job per source on the network, by the name of the source.
FETCH_JOBS: Final = {
    source: dg.define_asset_job(
        f"fetch_{source}",
        selection=dg.AssetSelection.assets(key),
        executor_def=EXECUTOR,
        description=f"Ask {source} for a newer edition and keep it; the sensor 'drop_folder' has it taken in.",
    )
    for source, key in ASSET_OF_SOURCE.items()
}
