"""Known events: things that moved or will move inflow, and from when that was known.

What belongs here: the type and its effect's shape as regressor. What does not: the list of events
(``config/netherlands/events.toml``) and what a model does with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray


class EventShape(StrEnum):
    """How an event works on the log of counts between its first and last month."""

    PULSE = "pulse"  # a constant effect from start to end, then gone
    STEP = "step"  # an effect from start on, for good


@dataclass(frozen=True)
class Event:
    """One event.

    Parameters
    ----------
    event_id : str
        Stable key.
    label_en, label_nl : str
        Names for readers.
    series_ids : tuple of str
        Base streams it works on.
    start, end : date
        First and last month it works in (any day in them); ``end`` counts for a pulse only.
    known_from : date
        The first day on which a forecaster could have known of it. Before it, the event does not exist.
    shape : EventShape
        Shape of its effect.
    source : str
        Where it is documented.
    """

    event_id: str
    label_en: str
    label_nl: str
    series_ids: tuple[str, ...]
    start: date
    end: date
    known_from: date
    shape: EventShape
    source: str


def known_events(events: Sequence[Event], vintage: date) -> tuple[Event, ...]:
    """The events that a forecaster at ``vintage`` may use."""
    return tuple(event for event in events if event.known_from <= vintage)


def event_regressors(
    events: Sequence[Event], series_id: str, periods: NDArray[np.datetime64]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Regressors of the events that work on a series.

    Parameters
    ----------
    events : sequence of Event
        Already limited to what is known (:func:`known_events`).
    series_id : str
        The series.
    periods : ndarray of datetime64[M]
        Months of history and future, shape ``[T]``.

    Returns
    -------
    tuple of (event ids, ndarray)
        Ids of shape ``[K]`` and a 0/1 array of shape ``[T, K]``.
    """
    chosen = [event for event in events if series_id in event.series_ids]
    columns = []
    for event in chosen:
        active = periods >= np.datetime64(event.start, "M")
        if event.shape is EventShape.PULSE:
            active &= periods <= np.datetime64(event.end, "M")
        columns.append(active.astype(np.float64))
    matrix = np.column_stack(columns) if columns else np.zeros((len(periods), 0))
    return tuple(event.event_id for event in chosen), matrix
