"""Stage 0: the sources that files come from; those on the network are asked here, one asset each.

What belongs here: one asset per source, its pool, what a fetch reports. What does not: the fetch itself
(``fetching``), when it happens (``pipelines``), what becomes of a download: it waits like a dropped file.
"""

from typing import Final

import dagster as dg

from assets.fetching import fetch_edition
from assets.house import FILE_DROP, House
from assets.stage_log import StageListener, stage

#: Asset key by name of the source. Keys are what installations know: they stay.
ASSET_OF_SOURCE: Final = {"cbs": "cbs_statline", "eurostat": "eurostat_asylum"}

#: A publisher that is out of reach is asked again after a while, in a pool where nobody waits for it.
ASK_AGAIN: Final = dg.RetryPolicy(
    max_retries=3, delay=120, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)

file_drop: Final = dg.AssetSpec(
    FILE_DROP,
    group_name="sources",
    kinds={"file"},
    description="Files that operators put into the drop folder or name on the command line. Watched by a sensor.",
)


def _network_source(source: str, *, kinds: set[str], description: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=ASSET_OF_SOURCE[source],
        retry_policy=ASK_AGAIN,
        pool=source,
        group_name="sources",
        kinds=kinds,
        description=description,
    )
    def fetched(
        context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
    ) -> dg.MaterializeResult[None]:
        """Ask the publisher, keep what is new, and leave it waiting to be taken in."""
        with stage(context, listener, f"fetch {source}") as work:
            count = 0

            def tell(what: str) -> None:
                nonlocal count
                count += 1
                work.progressed(what, count, 0)

            edition = fetch_edition(house, source, tell)
            if edition is None:
                work.says("nothing newer")
                return dg.MaterializeResult(metadata={"newer": False})
            known = ", known already" if edition.known else ""
            work.says(f"edition of {edition.published}, {edition.size:,} bytes{known}")
        return dg.MaterializeResult(
            metadata={
                "newer": not edition.known,
                "published": edition.published.isoformat(),
                "bytes": edition.size,
                "download": dg.MetadataValue.path(str(edition.path)),
                "delivery_id": edition.delivery_id,
            },
            data_version=dg.DataVersion(edition.delivery_id),
        )

    return fetched


cbs_statline: Final = _network_source(
    "cbs",
    kinds={"odata"},
    description="CBS StatLine: asylum requests and family members by nationality, as an edition of the table.",
)

eurostat_asylum: Final = _network_source(
    "eurostat",
    kinds={"sdmx"},
    description="Eurostat: asylum applicants by citizenship, month by month, as an edition of the table.",
)

NETWORK_SOURCES: Final = (cbs_statline, eurostat_asylum)
