"""Events of the panel engine: months whose counts say little or nothing about later ones, and from when on.

What belongs here: reading events, and the states of knowledge that they make. What does not: what a forecast does
with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError
from indforecast.domain.events import Event, EventShape
from indforecast.forecasting.panel_frame import months_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from indforecast.forecasting.panel_frame import PanelArrays


@dataclass(frozen=True)
class MaskedMonths:
    """What events hide or damp, and from when.

    Parameters
    ----------
    known : ndarray of int
        Column of each event's ``known_from``; rising, shape ``[event]``.
    hidden : ndarray of bool
        Months of each event, shape ``[event, series, month]``.
    damping : ndarray
        What share of what its months teach is left out: 1 hides them. Shape ``[event]``.
    """

    known: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    damping: NDArray[np.float64]

    @property
    def trust_in_time(self) -> NDArray[np.float64]:
        """Share of each month that was left when it came, ``[series, month]``; by it a forecast is judged."""
        columns = np.arange(self.hidden.shape[2])
        return self._trust(self.hidden & (columns >= self.known[:, np.newaxis, np.newaxis]))

    def at(self, places: NDArray[np.int64]) -> MaskedMonths:
        """The same for some of the series."""
        return MaskedMonths(self.known, self.hidden[:, places], self.damping)

    def states(self) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """Spans of origins in which one set of events is known: first column, column after the last, trust."""
        months = self.hidden.shape[2]
        changes = sorted({int(column) for column in self.known if 0 < column < months})
        for begins, ends in zip([0, *changes], [*changes, months], strict=True):
            yield begins, ends, self._trust(self.hidden & (self.known <= begins)[:, np.newaxis, np.newaxis])

    def _trust(self, hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Of several events of one month the one that leaves least counts."""
        trust = np.ones(hidden.shape[1:])
        for mask, damping in zip(hidden, self.damping, strict=True):
            np.minimum(trust, 1.0 - damping, out=trust, where=mask)
        return trust


def read_events(events: Any, arrays: PanelArrays) -> MaskedMonths:
    """Events as masks on the panel's calendar.

    Parameters
    ----------
    events : DataFrame, sequence of Event, or None
        A frame has ``start``, ``end`` and ``known_from`` (months or days), and optionally ``series_id``, empty for
        every series, and ``damping``, above 0 to 1, empty for 1. Of events of the register only pulses count (a
        step does not go away), all with damping 1; those of series that the panel has not are left out.
    arrays : PanelArrays
        The panel.

    Raises
    ------
    InputError
        If a column is missing, a month cannot be read, an event ends before it starts, a damping is none, or a
        frame names a series that is not in the panel.
    """
    shape = arrays.counts.shape
    rows = _rows(events)
    columns = np.arange(shape[1]) + arrays.first_month
    keys = {str(key): place for place, key in enumerate(arrays.series_ids)}
    known, hidden, dampings = [], [], []
    for series_id, start, end, known_from, damping in rows:
        if end < start:
            raise InputError("An event ends before it starts.", hint="Check start and end.")
        mask = np.zeros(shape, dtype=bool)
        inside = (columns >= start) & (columns <= end)
        if series_id is None:
            mask[:] = inside
        elif series_id in keys:
            mask[keys[series_id]] = inside
        elif isinstance(events, pd.DataFrame):
            raise InputError(
                f"An event names a series that the panel has not: {series_id}.",
                hint="Leave series_id empty for an event of every series.",
            )
        known.append(max(known_from - arrays.first_month, 0))
        hidden.append(mask)
        dampings.append(damping)
    order = np.argsort(known, kind="stable")
    return MaskedMonths(
        np.array(known, dtype=np.int64)[order],
        np.array(hidden, dtype=bool).reshape(len(hidden), *shape)[order],
        np.array(dampings, dtype=np.float64)[order],
    )


def _rows(events: Any) -> list[tuple[str | None, int, int, int, float]]:
    """Series (none for all), start, end, known_from as months, and damping."""
    if events is None:
        return []
    if isinstance(events, pd.DataFrame):
        missing = [name for name in ("start", "end", "known_from") if name not in events.columns]
        if missing:
            raise InputError(
                f"events has no column {', '.join(missing)}.", hint="It needs start, end and known_from."
            )
        if events.empty:
            return []
        columns = [months_of(events[name], f"{name} of an event")[0] for name in ("start", "end", "known_from")]
        ids = events["series_id"] if "series_id" in events.columns else pd.Series([None] * len(events))
        names = [None if pd.isna(key) else str(key) for key in ids]
        return [
            (name, int(a), int(b), int(c), damping)
            for name, a, b, c, damping in zip(names, *columns, _dampings(events), strict=True)
        ]
    if isinstance(events, Event) or not isinstance(events, Iterable):
        raise InputError(f"events is a {type(events).__name__}.", hint="Hand in a DataFrame or a list of events.")
    rows: list[tuple[str | None, int, int, int, float]] = []
    for event in events:
        if not isinstance(event, Event):
            raise InputError(
                "events is neither a DataFrame nor a list of events.", hint="See the help of backtest."
            )
        if event.shape is EventShape.PULSE:
            start, end, known = (_month(day) for day in (event.start, event.end, event.known_from))
            rows += [(series_id, start, end, known, 1.0) for series_id in event.series_ids]
    return rows


def _dampings(events: pd.DataFrame) -> list[float]:
    if "damping" not in events.columns:
        return [1.0] * len(events)
    found = []
    for value in events["damping"]:
        try:
            damping = 1.0 if pd.isna(value) else float(value)
        except (TypeError, ValueError):
            damping = float("nan")
        if not 0 < damping <= 1:
            raise InputError(
                f"The damping of an event is {value!r}.",
                hint="Say what share of its months is left out: above 0, and 1 for all of it.",
            )
        found.append(damping)
    return found


def _month(day: date) -> int:
    return (day.year - 1970) * 12 + day.month - 1
