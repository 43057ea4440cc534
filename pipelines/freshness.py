"""Whether each source's newest month is as new as it ought to be, as asset checks that warn and never block.

What belongs here: saying it to Dagster. What does not: the calendar (``indforecast.sources.freshness``).

Dagster's own freshness looks at when an asset was materialized. A source may be asked every day and have nothing
newer for months, and an old edition that is taken in again looks fresh: the newest month in the store counts.
"""

from typing import Final

import dagster as dg

from assets.house import House
from assets.network_sources import ASSET_OF_SOURCE, file_drop
from assets.observations import observations


def _freshness_check(source: str, key: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=key,
        name="newest_period",
        additional_deps=[observations],
        description=f"The store holds the newest month that {source} ought to have published by now.",
    )
    def newest_period(house: House) -> dg.AssetCheckResult:
        """Compare the newest month of a source in the store with the calendar."""
        from pipelines.vintage_choice import today

        found = house.freshness(source, today())
        waiting = [path.name for path in house.waiting_of(source)]
        rest = f"; {', '.join(waiting)} waiting to be taken in" if waiting else ""
        return dg.AssetCheckResult(
            passed=not found.overdue,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"{source}: {found.sentence()}{rest}.",
            metadata={name: str(value) for name, value in found.to_dict().items() if value is not None},
        )

    return newest_period


FRESHNESS_CHECKS: Final = (
    *(_freshness_check(source, key) for source, key in ASSET_OF_SOURCE.items()),
    _freshness_check("file_drop", file_drop.key.to_user_string()),
)
