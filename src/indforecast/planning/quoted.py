"""Published figures beside the model's own: quoted, never computed with.

What belongs here: the table of facts and the budget law's rows. What does not: the figures (``config``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from indforecast.planning.measures import ALL

if TYPE_CHECKING:
    from indforecast.config.planning import PlanningSettings

FACT_COLUMNS = ("measure", "series_id", "when", "value", "unit", "text_en", "text_nl", "source", "topic")


def quoted_facts(settings: PlanningSettings) -> pd.DataFrame:
    """Published figures with their source, columns ``FACT_COLUMNS``.

    The budget law's rows come first, one per year; then the facts of ``planning_facts.toml``.
    """
    budget = settings.budget
    law = [
        {
            "measure": "budget_eur",
            "series_id": ALL,
            "when": year,
            "value": round(product.value + budget.law_input[year].value, 2),
            "unit": "EUR",
            "text_en": f"Budget law {year}: products EUR {product.value / 1e6:.1f} m, input EUR "
            f"{budget.law_input[year].value / 1e6:.1f} m",
            "text_nl": f"Begroting {year}: producten € {_dutch(product.value)} mln., input € "
            f"{_dutch(budget.law_input[year].value)} mln.",
            "source": product.source or product.assumption,
            "topic": "ind_budget",
        }
        for year, product in budget.law_product.items()
    ]
    return pd.DataFrame([*law, *(fact.model_dump() for fact in settings.facts)], columns=list(FACT_COLUMNS))


def _dutch(eur: float) -> str:
    return f"{eur / 1e6:.1f}".replace(".", ",")
