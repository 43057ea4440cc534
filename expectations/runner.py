"""The one runner: puts a table before its suite and answers with a verdict and a page.

What belongs here: starting Great Expectations quietly, running a suite, turning its results into a verdict
without a single value of the table. What does not: expectations (``delivery``, ``bands``), the page
(``data_docs``).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Literal

from expectations import data_docs
from expectations.bands import BandsContext, bands_checks, bands_suite, prepare_bands
from expectations.checks import POSITION, Check, Prepared, build_suite, schema_checks
from expectations.delivery import DeliveryContext, delivery_checks, delivery_suite, prepare_delivery
from expectations.override import overridden
from expectations.verdict import MAX_ROWS, ExpectationResult, Verdict, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import great_expectations as gx
    import pandas as pd
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult

    from expectations.override import Acceptance

#: Results name failing rows by position and hold no value of the table: small counts must not leak.
_RESULT_FORMAT: Final[dict[str, Any]] = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [POSITION],
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}
_MAX_SAMPLES: Final = 50
#: How many explained failures a reason spells out.
_SENTENCES: Final = 3


def validate(
    table: Literal["delivery", "bands"],
    frame: pd.DataFrame,
    *,
    subject_sha256: str,
    context: DeliveryContext | BandsContext,
    docs_dir: Path | None = None,
    acceptance: Acceptance | None = None,
) -> Verdict:
    """Judge one table.

    Parameters
    ----------
    table : {"delivery", "bands"}
        Which suite.
    frame : DataFrame
        The table; with a column ``row`` its numbers are reported as lines of a file, else rows are counted from 1.
    subject_sha256 : str
        Hash of what is judged.
    context : DeliveryContext or BandsContext
        What it is judged against.
    docs_dir : Path, optional
        Where Data Docs are kept: the page is ``<docs_dir>/<first 12 digits of the hash>/index.html``. The same
        subject writes the same page again.
    acceptance : Acceptance, optional
        Somebody's decision to set failing expectations aside; verdict and page quote it.

    Returns
    -------
    Verdict
        The same for the same rows in any order; without clock time.

    Raises
    ------
    TypeError
        If the context does not belong to the table.
    indforecast.domain.errors.StoreUnavailable
        If the page cannot be written.
    """
    if table == "delivery" and isinstance(context, DeliveryContext):
        checks, prepared = delivery_checks(context), prepare_delivery(frame, context)
        suite = None if prepared.missing else delivery_suite(context)
    elif table == "bands" and isinstance(context, BandsContext):
        checks, prepared = bands_checks(context), prepare_bands(frame, context)
        suite = None if prepared.missing else bands_suite(context)
    else:
        raise TypeError(f"a {type(context).__name__} is no context for the table '{table}'")
    if suite is None:
        # With a column missing every other expectation would fail too, and hide what is wrong.
        checks = schema_checks(tuple(check.arguments["column"] for check in checks if _is_schema(check)))
        suite = build_suite(table, checks)
    outcome = _run(suite, prepared.frame)
    verdict = Verdict(
        table=table,
        subject_sha256=subject_sha256,
        results=_results(outcome, checks, prepared),
        row_word="line" if "row" in frame.columns else "row",
    )
    verdict = overridden(verdict, acceptance)
    if docs_dir is None:
        return verdict
    return data_docs.write(verdict, outcome, docs_dir)


def _is_schema(check: Check) -> bool:
    return check.expectation == "ExpectColumnToExist"


def _run(suite: gx.ExpectationSuite, frame: pd.DataFrame) -> ExpectationSuiteValidationResult:
    """Run a suite in a context of its own that writes nothing, reports nothing and shows no progress."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("indforecast").add_dataframe_asset(suite.name)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    return batch.validate(suite, result_format=_RESULT_FORMAT)


def _results(
    outcome: ExpectationSuiteValidationResult, checks: Sequence[Check], prepared: Prepared
) -> tuple[ExpectationResult, ...]:
    by_name = {result.expectation_config.meta["name"]: result for result in outcome.results}
    return tuple(_result(check, by_name[check.name], prepared) for check in checks)


def _result(check: Check, result: ExpectationValidationResult, prepared: Prepared) -> ExpectationResult:
    if result.success:
        return ExpectationResult(check.name, check.severity, True, check.description)
    at = _positions(result)
    rows = tuple(sorted({int(row) for row in prepared.frame["row"].iloc[at]})) if check.locates and at else ()
    samples: list[str] = []
    if check.name in prepared.texts and at:
        samples = sorted(set(prepared.texts[check.name].loc[at]))
        reason = listed(samples, separator="; ", named=_SENTENCES)
    elif check.name in prepared.table_texts:
        reason = prepared.table_texts[check.name]
    elif _is_schema(check):
        reason = f"the column '{check.arguments['column']}' is missing"
    elif at:
        samples = sorted(set(prepared.labels.iloc[at])) if prepared.labels is not None else []
        reason = f"{len(at):,} {check.complaint[len(at) != 1]}"
    else:
        reason = f"it could not be established that: {check.description}"
    return ExpectationResult(
        name=check.name,
        severity=check.severity,
        success=False,
        description=check.description,
        reason=reason,
        rows=rows[:MAX_ROWS],
        row_count=len(rows),
        samples=tuple(samples[:_MAX_SAMPLES]),
    )


def _positions(result: ExpectationValidationResult) -> list[int]:
    """Positions of failing rows; Great Expectations groups them in dictionaries of lists."""
    groups = result.result.get("unexpected_index_list") or []
    found: list[int] = []
    for group in groups:
        value = group[POSITION]
        found.extend(value if isinstance(value, list) else [value])
    return sorted(int(position) for position in found)
