"""What must hold of every plan, looked at on the plan itself: balances, cents, more inflow is never less work.

What belongs here: the proofs and their outcome as a table. What does not: stopping a release over one
(``pipelines.checks``, ``assets``), the plan (``composed``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.planning.composed import plan_paths
from indforecast.planning.levers import Lever
from indforecast.planning.measures import ALL, MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indforecast.planning.composed import PlanPaths
    from indforecast.planning.residents import ReceptionPaths
    from indforecast.planning.tables import PathValues

PROOF_COLUMNS: Final = ("proof", "holds", "largest_error", "unit", "looked_at", "text_en", "text_nl")

#: Measures that may never fall when more people come. Not decisions: more cases of a fast track leave fewer hours
#: for others. Not penalties: in single months they do fall on some paths, see docs/methods/planning-late.md.
NEVER_LESS: Final = (
    "handling_hours", "staffing_fte", "staffing_fte_backlog", "open_cases", "open_past_term",
    "budget_eur", "budget_with_backlog_eur", "residents", "beds", "reception_cost_eur",
)  # fmt: skip

_MORE_PERCENT: Final = 10.0
#: Hours are products of whole cases and fractions of hours: exact to this many.
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class Proof:
    """One thing that must hold.

    Parameters
    ----------
    proof : str
        Its key.
    largest_error : float
        In ``unit``; 0 when it holds to the last case or cent.
    unit : str
        Unit of the error.
    looked_at : int
        How many figures were looked at.
    text_en, text_nl : str
        What holds.
    tolerance : float
        The largest error with which it still holds.
    """

    proof: str
    largest_error: float
    unit: str
    looked_at: int
    text_en: str
    text_nl: str
    tolerance: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return bool(self.largest_error <= self.tolerance)


def prove(paths: PlanPaths) -> tuple[Proof, ...]:
    """Every proof of a plan.

    Parameters
    ----------
    paths : PlanPaths
        The plan; a second one is made with 10 % more inflow.
    """
    return (
        _balance(paths),
        residents_balance(paths.residents),
        _streams_add_up(paths),
        _whole_cents(paths),
        _never_less(paths),
    )


def proof_table(proofs: Sequence[Proof]) -> pd.DataFrame:
    """Proofs as rows of ``PROOF_COLUMNS``."""
    rows = [{name: getattr(proof, name) for name in PROOF_COLUMNS} for proof in proofs]
    return pd.DataFrame(rows, columns=list(PROOF_COLUMNS))


def _balance(paths: PlanPaths) -> Proof:
    looked_at = sum(stream.queue.open_cases.size for stream in paths.streams)
    return Proof(
        "cases_balance",
        float(paths.imbalance_cases),
        "cases",
        looked_at,
        "Opening stock + inflow − decisions = open cases, in every month of every path",
        "Beginvoorraad + instroom − beslissingen = openstaande zaken, in elke maand van elk pad",
    )


def residents_balance(paths: ReceptionPaths) -> Proof:
    """Residents counted + arrivals − who left = residents."""
    return Proof(
        "residents_balance",
        paths.imbalance,
        "residents",
        paths.residents.size,
        "Residents counted + arrivals − who left = residents, in every month of every path",
        "Getelde bewoners + aankomsten − vertrek = bewoners, in elke maand van elk pad",
    )


def _streams_add_up(paths: PlanPaths) -> Proof:
    """Totals over streams are their sums; for money in whole cents."""
    worst, looked_at = 0.0, 0
    by_measure: dict[str, dict[str, PathValues]] = {}
    for item in paths.measured:
        by_measure.setdefault(item.measure, {})[item.series_id] = item
    fixed = by_measure.get("budget_fixed_eur", {}).get(ALL)
    for measure, rows in by_measure.items():
        if ALL not in rows or len(rows) == 1 or rows[ALL].denominators is not None:
            continue
        parts: list[PathValues] = [item for name, item in rows.items() if name != ALL]
        total = np.sum([item.by_month() for item in parts], axis=0)
        if measure in ("budget_eur", "budget_decided_eur") and fixed is not None:
            total = total + fixed.by_month()
        # Euro are whole cents divided by 100: compared as cents, so that a sum of quotients adds no error of its
        # own.
        scale = 100 if MEASURES[measure].unit == "EUR" else 1
        error = np.abs(total - rows[ALL].by_month()) * scale
        worst = max(worst, float(np.rint(error).max()) if scale > 1 else float(np.round(error, 6).max()))
        looked_at += total.size
    return Proof(
        "streams_add_up",
        worst,
        "cents or cases",
        looked_at,
        "Streams add up to the total on every path, money to the cent",
        "Stromen tellen op tot het totaal op elk pad, geld tot op de cent",
    )


def _whole_cents(paths: PlanPaths) -> Proof:
    money = [item for item in paths.measured if MEASURES[item.measure].unit == "EUR"]
    fractions = (float(np.abs(item.by_month() * 100 - np.rint(item.by_month() * 100)).max()) for item in money)
    worst = max(fractions, default=0.0)
    return Proof(
        "whole_cents",
        worst if worst > 1e-4 else 0.0,  # 64-bit euro hold a cent of 10 bn to 1e-6
        "cents",
        sum(item.by_month().size for item in money),
        "Every amount is a whole number of cents",
        "Elk bedrag is een geheel aantal centen",
    )


def _never_less(paths: PlanPaths) -> Proof:
    case = paths.case
    more = plan_paths(case, [Lever("inflow", name, "percent", _MORE_PERCENT) for name in case.inflow])
    base = {(item.measure, item.series_id): item for item in paths.measured}
    worst, looked_at = 0.0, 0
    for item in more.measured:
        if item.measure in NEVER_LESS:
            before = base[item.measure, item.series_id].by_month()
            worst = max(worst, float((before - item.by_month()).max()))
            looked_at += before.size
    return Proof(
        "more_inflow_never_less",
        max(worst, 0.0),
        "hours, FTE, cases, EUR or residents",
        looked_at,
        f"With {_MORE_PERCENT:g} % more inflow no hours, staff, cases, money or beds are fewer, on any path",
        f"Met {_MORE_PERCENT:g} % meer instroom zijn nergens minder uren, mensen, zaken, geld of bedden nodig",
        _TOLERANCE,
    )
