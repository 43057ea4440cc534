"""Streams, how they add up, and indicators beside them.

What belongs here: what a stream is and the hierarchy's arithmetic. What does not: which streams there are,
which is configuration (``config/netherlands/streams.toml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Stream:
    """One stream of applications or arrivals.

    Parameters
    ----------
    series_id : str
        Key of its national series; a nationality below it is ``<series_id>.<ISO 3166 alpha-3>``.
    label_en, label_nl : str
        Names for readers.
    parts : tuple of str
        Empty for a base stream; for a total the series that it is the exact sum of.
    workload : bool
        Whether an application in it is work for the service (decided, in term, paid for).
    reception : bool
        Whether the people in it may need a reception place.
    """

    series_id: str
    label_en: str
    label_nl: str
    parts: tuple[str, ...] = ()
    workload: bool = True
    reception: bool = False


@dataclass(frozen=True)
class Indicator:
    """A series that is kept beside the streams: known and checked, never forecast, in no total.

    Parameters
    ----------
    series_id : str
        Its key; a nationality below it is ``<series_id>.<ISO 3166 alpha-3>``.
    label_en, label_nl : str
        Names for readers.
    """

    series_id: str
    label_en: str
    label_nl: str


@dataclass(frozen=True)
class Hierarchy:
    """The streams in publication order, totals after or before their parts.

    Raises
    ------
    ValueError
        If a key is double, or a total's part is unknown or itself a total.
    """

    streams: tuple[Stream, ...]

    def __post_init__(self) -> None:
        ids = [stream.series_id for stream in self.streams]
        if len(set(ids)) != len(ids):
            raise ValueError(f"a series_id stands twice in the hierarchy: {ids}")
        base = set(self.base_ids)
        for stream in self.streams:
            unknown = set(stream.parts) - base
            if unknown:
                raise ValueError(f"{stream.series_id} adds up unknown base streams: {sorted(unknown)}")

    @property
    def series_ids(self) -> tuple[str, ...]:
        """All keys, in publication order."""
        return tuple(stream.series_id for stream in self.streams)

    @property
    def base_ids(self) -> tuple[str, ...]:
        """Keys of the streams that are observed and forecast themselves."""
        return tuple(stream.series_id for stream in self.streams if not stream.parts)

    def stream(self, series_id: str) -> Stream:
        """Look a stream up by key; KeyError if absent."""
        for stream in self.streams:
            if stream.series_id == series_id:
                return stream
        raise KeyError(series_id)

    def aggregate(self, base: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
        """All streams from base streams: totals are exact sums of their parts, element by element.

        Parameters
        ----------
        base : mapping of str to ndarray
            One array per base stream, all of one shape.
        """
        return {
            stream.series_id: np.sum([base[part] for part in stream.parts], axis=0)
            if stream.parts
            else base[stream.series_id]
            for stream in self.streams
        }
