"""What must hold of every plan, as blocking asset checks: balances, cents, and more inflow is never less work.

What belongs here: reading the proofs that a stage wrote, saying them to Dagster. What does not: the proofs
(``indforecast.planning``), refusing a release over one that failed (``assets.release`` looks for itself).
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final

import dagster as dg

from assets.house import House
from assets.partitions import VINTAGES
from assets.planned import proofs_of
from assets.release import PLANNING
from assets.stage_log import BUSY_STORE, STORE
from pipelines.checks import WHAT_TO_DO


def _check_of(asset: dg.AssetsDefinition, table: str) -> dg.AssetChecksDefinition:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=dg.PreviewWarning)  # as in ``pipelines.checks``

        @dg.asset_check(
            asset=asset,
            name=table,
            description="Balances, money to the cent, and more inflow never means less work.",
            blocking=True,
            partitions_def=VINTAGES,
            retry_policy=BUSY_STORE,
            pool=STORE,
        )
        def holds(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
            from indforecast.publication.tables import records

            return result_of(records(house.stages(context.partition_key).read(table)))

    return holds


def result_of(proofs: Sequence[Mapping[str, Any]]) -> dg.AssetCheckResult:
    """Proofs, one mapping each, as Dagster shows them."""
    failed = [proof for proof in proofs if not proof["holds"]]
    lines = [
        f"| {proof['text_en']} | {'holds' if proof['holds'] else '**fails**'} | {proof['largest_error']:g} "
        f"{proof['unit']} | {proof['looked_at']:,} |"
        for proof in proofs
    ]
    told = "; ".join(
        f"{proof['text_en']}: fails by {proof['largest_error']:g} {proof['unit']}" for proof in failed
    )
    advice = {} if not failed else {WHAT_TO_DO: dg.MetadataValue.text(_ADVICE)}
    return dg.AssetCheckResult(
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=told or f"All {len(proofs)} proofs hold.",
        metadata={
            **advice,
            "proofs": dg.MetadataValue.md(
                "\n".join(["| what | outcome | largest error | figures |", "| --- | --- | --- | --- |", *lines])
            ),
        },
    )


_ADVICE: Final = (
    "Nothing was published. Figures of your own settings are the likely cause: run again without --config. "
    "If it fails then as well, it is a mistake in the plan: report it with the log."
)

PLAN_CHECKS: Final = tuple(_check_of(asset, proofs_of(asset.key.path[-1])) for asset in PLANNING)
