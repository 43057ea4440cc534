"""Residents as stocks and flows, month by month on every path: the kernel of reception.

Persons are whole: opening residents + arrivals − outflow = residents, to the person, in every month of every path.

What belongs here: stocks, flows and their balance, on plain arrays. What does not: where arrivals and decisions
come from (``reception``), how long people stay (``stays``), places (``places``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indforecast.planning.stays import HousingRoom, Stays

#: Guards ``floor`` against a sum that falls short of a whole number by rounding.
_EPSILON = 1e-7


@dataclass(frozen=True)
class ReceptionPaths:
    """Residents at each month's end and flows of the month, in whole persons, shape ``[path, period]``.

    Parameters
    ----------
    opening : float
        Residents counted at the start.
    arrivals : ndarray of float
        People who came.
    applicants, status_holders, departing : ndarray of float
        Residents who wait for a decision, for a home, or have left the procedure without a permit (in appeal, in
        another procedure, about to leave). Whole persons are dealt out over the groups so
        that they add up; a single group may therefore be one person off its own flows.
    decided : ndarray of float
        Applicants in reception whose case was decided.
    housed, departed : ndarray of float
        Outflow to a home, and other outflow.
    """

    opening: float
    arrivals: NDArray[np.float64]
    applicants: NDArray[np.float64]
    status_holders: NDArray[np.float64]
    departing: NDArray[np.float64]
    decided: NDArray[np.float64]
    housed: NDArray[np.float64]
    departed: NDArray[np.float64]

    @property
    def residents(self) -> NDArray[np.float64]:
        """All residents at each month's end."""
        return self.applicants + self.status_holders + self.departing

    @property
    def imbalance(self) -> float:
        """Largest difference between opening + arrivals − outflow and residents, over paths and months."""
        came = np.cumsum(self.arrivals - self.housed - self.departed, axis=1)
        return float(np.abs(self.opening + came - self.residents).max(initial=0.0))


def reception(
    applicants: NDArray[np.float64],
    family: NDArray[np.float64],
    stays: Stays,
    *,
    residents: float,
    status_share: float | NDArray[np.float64],
    decided: NDArray[np.float64] | None = None,
    housing: HousingRoom | None = None,
    waiting: NDArray[np.float64] | None = None,
) -> ReceptionPaths:
    """Residents on every path.

    Those who leave in a month are taken from the stock at its beginning; arrivals of the month stay at least to
    its end. Decisions reach arrivals of their own month too, as in the queue.

    Parameters
    ----------
    applicants, family : ndarray of float
        People who need a place and wait for a decision, or arrive as family of a status holder; shape
        ``[path, period]``, not negative. Fractions add up over months to whole persons.
    stays : Stays
        Per period, or per path and period.
    residents : float
        Counted at the start; whole.
    status_share : float or ndarray of float
        Share of them who hold a permit, or one per path. Without ``waiting``, the others are split between waiting
        for a decision and leaving as in a steady state of the first month's figures.
    decided : ndarray of float, optional
        People in reception whose case is decided in the month, shape ``[path, period]`` or ``[period]``; in a
        month where it is NaN, and without it, one over the mean stay is decided.
    housing : HousingRoom, optional
        The most who can be housed in each half year; without it, as many as the mean stay says.
    waiting : ndarray of float, optional
        Residents at the start who wait for a decision, shape ``[path]``; at most as many as hold no permit. The
        others without a permit have left the procedure.
    """
    came, family_came = whole_persons(applicants), whole_persons(family)
    flows = _flows(came, family_came, stays, residents, status_share, decided, housing, waiting)
    return _in_whole_persons(came, family_came, flows, residents)


@dataclass(frozen=True)
class _Flows:
    """Cumulative flows before persons are made whole, ``[path, period]``, and stocks at the start, ``[path]``."""

    decided: NDArray[np.float64]
    refused: NDArray[np.float64]
    housed: NDArray[np.float64]
    departed: NDArray[np.float64]
    waiting: NDArray[np.float64]
    leaving: NDArray[np.float64]


def _flows(
    applicants: NDArray[np.float64],
    family: NDArray[np.float64],
    stays: Stays,
    residents: float,
    status_share: float | NDArray[np.float64],
    decided: NDArray[np.float64] | None,
    housing: HousingRoom | None,
    counted: NDArray[np.float64] | None,
) -> _Flows:
    paths, periods = applicants.shape
    holders = np.broadcast_to(residents * np.asarray(status_share, dtype=np.float64), (paths,))
    if counted is None:
        leaving_first = (residents - holders) * _leaving_share(stays)
    else:
        leaving_first = np.maximum(residents - holders - counted, 0.0)
    waiting_first = residents - holders - leaving_first
    waiting, leaving = waiting_first, leaving_first
    out = np.empty((4, periods, paths))
    room = np.zeros(paths)
    for t in range(periods):
        given = None if decided is None else decided[..., t]
        done = waiting / stays.to_decision[..., t]
        available = waiting + applicants[:, t]
        if given is not None:
            done = np.where(np.isnan(given), done, np.minimum(available, given))
        housed = holders / stays.to_housing[..., t]
        if housing is not None:
            room = housing.added[t] + (0.0 if housing.begins[t] else room)
            housed = np.minimum(housed, room)
            room = room - housed
        departed = leaving / stays.to_departure
        granted = stays.grant_share[..., t] * done
        waiting = available - done
        holders = holders + family[:, t] + granted - housed
        leaving = leaving + (done - granted) - departed
        out[:, t] = done, done - granted, housed, departed
    decided_by, refused_by, housed_by, departed_by = np.cumsum(out, axis=1).transpose(0, 2, 1)
    return _Flows(decided_by, refused_by, housed_by, departed_by, waiting_first, leaving_first)


def _leaving_share(stays: Stays) -> NDArray[np.float64]:
    """Share of those without a permit who wait to leave, in a steady state of the first month's figures."""
    refused = (1 - stays.grant_share[..., 0]) * stays.to_departure
    share: NDArray[np.float64] = refused / (stays.to_decision[..., 0] + refused)
    return share


def _in_whole_persons(
    applicants: NDArray[np.float64], family: NDArray[np.float64], flows: _Flows, residents: float
) -> ReceptionPaths:
    """Whole persons: all who left first, because the sum of two rounded flows could rise by more than came."""
    arrivals = applicants + family
    left = np.floor(flows.housed + flows.departed + _EPSILON)
    total = residents + np.cumsum(arrivals, axis=1) - left
    housed = np.maximum.accumulate(left - np.floor(flows.departed + _EPSILON), axis=1)
    leaving = flows.leaving[:, None] + flows.refused - flows.departed
    waiting = flows.waiting[:, None] + np.cumsum(applicants, axis=1) - flows.decided
    departing = np.maximum(np.floor(leaving + _EPSILON), 0.0)
    without_permit = np.minimum(np.maximum(np.floor(leaving + waiting + _EPSILON), departing), total)
    return ReceptionPaths(
        opening=residents,
        arrivals=arrivals,
        applicants=without_permit - departing,
        status_holders=total - without_permit,
        departing=departing,
        decided=_per_month(np.floor(flows.decided + _EPSILON)),
        housed=_per_month(housed),
        departed=_per_month(left - housed),
    )


def _per_month(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.diff(cumulative, axis=1, prepend=0.0)


def whole_persons(people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole persons per month whose sums never differ from the given ones by a person or more.

    Parameters
    ----------
    people : ndarray of float
        Shape ``[path, period]``, not negative.
    """
    return _per_month(np.floor(np.cumsum(people, axis=1) + _EPSILON))
