"""Settings of validation: from when on a figure is remarked on, and how severe a breach is.

What belongs here: limits of plausibility with their ranges, and which expectations may be given another severity.
What does not: the expectations themselves (``expectations``), the values (``netherlands/validation.toml``).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from indforecast.config.parameter import Frozen

Severity = Literal["critical", "warning", "info"]

#: Expectations on whether figures are believable. Nearly all others say whether a table can be used at all: a
#: critical one of those may not be lowered.
ADJUSTABLE: Final = (
    "outlier",
    "large_revision",
    "nationalities_within_national",
    "total_is_sum_of_parts",
    "months_sum_to_published_quarter",
    "months_sum_to_own_quarter",
    "no_repeated_row",
    "no_missing_month_in_total",
    "streams_present",
)


def _adjustable(name: str) -> str:
    if name not in ADJUSTABLE:
        raise ValueError(
            f"the severity of '{name}' may not be set, because nothing could rest on what fails it; those that "
            f"may: {', '.join(ADJUSTABLE)}"
        )
    return name


class ValidationSettings(Frozen):
    """Limits within which a delivered figure passes without remark; units stand in the names.

    Parameters
    ----------
    outlier_month_z, outlier_year_z : float
        Robust z of the change against the month before, and against the same month a year before. Both must be
        passed.
    outlier_history_months : int
        Months of a series below which nothing is called an outlier.
    revision_share, revision_persons : float, int
        How far a known figure may move; both must be passed.
    total_share, total_persons : float, int
        How far a published total may be from the sum of its parts; the larger of both holds.
    quarter_share : float
        How far three months may be from the quarter that somebody else published, beyond roundings.
    rounding_persons : int
        The step that publishers round to where they do not say: half of it is allowed for per figure.
    severity : mapping of str to str
        Per expectation ``critical``, ``warning`` or ``info``.
    """

    outlier_month_z: float = Field(ge=2, le=50)
    outlier_year_z: float = Field(ge=2, le=50)
    outlier_history_months: int = Field(ge=13, le=240)
    revision_share: float = Field(gt=0, le=10)
    revision_persons: int = Field(ge=0, le=10_000)
    total_share: float = Field(ge=0, le=1)
    total_persons: int = Field(ge=0, le=10_000)
    quarter_share: float = Field(ge=0, le=1)
    rounding_persons: int = Field(ge=1, le=100)
    severity: dict[Annotated[str, AfterValidator(_adjustable)], Severity]
