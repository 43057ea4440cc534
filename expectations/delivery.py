"""What a staged delivery must look like before a row of it may be stored.

What belongs here: the delivery's checks and their words, and the preparation of the table for them. What does not:
the rules themselves (``delivery_rules``, ``delivery_plausibility``, ``delivery_quarters``), their limits, which
are settings, reading files (``indforecast.sources``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from expectations import delivery_definitions as definitions
from expectations import delivery_plausibility as plausibility
from expectations import delivery_quarters as quarters
from expectations import delivery_rules as rules
from expectations.checks import (
    Check,
    Prepared,
    build_suite,
    flagged,
    quoted,
    schema_checks,
    with_flags,
    with_severities,
)
from indforecast.config import load_settings
from indforecast.domain.observations import DELIVERY_COLUMNS, Basis

if TYPE_CHECKING:
    import great_expectations as gx

    from indforecast.config.validation import ValidationSettings
    from indforecast.domain.definitions import Registry
    from indforecast.domain.series import Hierarchy

FIRST_MONTH: Final = datetime(1999, 1, 1)
LAST_MONTH: Final = datetime(2100, 12, 1)
MAX_OBSERVED: Final = 999_999
#: How alike an unknown name and a known one must be for the known one to be suggested.
_NEAR: Final = 0.7


@cache
def packaged_limits() -> ValidationSettings:
    """Limits and severities as they are packaged."""
    return load_settings().validation


@dataclass(frozen=True)
class DeliveryContext:
    """What a delivery is judged against.

    Parameters
    ----------
    base_ids : tuple of str
        Streams that are observed themselves (``Hierarchy.base_ids``); each may have nationalities
        ``<stream>.<ISO 3166 alpha-3>`` below it.
    totals : mapping of str to tuple of str
        Totals whose published figures a delivery may carry, with the base streams that they add up.
    history : DataFrame, optional
        ``store.as_of().observations``: the latest known values; None when nothing is stored.
    today : date, optional
        The day on which it is judged; without it no day of availability is in the future.
    registry : Registry, optional
        What is counted; without it definitions are compared with the history alone.
    indicators : tuple of str
        Series kept beside the streams, each with nationalities below it.
    limits : ValidationSettings
        From when on a figure is remarked on, and how severe that is; as packaged when omitted.
    published_quarters : DataFrame, optional
        Quarters that somebody published (``indforecast.reference.quarters.published_quarters``).
    own_quarters : DataFrame, optional
        Quarters that the delivered file itself prints (``StagedDelivery.controls``).
    """

    base_ids: tuple[str, ...]
    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    history: pd.DataFrame | None = None
    today: date | None = None
    registry: Registry | None = None
    indicators: tuple[str, ...] = ()
    limits: ValidationSettings = field(default_factory=packaged_limits)
    published_quarters: pd.DataFrame | None = None
    own_quarters: pd.DataFrame | None = None

    @classmethod
    def of(
        cls,
        hierarchy: Hierarchy,
        history: pd.DataFrame | None = None,
        today: date | None = None,
        *,
        registry: Registry | None = None,
        indicators: tuple[str, ...] = (),
    ) -> DeliveryContext:
        """The context of configured streams and, where there is one, the store's newest history."""
        totals = {stream.series_id: stream.parts for stream in hierarchy.streams if stream.parts}
        known = None if history is None or history.empty else history
        return cls(
            base_ids=hierarchy.base_ids,
            totals=totals,
            history=known,
            today=today,
            registry=registry,
            indicators=indicators,
        )

    @property
    def observed_ids(self) -> tuple[str, ...]:
        """Streams and indicators: what may have nationalities below it."""
        return (*self.base_ids, *self.indicators)

    @property
    def series_pattern(self) -> str:
        """Regular expression of every series_id that may be delivered."""
        national = "|".join(self.observed_ids)
        return rf"^(?:{'|'.join((*self.observed_ids, *self.totals))}|(?:{national})\.[A-Z]{{3}})\Z"


def delivery_checks(context: DeliveryContext) -> tuple[Check, ...]:
    """The delivery's checks, in the order in which they are shown, as severe as the settings say."""
    return with_severities(_all_checks(context), context.limits.severity)


def _all_checks(context: DeliveryContext) -> tuple[Check, ...]:
    limits = context.limits
    filled = tuple(
        Check(f"{column}_filled", "critical", f"Every row has a readable {column}",
              "ExpectColumnValuesToNotBeNull", {"column": column},
              (f"row has no readable {column}", f"rows have no readable {column}"))
        for column in DELIVERY_COLUMNS
    )  # fmt: skip
    return (
        *schema_checks(DELIVERY_COLUMNS),
        Check("rows_present", "critical", "The delivery holds at least one row", "ExpectTableRowCountToBeBetween",
              {"min_value": 1}),
        *filled,
        Check("series_known", "critical",
              "Every series is a configured stream, a total, an indicator, or a nationality of one",
              "ExpectColumnValuesToMatchRegex", {"column": "series_id", "regex": context.series_pattern},
              notes="A nationality is written <stream>.<ISO 3166 alpha-3>, for example asylum_first.SYR."),
        Check("basis_known", "critical", f"The basis is one of {', '.join(Basis)}", "ExpectColumnValuesToBeInSet",
              {"column": "basis", "value_set": [str(basis) for basis in Basis]},
              ("row has an unknown basis", "rows have an unknown basis")),
        flagged("period_is_month_start", "critical", "Every period is the first day of a month"),
        Check("period_in_range", "critical", "Every month lies between 1999 and 2100",
              "ExpectColumnValuesToBeBetween",
              {"column": "period", "min_value": FIRST_MONTH, "max_value": LAST_MONTH},
              ("row lies outside 1999 to 2100", "rows lie outside 1999 to 2100")),
        Check("month_was_over", "critical", "No month was available before it had ended",
              "ExpectColumnPairValuesAToBeGreaterThanB",
              {"column_A": "available_from", "column_B": "period_end", "or_equal": True,
               "ignore_row_if": "either_value_is_missing"},
              ("row is available before its month had ended", "rows are available before their month had ended"),
              "A count of a month cannot be complete, or known, before the month is over. Late rows are welcome."),
        flagged("not_from_the_future", "critical", "No row was available only after the day of delivery",
                "What is not known yet cannot be delivered."),
        flagged("vintage_is_plausible", "critical",
                "No row claims to be known more than two years after the newest month that anyone counted",
                "A mistyped year in available_from would become the data cut-off of all that follows."),
        Check("observed_not_negative", "critical", "No count is negative", "ExpectColumnValuesToBeBetween",
              {"column": "observed", "min_value": 0}, ("row has a negative count", "rows have a negative count")),
        Check("observed_below_a_million", "critical", "No count reaches a million",
              "ExpectColumnValuesToBeBetween", {"column": "observed", "max_value": MAX_OBSERVED},
              ("row has a count of a million or more", "rows have a count of a million or more")),
        flagged("observed_is_whole", "critical", "Every count is a whole number of persons"),
        flagged("no_conflict", "critical", "No month of a series has two counts known from the same day",
                "Also compared with what is stored."),
        flagged("no_repeated_row", "warning", "No row says the same thing twice"),
        *definitions.definition_checks(context.registry),
        flagged("no_missing_month", "critical", "No month is missing between a series' history and this delivery",
                "Nor between two months of the delivery. A month that comes late fills its own gap."),
        flagged("no_missing_month_in_total", "info", "No month is missing in a published total",
                "Nothing rests on a published total: the house adds up its parts."),
        flagged("outlier", "warning", "No count is far from what the series' own history suggests",
                f"Robust z above {limits.outlier_month_z:g} against the month before and above "
                f"{limits.outlier_year_z:g} against the year before, on log counts, beyond counting noise."),
        flagged("large_revision", "warning", "No published figure is restated by much",
                f"More than {limits.revision_share:.0%} and {limits.revision_persons} persons."),
        flagged("nationalities_within_national", "warning",
                "The nationalities of a stream add up to no more than its national figure",
                f"Roundings to {limits.rounding_persons} are allowed for; a national figure that is an estimate "
                "is not judged."),
        flagged("total_is_sum_of_parts", "warning", "A published total is the sum of its parts",
                f"Within {limits.total_persons} persons or {limits.total_share:.0%}, where no part is an "
                "estimate."),
        flagged("months_sum_to_own_quarter", "critical",
                "The months of a quarter add up to the quarter that the same file gives",
                "Only roundings may part them; estimated months are not judged."),
        flagged("months_sum_to_published_quarter", "warning",
                "The months of a quarter are near the quarter that was published elsewhere",
                f"Within {limits.quarter_share:.0%} beyond roundings; estimated months are not judged."),
        Check("streams_present", "info", "The delivery carries every stream",
              "ExpectColumnDistinctValuesToContainSet",
              {"column": "series_id", "value_set": list(context.base_ids)},
              notes="Publishers deliver different streams on different days: this is a remark."),
    )  # fmt: skip


def delivery_suite(context: DeliveryContext) -> gx.ExpectationSuite:
    """The Great Expectations suite for a delivery; imports Great Expectations."""
    return build_suite("delivery", delivery_checks(context))


def prepare_delivery(frame: pd.DataFrame, context: DeliveryContext) -> Prepared:
    """A delivery with helper columns, its types made judgeable and every rule computed.

    Parameters
    ----------
    frame : DataFrame
        Columns ``DELIVERY_COLUMNS`` and ``row``; other columns are ignored.
    context : DeliveryContext
        What it is judged against.
    """
    missing = tuple(column for column in DELIVERY_COLUMNS if column not in frame.columns)
    if missing:
        return Prepared(frame=frame, missing=missing)
    typed = _typed(frame)
    history = rules.empty_history() if context.history is None else _typed(context.history)
    delivery = rules.Delivery.of(typed, history, context.observed_ids, context.totals)
    limits, own = context.limits, context.own_quarters
    texts = {
        "series_known": _unknown_series(typed, context),
        "period_is_month_start": rules.not_month_start(delivery),
        "not_from_the_future": rules.not_yet_available(delivery, context.today),
        "vintage_is_plausible": rules.implausible_vintage(delivery, context.today),
        "observed_is_whole": rules.not_whole(delivery),
        "no_conflict": rules.conflicts(delivery),
        "no_repeated_row": rules.repeated(delivery),
        **definitions.definition_texts(delivery, context.registry),
        "no_missing_month": rules.missing_months(delivery, totals=False),
        "no_missing_month_in_total": rules.missing_months(delivery, totals=True),
        "outlier": plausibility.outliers(delivery, limits),
        "large_revision": plausibility.large_revisions(delivery, limits),
        "nationalities_within_national": plausibility.nationalities_above_national(delivery, limits),
        "total_is_sum_of_parts": plausibility.total_off_parts(delivery, limits),
        "months_sum_to_own_quarter": quarters.off_own_quarter(delivery, own),
        "months_sum_to_published_quarter": quarters.off_published_quarter(
            delivery, context.published_quarters, own, limits
        ),
    }
    absent = [series_id for series_id in context.base_ids if series_id not in set(typed["series_id"].dropna())]
    return Prepared(
        frame=with_flags(typed, texts),
        texts=texts,
        table_texts={
            "rows_present": "the delivery holds no row",
            "streams_present": f"not delivered: {', '.join(absent)}",
        },
        labels=rules.labels(typed),
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns in the types that rules rely on; what cannot be read becomes empty, and empty cells are reported."""
    columns: dict[str, Any] = {
        column: frame[column].astype("string").str.strip().replace("", pd.NA).astype(object)
        for column in ("series_id", "basis", "definition", "source")
    }
    columns = {column: values.where(values.notna(), None) for column, values in columns.items()}
    columns["observed"] = pd.to_numeric(frame["observed"], errors="coerce").astype(np.float64)
    for column in ("period", "available_from"):
        columns[column] = pd.to_datetime(frame[column], errors="coerce", format="ISO8601").astype("datetime64[ns]")
    columns["row"] = frame["row"] if "row" in frame.columns else range(1, len(frame) + 1)
    typed = pd.DataFrame({column: columns[column] for column in (*DELIVERY_COLUMNS, "row")}).reset_index(drop=True)
    typed["period_end"] = typed["period"] + pd.offsets.MonthEnd(0)
    return typed


def _unknown_series(frame: pd.DataFrame, context: DeliveryContext) -> pd.Series[str]:
    named = frame.loc[frame["series_id"].notna(), "series_id"]
    unknown = named[~named.str.match(context.series_pattern)]
    nearest = {series_id: _nearest(str(series_id), context) for series_id in unknown.unique()}
    return unknown.map(lambda series_id: f"{quoted(series_id)} is not a known series{nearest[series_id]}")


def _nearest(series_id: str, context: DeliveryContext) -> str:
    """The known name that was probably meant; nothing where none is near."""
    stream, dot, nationality = series_id.lower().partition(".")
    found = get_close_matches(stream, [*context.observed_ids, *context.totals], n=1, cutoff=_NEAR)
    if not found:
        return ""
    whole = f"{found[0]}{dot}{nationality.upper()}"
    return f" (did you mean {whole if re.match(context.series_pattern, whole) else found[0]}?)"
