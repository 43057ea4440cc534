"""Great Expectations verdicts as blocking asset checks.

What belongs here: asking for a verdict, keeping it under the hash of what was judged, saying it to Dagster. What
does not: the expectations themselves (``expectations``).
"""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import dagster as dg

from assets.house import House
from assets.partitions import VINTAGES
from assets.scenario_bands import scenario_bands
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage
from assets.staged_delivery import staged_delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expectations.verdict import Verdict
    from indforecast.vintages.stages import Stages

_Check: TypeAlias = Callable[..., dg.AssetCheckResult]


def _blocking_check(**arguments: Any) -> Callable[[_Check], dg.AssetChecksDefinition]:
    """A blocking check with a verdict per vintage.

    Dagster calls partitions of checks a preview, and says so on every load. Without them a check of a partitioned
    asset leaves an evaluation that stays planned for ever. The version is pinned, and the tests run it.
    """

    def quietly(function: _Check) -> dg.AssetChecksDefinition:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=dg.PreviewWarning)
            decorate = dg.asset_check(
                **arguments, blocking=True, partitions_def=VINTAGES, retry_policy=BUSY_STORE, pool=STORE
            )
            return decorate(function)

    return quietly


@_blocking_check(
    asset=staged_delivery,
    name="delivery_expectations",
    description="Every new delivery meets its Great Expectations suite; a rejected one goes to quarantine, whole.",
)
def delivery_expectations(
    context: dg.AssetCheckExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.AssetCheckResult:
    """Judge the staged deliveries of this run."""

    def judge(stages: "Stages") -> "list[tuple[str, Verdict]]":
        from assets.judging import judge_deliveries
        from pipelines.vintage_choice import today

        return judge_deliveries(house, stages, today())

    return _judged(context, house, listener, "delivery check", judge)


@_blocking_check(
    asset=scenario_bands,
    name="bands_expectations",
    description="Bands meet their Great Expectations suites before anything is planned on them.",
)
def bands_expectations(
    context: dg.AssetCheckExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.AssetCheckResult:
    """Judge both tables of bands."""

    def judge(stages: "Stages") -> "list[tuple[str, Verdict]]":
        from assets.judging import judge_bands

        return judge_bands(house, stages)

    return _judged(context, house, listener, "bands check", judge)


_REASONS: Final = 5
#: The entry of a rejected check's metadata that says what to do; the command line shows it.
WHAT_TO_DO: Final = "what to do"

CHECKS: Final = (delivery_expectations, bands_expectations)


def _judged(
    context: dg.AssetCheckExecutionContext,
    house: House,
    listener: StageListener,
    name: str,
    judge: "Callable[[Stages], list[tuple[str, Verdict]]]",
) -> dg.AssetCheckResult:
    """Judge in a stage of this name, and say to Dagster what came of it."""
    with stage(context, listener, name) as work:
        verdicts = judge(house.stages(context.partition_key))
        work.says(_outcome(verdicts) if verdicts else "no new delivery to check")
    return _result(house, verdicts, _sentence(verdicts) or work.summary)


def _outcome(verdicts: "Sequence[tuple[str, Verdict]]") -> str:
    """What the stage says: of a rejection only that it was one, because the error that follows has the reasons."""
    bad = [name for name, verdict in verdicts if not verdict.success]
    return f"rejected: {', '.join(bad)}" if bad else _sentence(verdicts)


def _advice(house: House, verdicts: "Sequence[tuple[str, Verdict]]") -> str:
    """What to do about a rejection, one line each, and where to look."""
    from expectations.remedies import remedies

    lines: list[str] = []
    for _, verdict in verdicts:
        if verdict.success:
            continue
        lines += remedies(verdict.failed("critical"))
        if verdict.docs is not None:
            lines.append(f"The page of the check: {verdict.docs.absolute()}")
        if verdict.table == "delivery":
            lines.append(f"The file is kept in {house.path / 'quarantine' / verdict.subject_sha256}")
    others = [name for name, verdict in verdicts if verdict.success and verdict.table == "delivery"]
    if others:
        lines.append(f"Kept out with it: {', '.join(others)}; leave the rejected file out to take the rest in.")
    if any(verdict.table == "bands" for _, verdict in verdicts):
        lines.append("Nothing was published.")
    return "\n".join(dict.fromkeys(lines))


def _sentence(verdicts: "Sequence[tuple[str, Verdict]]") -> str:
    """What a check found; where something was rejected, that alone and every reason for it."""
    bad = [(name, verdict) for name, verdict in verdicts if not verdict.success]
    if not bad:
        return " ".join(f"{name}: {verdict.summary()}" for name, verdict in verdicts)
    parts = []
    for name, verdict in bad:
        reasons = [
            reason["sentence"].rstrip(".") for reason in verdict.reasons() if reason["severity"] == "critical"
        ]
        more = f"; and {len(reasons) - _REASONS} more reasons" if len(reasons) > _REASONS else ""
        parts.append(f"{name} is rejected: {'; '.join(reasons[:_REASONS])}{more}.")
    return " ".join(parts)


def _result(house: House, verdicts: "Sequence[tuple[str, Verdict]]", sentence: str) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {}
    for name, verdict in verdicts:
        if verdict.docs is not None:
            metadata[f"page of {name}"] = dg.MetadataValue.path(str(verdict.docs.absolute()))
        rows = [
            f"| {item.name} | {item.severity} | {'met' if item.success else '**failed**'} | {item.reason} |"
            for item in verdict.results
        ]
        metadata[f"expectations of {name}"] = dg.MetadataValue.md(
            "\n".join(["| expectation | severity | outcome | reason |", "| --- | --- | --- | --- |", *rows])
        )
    passed = all(verdict.success for _, verdict in verdicts)
    if not passed:
        metadata[WHAT_TO_DO] = dg.MetadataValue.text(_advice(house, verdicts))
    noted = any(verdict.failed("warning") for _, verdict in verdicts)
    return dg.AssetCheckResult(
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN if passed and noted else dg.AssetCheckSeverity.ERROR,
        description=sentence,
        metadata=metadata,
    )
