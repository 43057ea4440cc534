"""Events of the panel engine: months whose counts say nothing about later ones, and from when that was known.

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
    """What events hide, and from when.

    Parameters
    ----------
    known : ndarray of int
        Column of each event's ``known_from``; rising, shape ``[event]``.
    hidden : ndarray of bool
        Shape ``[event, series, month]``.
    """

    known: NDArray[np.int64]
    hidden: NDArray[np.bool_]

    @property
    def ever_known_in_time(self) -> NDArray[np.bool_]:
        """Months that were hidden already when they came, ``[series, month]``: no forecast is judged on them."""
        columns = np.arange(self.hidden.shape[2])
        in_time = columns >= self.known[:, np.newaxis, np.newaxis]
        answer: NDArray[np.bool_] = np.logical_or.reduce(self.hidden & in_time, axis=0)
        return answer

    def states(self) -> Iterator[tuple[int, int, NDArray[np.bool_]]]:
        """Spans of origins in which one set of events is known: first column, column after the last, mask."""
        months = self.hidden.shape[2]
        changes = sorted({int(column) for column in self.known if 0 < column < months})
        for begins, ends in zip([0, *changes], [*changes, months], strict=True):
            yield begins, ends, np.logical_or.reduce(self.hidden[self.known <= begins], axis=0)


def read_events(events: Any, arrays: PanelArrays) -> MaskedMonths:
    """Events as masks on the panel's calendar.

    Parameters
    ----------
    events : DataFrame, sequence of Event, or None
        A frame has ``start``, ``end`` and ``known_from`` (months or days) and optionally ``series_id``, empty for
        every series. Of events of the register only pulses count: a step does not go away; and those of series
        that the panel has not are left out.
    arrays : PanelArrays
        The panel.

    Raises
    ------
    InputError
        If a column is missing, a month cannot be read, an event ends before it starts, or a frame names a series
        that is not in the panel.
    """
    shape = arrays.counts.shape
    rows = _rows(events)
    columns = np.arange(shape[1]) + arrays.first_month
    keys = {str(key): place for place, key in enumerate(arrays.series_ids)}
    known, hidden = [], []
    for series_id, start, end, known_from in rows:
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
    order = np.argsort(known, kind="stable")
    return MaskedMonths(
        np.array(known, dtype=np.int64)[order],
        np.array(hidden, dtype=bool).reshape(len(hidden), *shape)[order],
    )


def _rows(events: Any) -> list[tuple[str | None, int, int, int]]:
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
        return [(name, int(a), int(b), int(c)) for name, a, b, c in zip(names, *columns, strict=True)]
    if isinstance(events, Event) or not isinstance(events, Iterable):
        raise InputError(f"events is a {type(events).__name__}.", hint="Hand in a DataFrame or a list of events.")
    rows: list[tuple[str | None, int, int, int]] = []
    for event in events:
        if not isinstance(event, Event):
            raise InputError(
                "events is neither a DataFrame nor a list of events.", hint="See the help of backtest."
            )
        if event.shape is EventShape.PULSE:
            start, end, known = (_month(day) for day in (event.start, event.end, event.known_from))
            rows += [(series_id, start, end, known) for series_id in event.series_ids]
    return rows


def _month(day: date) -> int:
    return (day.year - 1970) * 12 + day.month - 1
