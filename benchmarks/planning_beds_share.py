"""Share of first applications in reception, with the months to departure that follow from it, against counts.

What belongs here: the pairs and how far replays are off with each. What does not: the replays
(``benchmarks.planning_beds``).

Run with ``python -m benchmarks.planning_beds_share``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from benchmarks.planning_beds import replayed
from indforecast.config import load_settings
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

SHARES: Final = (0.90, 0.95, 1.00)

#: Counted starts and ends whose errors are summed up, and the one that shows the outflow of 2024.
_REPLAYS: Final = (
    ("2022-01", "2022-11"),
    ("2022-05", "2022-11"),
    ("2022-11", "2023-09"),
    ("2022-01", "2023-09"),
    ("2022-01", "2023-11"),
)
_OUTFLOW: Final = ("2023-11", "2024-12")

#: December 2024: residents without a permit, open first cases, repeat cases in reception
#: (docs/methods/planning-beds.md), and others who left in the year (kst 2025D08674).
_WITHOUT_PERMIT, _FIRST, _REPEAT, _LEFT = 53_290, 45_650, 605, 14_060


def report() -> Iterator[str]:
    """Lines of Markdown."""
    settings = load_settings()
    figures = settings.planning.reception
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    newest = triangle.as_of(triangle.vintages[-1]).panel(list(figures.needs_reception))
    yield "| share | months to departure | replays, root mean square | others who left in 2024 (14,060) |"
    yield "| --- | --- | --- | --- |"
    for share in SHARES:
        months = 12 * (_WITHOUT_PERMIT - share * _FIRST - _REPEAT) / _LEFT
        first = figures.needs_reception["asylum_first"].model_copy(update={"value": share})
        stay = figures.months_to_departure.model_copy(update={"value": float(round(months))})
        tried = figures.model_copy(
            update={
                "needs_reception": {**figures.needs_reception, "asylum_first": first},
                "months_to_departure": stay,
            }
        )
        errors = [
            replayed(newest, tried, settings, start, end, coupled=True).residents[0, -1]
            / figures.residents[end].value
            - 1
            for start, end in _REPLAYS
        ]
        left = replayed(newest, tried, settings, *_OUTFLOW, coupled=True).departed[0, -12:].sum()
        off = np.sqrt(np.mean(np.square(errors)))
        yield f"| {share:.2f} | {months:.1f}, taken as {round(months)} | {off:.1%} | {left:,.0f} |"


if __name__ == "__main__":
    for line in report():
        print(line)
