"""The budget as a letter has it: the tables and sentences of ``plan budget``, in two languages.

What belongs here: plain text from tables. What does not: the figures (``planning.certainty``,
``planning.funding_tables``), the report's own section on the budget (``budget_views``).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from indforecast.planning.measures import ALL
from indforecast.publication.language import Language
from indforecast.publication.text_table import columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from indforecast.config.planning import PlanningSettings
    from indforecast.planning.certainty import Together


@cache
def _texts() -> Mapping[str, Any]:
    content = (resources.files("indforecast.publication") / "budget_letter.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def words(language: Language, key: str, **values: object) -> str:
    """A text of ``budget_letter.toml`` by its dotted key, with its placeholders filled in."""
    section, name = key.split(".")
    return str(_texts()[section][name][language.code]).format(**values)


def law_edition(settings: PlanningSettings, year: int) -> str:
    """Which budget law an amount stands in, such as ``OWB 2026``; the whole source when it names none."""
    known = settings.budget.law_product
    amount = known.get(str(year)) or known[settings.budget.calibration_year]
    rests_on = amount.source or amount.assumption or ""
    found = re.search(r"OWB \d{4}", rests_on)
    return found[0] if found else rests_on


def scenario_table(language: Language, table: pd.DataFrame, year: int, certainty: float) -> str:
    """Need of every scenario at each level of certainty, and its difference from the first at one level.

    Parameters
    ----------
    language : Language
        Of the text.
    table : DataFrame
        ``planning.certainty.CERTAINTY_COLUMNS`` of several scenarios.
    year : int
        Calendar year.
    certainty : float
        The level at which differences are shown; must be in the table.
    """
    chosen = (table["year"] == year) & (table["series_id"] == ALL) & (table["measure"] == "budget_eur")
    need = {
        (str(row["scenario"]), float(row["certainty"])): float(row["need_eur"])
        for row in table[chosen].to_dict("records")
    }
    names = list(dict.fromkeys(name for name, _ in need))
    levels = sorted({level for _, level in need})
    rows = [
        [
            name,
            *(language.quantity(need[name, level], "EUR") for level in levels),
            language.quantity(need[name, certainty] - need[names[0], certainty], "EUR", signed=True),
        ]
        for name in names
    ]
    last = words(language, "budget.column_difference", certainty=language.percent(certainty))
    head = [words(language, "budget.column_scenario"), *(language.percent(level) for level in levels), last]
    return columns(head, rows)


@dataclass(frozen=True)
class Letter:
    """What the budget of a year is written from.

    Parameters
    ----------
    language : Language
        Of the text.
    release_id : str
        The release.
    vintage : date
        Its data cut-off.
    year : int
        Calendar year.
    certainty : float
        The level of certainty that sentences speak of; must be in the table.
    table : DataFrame
        ``planning.certainty.CERTAINTY_COLUMNS`` of one scenario.
    quantities : DataFrame
        ``planning.certainty.PRICE_QUANTITY_COLUMNS`` of one scenario.
    suffices : mapping of measure to float
        Share of the paths on which the law's amount suffices; empty when the law does not know the year.
    labels : mapping of series_id to str
        Names of the streams.
    settings : PlanningSettings
        Figures that the notes quote.
    together : Together, optional
        What the years from this one on need together.
    simulated : frozenset of str
        Streams whose history is mainly simulated; they get a mark.
    """

    language: Language
    release_id: str
    vintage: date
    year: int
    certainty: float
    table: pd.DataFrame
    quantities: pd.DataFrame
    suffices: Mapping[str, float]
    labels: Mapping[str, str]
    settings: PlanningSettings
    together: Together | None = None
    simulated: frozenset[str] = frozenset()

    def text(self, *, change: str = "", scenarios: str = "") -> str:
        """The whole letter; ``change`` says what changed since an earlier release, ``scenarios`` is a table."""
        parts = [
            words(self.language, "budget.title", year=self.year),
            words(
                self.language,
                "budget.release",
                release_id=self.release_id,
                vintage=self.language.day(self.vintage),
            ),
            "",
            self.products(),
            "",
            words(self.language, "budget.certainty_title"),
            "",
            self.certainties(),
            "",
            *self.reading(),
            *((change,) if change else ()),
            "",
            *((words(self.language, "budget.scenarios", year=self.year), "", scenarios, "") if scenarios else ()),
            *(f"- {note}" for note in self.notes()),
        ]
        return "\n".join(parts)

    def products(self) -> str:
        """Price times quantity, other products, input funding, the total and the law."""
        say = self.language
        rows = []
        for row in self.quantities[self.quantities["year"] == self.year].to_dict("records"):
            name = self._product(str(row["measure"]), str(row["series_id"]))
            money = [say.quantity(row[f"need_{band}_eur"], "EUR") for band in ("minimum", "medio", "maximum")]
            price = say.number(row["unit_price_eur"], 2) if row["unit_price_eur"] == row["unit_price_eur"] else ""
            cases = say.number(row["cases_medio"]) if row["cases_medio"] == row["cases_medio"] else ""
            rows.append(
                (str(row["measure"]), str(row["series_id"]), (name, price, cases, *money), row["granted_eur"])
            )
        total = [row for row in rows if row[:2] == ("budget_eur", ALL)]
        others = [row for row in rows if row not in total]
        shown = [row[2] for row in (*others, *total)]
        if total and total[0][3] == total[0][3]:
            law = words(say, "budget.granted", year=self.year)
            law = f"{law} ({law_edition(self.settings, self.year)})"
            shown.append((law, "", "", "", say.quantity(total[0][3], "EUR"), ""))
        head = ("product", "price", "cases", "minimum", "medio", "maximum")
        return columns([words(say, f"budget.column_{name}") for name in head], shown)

    def certainties(self) -> str:
        """Need at each level of certainty and its gap, for the three needs."""
        say = self.language
        measures = {
            "need": "budget_eur", "with_backlog": "budget_with_backlog_eur", "decided": "budget_decided_eur",
        }  # fmt: skip
        found = self.table[(self.table["year"] == self.year) & (self.table["series_id"] == ALL)]
        by_key = {(row["measure"], row["certainty"]): row for row in found.to_dict("records")}
        rows = []
        for level in sorted(found["certainty"].unique()):
            cells = [say.percent(level)]
            for measure in measures.values():
                row = by_key[measure, level]
                cells += [say.quantity(row["need_eur"], "EUR"), say.quantity(row["gap_eur"], "EUR", signed=True)]
            rows.append(cells)
        head = [words(say, "budget.column_certainty")]
        for name in measures:
            head += [words(say, f"budget.column_{name}"), words(say, "budget.column_gap")]
        return columns(head, [[cell.replace("nan", "\u2013") for cell in row] for row in rows])

    def reading(self) -> list[str]:
        """What the tables say, in sentences."""
        say, row = self.language, self._total()
        level = say.percent(self.certainty)
        need = say.amount(row["need_eur"], "EUR")
        if row["granted_eur"] != row["granted_eur"]:
            return [words(say, "budget.reading_no_law", certainty=level, year=self.year, need=need)]
        gap = float(row["gap_eur"])
        told = words(say, f"budget.too_{'little' if gap > 0 else 'much'}", amount=say.amount(abs(gap), "EUR"))
        granted = say.amount(row["granted_eur"], "EUR")
        sentences = [
            words(say, "budget.reading", certainty=level, year=self.year, need=need, granted=granted, gap=told)
        ]
        if self.suffices:
            share, backlog = (
                say.percent(self.suffices[name]) for name in ("budget_eur", "budget_with_backlog_eur")
            )
            months = say.number(self.settings.staffing.backlog_months.value)
            sentences.append(words(say, "budget.suffices", share=share, backlog=backlog, months=months))
        if self.together is not None:
            sentences.append(self._together(self.together))
        return sentences

    def _together(self, found: Together) -> str:
        say = self.language
        return words(
            say,
            "budget.together",
            first=found.first_year,
            last=found.last_year,
            certainty=say.percent(found.certainty),
            need=say.amount(found.need_eur, "EUR"),
            each=say.amount(found.need_eur / found.years, "EUR"),
            separately=say.amount(found.separately_eur, "EUR"),
            granted=say.amount(found.granted_eur, "EUR"),
        )

    def notes(self) -> list[str]:
        """What a reader has to know before using the figures."""
        say, budget = self.language, self.settings.budget
        error = say.amount(self._total()["sampling_error_eur"], "EUR")
        rate = say.number(budget.hourly_rate.value, 2)
        quoted = [
            words(
                say, "budget.note_before", text=say.pick(before.text_nl, before.text_en),
                amount=say.amount(amount.value, "EUR"), year=self.year, source=amount.source or amount.assumption,
            )
            for before in self.settings.funding.granted_before.values()
            if (amount := before.amounts.get(str(self.year))) is not None
        ]  # fmt: skip
        law = str(self.year) in self.settings.budget.law_product
        return [
            *([words(say, "budget.note_simulated")] if self.simulated else []),
            *([words(say, "budget.note_law", edition=law_edition(self.settings, self.year))] if law else []),
            words(say, "budget.note_sum"),
            words(say, "budget.note_price", rate=rate, calibration=budget.calibration_year),
            words(say, "budget.note_error", certainty=say.percent(self.certainty), error=error),
            *quoted,
        ]

    def _product(self, measure: str, series_id: str) -> str:
        if measure == "budget_other_products_eur":
            return words(self.language, "budget.other")
        if measure == "budget_input_eur":
            return words(self.language, "budget.input")
        if series_id == ALL:
            return words(self.language, "budget.total")
        return self.labels.get(series_id, series_id) + ("*" if series_id in self.simulated else "")

    def _total(self) -> dict[str, Any]:
        rows = self.table[
            (self.table["measure"] == "budget_eur")
            & (self.table["series_id"] == ALL)
            & (self.table["year"] == self.year)
            & ((self.table["certainty"] - self.certainty).abs() < 1e-9)
        ]
        return {str(name): value for name, value in rows.to_dict("records")[0].items()}
