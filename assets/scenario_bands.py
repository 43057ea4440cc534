"""Stage 7: the ministry's three names for the distribution, monthly and yearly.

What belongs here: bands from paths. What does not: quantiles (``indforecast.scenarios``), the check behind it.
"""

from typing import TYPE_CHECKING, Final

import dagster as dg

from assets import exhibits
from assets.history import history_of
from assets.house import House
from assets.joint_paths import joint_paths
from assets.partitions import VINTAGES
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    import pandas as pd

    from indforecast.vintages.stages import Stages

BAND_TABLES: Final = ("monthly_bands", "yearly_bands")


@dg.asset(
    deps=[joint_paths],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="planning",
    kinds={"parquet"},
    description="Minimum, medio and maximum per month and calendar year. A blocking check stands behind it.",
)
def scenario_bands(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Take the declared quantiles of the paths."""
    with stage(context, listener, "scenario bands") as work:
        from indforecast.scenarios.bands import monthly_bands, yearly_bands

        stages = house.stages(context.partition_key)
        settings = house.settings()
        paths = stages.read_paths("joint_paths")
        panel = history_of(stages).panel(settings.hierarchy.base_ids)
        monthly = monthly_bands(paths, settings.bands)
        yearly = yearly_bands(paths, panel, settings.hierarchy, settings.bands)
        digests = {
            "monthly_bands": stages.write("monthly_bands", monthly),
            "yearly_bands": stages.write("yearly_bands", yearly),
        }
        stages.write_json(
            "scenario_bands", {"made_from": {"joint_paths": stages.read_json("forecast")["sha256"]}, **digests}
        )
        series = monthly["series_id"].nunique()
        work.says(f"{series} series, {len(monthly) // series} months and {len(yearly) // series} calendar years, "
                  f"{settings.bands.probability:.0%} between minimum and maximum")  # fmt: skip
        picture = exhibits.fans(monthly, title="Minimum, medio and maximum per month (persons)")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(monthly) + len(yearly),
            "yearly": exhibits.table(yearly, 60),
            "picture": picture,
        },
        data_version=dg.DataVersion("-".join(digest[:16] for digest in digests.values())),
    )


def bands_of(stages: "Stages") -> "dict[str, tuple[pd.DataFrame, str]]":
    """Both tables with the hash of their values, under which they are judged and published."""
    from indforecast.publication.tables import table_sha256

    tables = {name: stages.read(name) for name in BAND_TABLES}
    return {name: (table, table_sha256(table)) for name, table in tables.items()}
