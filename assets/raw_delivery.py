"""Stage 1: keep what came in, byte for byte, before anything understands it.

What belongs here: choosing the files of this run and keeping raw copies. What does not: parsing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from assets.house import House
from assets.network_sources import NETWORK_SOURCES, file_drop
from assets.partitions import VINTAGES
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    from indforecast.sources.drop_folder import Incoming


class RawDeliveryConfig(dg.Config):
    """Which files come in.

    Parameters
    ----------
    files : list of str
        Paths; empty means everything that waits, dropped or fetched. The packaged reference data come first when
        the store holds no observations.
    publisher : str
        Key of the mapping that the named files are read with; empty where their own words say whose they are.
    """

    publisher: str = ""
    files: list[str] = []  # noqa: RUF012 - dagster.Config is a pydantic model, which copies defaults


@dg.asset(
    deps=[file_drop, *NETWORK_SOURCES],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="deliveries",
    kinds={"file"},
    description="Files that came in, kept byte for byte under the hash of their content.",
)
def raw_delivery(
    context: dg.AssetExecutionContext,
    config: RawDeliveryConfig,
    house: House,
    listener: dg.ResourceParam[StageListener],
) -> dg.MaterializeResult[None]:
    """Keep a raw copy of every file of this run."""
    with stage(context, listener, "raw delivery") as work:
        from indforecast.domain.files import canonical_json, sha256_hex

        store = house.store()
        incoming = files_of(house, config.files, config.publisher or None)
        with store.lock():
            kept = [
                {"delivery_id": store.keep_raw(one.content, one.name, one.publisher), "name": one.name}
                for one in incoming
            ]
        house.stages(context.partition_key).write_json("raw_delivery", {"deliveries": kept})
        work.says(f"kept {', '.join(one.name for one in incoming)}" if kept else "nothing new came in")
        size = sum(len(one.content) for one in incoming)
    return dg.MaterializeResult(
        metadata={
            "files": len(kept),
            "bytes": size,
            "names": dg.MetadataValue.json([entry["name"] for entry in kept]),
            "delivery_ids": dg.MetadataValue.json([entry["delivery_id"] for entry in kept]),
        },
        data_version=dg.DataVersion(sha256_hex(canonical_json(kept).encode())),
    )


def files_of(house: House, named: list[str], publisher: str | None = None) -> "list[Incoming]":
    """The reference data when the store is empty, then the named files or else those that wait.

    Raises
    ------
    InputError
        If a named file cannot be read.
    """
    from indforecast.sources.drop_folder import Incoming

    incoming = []
    if house.store().newest_vintage() is None:
        from indforecast.reference.dataset import REFERENCE_NAME, reference_csv

        incoming.append(Incoming(REFERENCE_NAME, reference_csv()))
    paths = [Path(name) for name in named] if named else house.waiting()
    return incoming + [house.incoming(path, publisher) for path in paths]
