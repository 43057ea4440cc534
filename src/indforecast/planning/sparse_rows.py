"""Rows of a linear programme, gathered one by one, in the form that HiGHS takes.

What belongs here: the gathering. What does not: what rows mean (``hiring_model``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class SparseRows:
    """Rows of a sparse matrix, gathered one by one."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.starts)

    def add(self, columns: Iterable[Any], values: Iterable[float], low: float, high: float) -> None:
        """A row: its columns with their values, and the least and largest it may be."""
        self.starts.append(len(self.columns))
        self.columns.extend(int(column) for column in columns)
        self.values.extend(float(value) for value in values)
        self.low.append(float(low))
        self.high.append(float(high))

    def matrix(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        """Where each row begins, columns and values; the end of the last row is not among the beginnings."""
        return np.array(self.starts, dtype=np.int32), np.array(self.columns, dtype=np.int32), np.array(self.values)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Least and largest value of each row."""
        return np.array(self.low), np.array(self.high)
