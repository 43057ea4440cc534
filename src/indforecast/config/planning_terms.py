"""Tracks of a stream and the legal terms by month of application.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_terms.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from indforecast.config.kinds import Cases, DatedShare, Kind, WholeMonths, above_zero, is_month
from indforecast.config.parameter import Frozen, Parameter
from indforecast.config.wording import unknown


def _dated(values: dict[str, Parameter]) -> dict[str, Parameter]:
    if not values:
        raise ValueError('needs at least one month, for example "2026-06" = { value = ... }')
    for key in values:
        if not is_month(key):
            raise ValueError(f"'{key}' is not a month; write YYYY-MM")
    return values


_RATIO = Kind("of the stream's hours", 0.001, 20)
_RUN_ON = Kind("months", 0, 120)

HoursRatio = Annotated[Parameter, _RATIO, AfterValidator(_RATIO.check)]
RunOn = Annotated[WholeMonths, _RUN_ON, AfterValidator(_RUN_ON.check)]
#: Months to decide in, by month of application: the last one dated at or before it, else the first.
DatedTerm = Annotated[dict[str, Annotated[WholeMonths, AfterValidator(above_zero)]], AfterValidator(_dated)]
#: Months added to a term, by month of application: none before the first date.
DatedExtension = Annotated[dict[str, WholeMonths], AfterValidator(_dated)]
#: Open cases counted at a month's end.
CountedCases = Annotated[dict[str, Cases], AfterValidator(_dated)]


class TrackPlanning(Frozen):
    """One track of a stream: cases that are decided alike and before, or after, those of other tracks.

    Parameters
    ----------
    share : mapping of month to Parameter, optional
        Share of the stream's applications from that month on. One track of a stream has none: it gets the rest.
    hours_ratio : Parameter
        Hours per case as a ratio of the stream's ``handling_hours``.
    ready_after : Parameter
        Months after application before which a case cannot be decided.
    term : mapping of month to Parameter, optional
        Months within which a case of that month of application has to be decided; without it, the stream's term
        with its extension.
    open_cases : mapping of month to Parameter, optional
        Open cases of this track at the end of a month; the track without a share has the rest of the stream's.
    """

    share: DatedShare | None = None
    hours_ratio: HoursRatio
    ready_after: WholeMonths
    term: DatedTerm | None = None
    open_cases: CountedCases | None = None


class TrackedStream(Frozen):
    """What a stream may say of its tracks and of the law's reading; without it, one track and one term.

    Parameters
    ----------
    tracks : mapping of name to TrackPlanning
        Tracks with their figures.
    track_order : tuple of str
        Tracks in use, in order of priority; empty for one track with the stream's own figures.
    track_discipline : {"priority", "fifo"}
        ``priority``: staff take the tracks in order, every month anew. ``fifo``: the case first ready, of any
        track.
    ready_after : Parameter, optional
        Of a stream without tracks: months after application before which a case cannot be decided.
    reading : str, optional
        Which of ``extensions`` is in force.
    extensions : mapping of name to mapping of month to Parameter
        Readings of the law: months added to the stream's term, by month of application.
    """

    tracks: dict[str, TrackPlanning] = Field(default_factory=dict)
    track_order: tuple[str, ...] = ()
    track_discipline: Literal["priority", "fifo"] = "priority"
    ready_after: WholeMonths | None = None
    reading: str | None = None
    extensions: dict[str, DatedExtension] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _tracks_hold_all_cases(self) -> Self:
        for name in self.track_order:
            if name not in self.tracks:
                raise ValueError(f"track_order: {unknown(name, list(self.tracks), 'track')}")
        if len(set(self.track_order)) != len(self.track_order):
            raise ValueError(f"track_order names a track twice: {', '.join(self.track_order)}")
        if not self.track_order:
            return self
        shares = [share for name in self.track_order if (share := self.tracks[name].share) is not None]
        if len(shares) != len(self.track_order) - 1:
            raise ValueError("exactly one track of track_order must have no share: it gets the rest")
        for month in sorted({month for share in shares for month in share}):
            held = sum(share[max((m for m in share if m <= month), default=min(share))].value for share in shares)
            if held > 1 + 1e-9:
                raise ValueError(f"tracks: shares in {month} add up to {held:g}, more than 1")
        return self

    @model_validator(mode="after")
    def _reading_is_one_of_the_extensions(self) -> Self:
        if self.reading is not None and self.reading not in self.extensions:
            raise ValueError(unknown(self.reading, list(self.extensions), "reading"))
        return self


class TermsPlanning(Frozen):
    """How far the queue is run for waiting times.

    Parameters
    ----------
    run_on_months : Parameter
        Months after the horizon that the queue runs on, so that the waits of late applicants are seen.
    """

    run_on_months: RunOn
