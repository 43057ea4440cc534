"""What was known of the nationalities below the streams at each origin.

What belongs here: the parts of a stream (its nationalities and one remainder for all others) on the calendars of
the streams. What does not: forecasting them and making them add up (``forecasting.nationalities``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.observations import Basis, Panel
from indforecast.evaluation.origins import Origins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import History

#: Name below a stream of everybody who has none of its known nationalities.
OTHER: Final = "other"


@dataclass(frozen=True)
class Parts:
    """The parts of some streams at every origin.

    Parameters
    ----------
    streams : tuple of str
        Stream of each part, shape ``[N]``; parts of one stream stand together, the remainder last.
    origins : Origins
        What was known of the parts, shape ``[O]`` and ``[N]``; on the calendars of the streams' origins.
    """

    streams: tuple[str, ...]
    origins: Origins

    @property
    def series_ids(self) -> tuple[str, ...]:
        """``<stream>.<ISO 3166 alpha-3>`` and ``<stream>.other``, shape ``[N]``."""
        return self.origins.series_ids

    def rows(self, stream: str) -> NDArray[np.intp]:
        """Where the parts of a stream stand."""
        return np.flatnonzero(np.array(self.streams) == stream)


def known_parts(histories: Sequence[History], origins: Origins) -> Parts | None:
    """Nationalities below the streams and the remainder of each stream, as known at each origin.

    A nationality counts when the newest vintage knows enough months of it
    (``origins.minimum_history_months``) and the last of them is not older than a year; all others are part of the
    remainder, which is the stream less its nationalities in months in which all of them are known. Publishers
    round nationalities: where they exceed the stream the remainder is nought.

    Parameters
    ----------
    histories : sequence of History
        Answers of ``as_of`` that the origins were prepared from.
    origins : Origins
        Base streams at each origin.

    Returns
    -------
    Parts or None
        None where no stream has a nationality.
    """
    found = {history.vintage: history for history in histories}
    ordered = [found[panel.vintage] for panel in origins.panels]
    streams, names = [], []
    for stream in origins.series_ids:
        below = _nationalities(ordered[-1], stream, origins.newest, origins.minimum_history_months)
        if below:
            names += [*below, f"{stream}.{OTHER}"]
            streams += [stream] * (len(below) + 1)
    if not names:
        return None
    tables = [
        _parts_at(history, panel, bases, streams, names)
        for history, panel, bases in zip(ordered, origins.panels, origins.bases, strict=True)
    ]
    return Parts(
        streams=tuple(streams),
        origins=Origins(
            panels=tuple(panel for panel, _ in tables),
            bases=tuple(bases for _, bases in tables),
            minimum_history_months=origins.minimum_history_months,
        ),
    )


def part_events(events: Sequence[Event], parts: Parts) -> tuple[Event, ...]:
    """The register with the parts of each stream beside it: what works on a stream works on its nationalities."""
    return tuple(
        replace(
            event,
            series_ids=(
                *event.series_ids,
                *(
                    name
                    for stream, name in zip(parts.streams, parts.series_ids, strict=True)
                    if stream in event.series_ids
                ),
            ),
        )
        for event in events
    )


def _nationalities(history: History, stream: str, panel: Panel, least: int) -> list[str]:
    rows = history.observations
    rows = rows[rows["series_id"].str.startswith(f"{stream}.")]
    rows = rows[rows["period"] <= pd.Timestamp(panel.forecast_origin)]
    recent = pd.Timestamp(panel.forecast_origin - 12)
    months = rows.groupby("series_id", observed=True)["period"].agg(["size", "max"])
    return sorted(str(name) for name in months.index[(months["size"] >= least) & (months["max"] > recent)])


def _parts_at(
    history: History, panel: Panel, bases: NDArray[np.str_], streams: Sequence[str], names: Sequence[str]
) -> tuple[Panel, NDArray[np.str_]]:
    """Parts on the calendar of the streams' panel, with the basis of every figure."""
    rows = history.observations
    rows = rows[rows["series_id"].isin(names)]
    calendar = pd.DatetimeIndex(panel.periods.astype("datetime64[ns]"))

    def wide(column: str) -> pd.DataFrame:
        table: pd.DataFrame = rows.pivot(index="series_id", columns="period", values=column)  # noqa: PD010 - keys are unique
        return table.reindex(index=list(names), columns=calendar)

    observed = wide("observed").to_numpy(dtype=np.float64)
    kinds = wide("basis").fillna("").to_numpy(dtype="<U16")
    owner = np.array(streams)
    for stream in dict.fromkeys(streams):
        below = np.flatnonzero(owner == stream)
        national = panel.series_ids.index(stream)
        rest = panel.observed[national] - observed[below[:-1]].sum(axis=0)
        observed[below[-1]] = np.maximum(rest, 0.0)
        # As hard as its softest part; a difference of published figures is derived.
        soft = np.where(bases[national] == Basis.PUBLISHED.value, Basis.DERIVED.value, bases[national])
        kinds[below[-1]] = np.where(np.isnan(rest), "", soft)
    return Panel(panel.vintage, tuple(names), panel.periods, observed), kinds.astype(np.str_)
