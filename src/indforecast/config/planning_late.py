"""What late decisions lead to: notices of default, court penalties, appeals and hearings.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_late.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import (
    CasesAMonth,
    DatedShare,
    Hours,
    Kind,
    Rate,
    Share,
    above_zero,
    is_month,
)
from indforecast.config.parameter import Frozen, Parameter

_DAYS = Kind("days", 0, 1_000)
_DAILY = Kind("EUR/day", 0, 10_000)
_CAP = Kind("EUR/case", 0, 100_000)
_PROCEDURES = Kind("procedures/appeal", 1, 10)
_FTE = Kind("FTE", 0, 5_000)
_LOAD = Kind("hearings/judge/year", 1, 5_000)
_TRAINING = Kind("months", 0, 120)
_ROUNDS = Kind("rounds", 1, 6)
_VARIATION = Kind("share of the mean", 0, 3)
_LOG = Kind("log share", 0, 2)

Days = Annotated[Parameter, _DAYS, AfterValidator(_DAYS.check)]
Daily = Annotated[Parameter, _DAILY, AfterValidator(_DAILY.check)]
CapEur = Annotated[Parameter, _CAP, AfterValidator(_CAP.check), AfterValidator(above_zero)]
Procedures = Annotated[Parameter, _PROCEDURES, AfterValidator(_PROCEDURES.check)]
Fte = Annotated[Parameter, _FTE, AfterValidator(_FTE.check)]
JudgeLoad = Annotated[Parameter, _LOAD, AfterValidator(_LOAD.check)]
TrainingMonths = Annotated[Parameter, _TRAINING, AfterValidator(_TRAINING.check)]
Rounds = Annotated[Parameter, _ROUNDS, AfterValidator(_ROUNDS.check)]
Variation = Annotated[Parameter, _VARIATION, AfterValidator(_VARIATION.check)]
LogSpread = Annotated[Parameter, _LOG, AfterValidator(_LOG.check)]


def _adds_up(shares: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    total = math.fsum(share.value for share in shares)
    if abs(total - 1) > 1e-9:
        raise ValueError(f"shares must add up to 1, got {total:g}")
    return shares


Spread = Annotated[tuple[Share, ...], AfterValidator(_adds_up)]


class PenaltyCap(Frozen):
    """A cap that courts set, and the share of rulings with it."""

    eur: CapEur
    share: Share


class AdministrativeStep(Frozen):
    """One step of the penalty that runs by itself after a notice of default, without a court."""

    days: Days
    eur_per_day: Daily


class Suspension(Frozen):
    """Months (both inclusive) in which no penalty runs, for some streams.

    A court that would rule in one of them sets the penalty when the suspension is over.
    """

    first: str
    last: str
    streams: tuple[str, ...]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _are_months(self) -> Self:
        for month in (self.first, self.last):
            if not is_month(month):
                raise ValueError(f"'{month}' is not a month; write YYYY-MM")
        if self.last < self.first:
            raise ValueError(f"last ({self.last}) lies before first ({self.first})")
        return self


class PublishedYear(Frozen):
    """A published figure of a calendar year that stands beside the model's own; never computed with."""

    measure: str
    year: int
    value: float
    unit: str
    source: str = Field(min_length=1)


class LatePlanning(Frozen):
    """What late decisions and refusals lead to.

    Parameters
    ----------
    in_order : Parameter
        Share of late cases that are decided in the order in which they became late; of the others each late case
        is equally likely to be decided.
    decided_before : Parameter
        Share of late cases that was decided in a month before the stock was counted; it says how long those of
        the counted stock have been late.
    notice_reading : str, optional
        Reading of the terms by which applicants gave notice before the stock was counted, as a stream's
        ``extensions`` name it; without, or for a stream without it, the one that its queue has.
    notice_share : mapping of series_id to Parameter
        Share of the cases that pass their term of which the applicant gives notice of default, when still
        undecided by then. Streams that are not named have none.
    notice_after : tuple of Parameter
        When: shares by whole months after the term passed (0, 1, 2, ...), adding up to 1.
    court_share : mapping of series_id to Parameter
        Share of those notices that is followed by an appeal for not deciding in time, when still undecided.
    ruling_share : Parameter
        Share of those appeals that ends in a ruling with a penalty.
    court_uncertainty : Parameter
        Standard deviation of the logarithm of what the share that goes to court may turn out to be.
    days_of_grace, days_to_appeal, days_to_ruling, days_granted : Parameter
        From notice to penalty without a court, from notice to appeal, from appeal to ruling, and the term that
        the court sets.
    daily_penalty, caps : Parameter, tuple of PenaltyCap
        What runs after that term for each day, and up to how much.
    again_share, rounds : Parameter
        Share of penalties that reach their cap of which the applicant appeals anew, and how many rulings at most.
    administrative : tuple of AdministrativeStep
        The penalty without a court, from 14 days after a notice on (``days_of_grace``).
    administrative_share : mapping of series_id to Parameter
        Share of notices that it is owed for, by stream; the others owe none.
    suspensions : tuple of Suspension
        Months without penalties.
    refusal_share : mapping of series_id to dated Parameter
        Share of a stream's decisions that refuse.
    appeal_share : mapping of series_id to Parameter
        Share of refusals that is appealed against; streams that are not named have none.
    procedures_per_appeal : Parameter
        Court procedures that one appeal against a refusal brings, with provisional measure and second instance.
    other_procedures, other_hearings : Parameter
        A month's procedures and hearings outside the modelled streams.
    hearing_share, hearing_share_late : Parameter
        Share of appeals against refusals, and of appeals for not deciding, that come to a hearing.
    hearing_after : tuple of Parameter
        When: shares by whole months after the appeal, adding up to 1.
    hearings_vary : Parameter
        Standard deviation of a month's hearings around what is expected, as a share of it, on top of chance.
    notice_hours, appeal_hours, procedure_hours, hearing_hours : Parameter
        Hours of the legal department for a notice, the writing in an appeal for not deciding, that in another
        procedure, and preparing and attending a hearing.
    cost_of_appeal : Parameter
        What the service pays the other side for a lost appeal for not deciding.
    legal_fte : Parameter
        The legal department's staff who write and plead.
    judges_now : Parameter, optional
        Judges, full time, who do these hearings at present; without, what is needed stands alone.
    hearings_per_judge, judge_training_low, judge_training_high : Parameter
        Hearings a judge does in a year, and months from recruiting a judge to having one.
    paid_after : Parameter
        Days from the end of a penalty to its payment; used to compare with published payments.
    published : tuple of PublishedYear
        What was published of all this.
    """

    in_order: Share
    decided_before: Share
    notice_reading: str | None = None
    notice_share: dict[str, Share]
    notice_after: Spread
    court_share: dict[str, Share]
    ruling_share: Share
    court_uncertainty: LogSpread
    days_of_grace: Days
    days_to_appeal: Days
    days_to_ruling: Days
    days_granted: Days
    daily_penalty: Daily
    caps: tuple[PenaltyCap, ...]
    again_share: Share
    rounds: Rounds
    administrative: tuple[AdministrativeStep, ...]
    administrative_share: dict[str, Share]
    suspensions: tuple[Suspension, ...]
    refusal_share: dict[str, DatedShare]
    appeal_share: dict[str, Share]
    procedures_per_appeal: Procedures
    other_procedures: CasesAMonth
    other_hearings: CasesAMonth
    hearing_share: Share
    hearing_share_late: Share
    hearing_after: Spread
    hearings_vary: Variation
    notice_hours: Hours
    appeal_hours: Hours
    procedure_hours: Hours
    hearing_hours: Annotated[Hours, AfterValidator(above_zero)]
    cost_of_appeal: CapEur
    legal_rate: Rate
    legal_fte: Fte
    judges_now: Fte | None = None
    hearings_per_judge: JudgeLoad
    judge_training_low: TrainingMonths
    judge_training_high: TrainingMonths
    paid_after: Days
    published: tuple[PublishedYear, ...] = ()

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if not self.caps:
            raise ValueError("caps needs at least one cap")
        _adds_up(tuple(cap.share for cap in self.caps))
        if self.judge_training_high.value < self.judge_training_low.value:
            raise ValueError("judge_training_high must not lie below judge_training_low")
        unknown = sorted(set(self.court_share) - set(self.notice_share))
        if unknown:
            raise ValueError(f"court_share names streams without notice_share: {', '.join(unknown)}")
        missing = sorted(set(self.appeal_share) - set(self.refusal_share))
        if missing:
            raise ValueError(f"appeal_share names streams without refusal_share: {', '.join(missing)}")
        return self
