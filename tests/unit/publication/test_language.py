from __future__ import annotations

import re
from datetime import date
from importlib import resources

import numpy as np
import pytest

from indforecast.publication.language import LANGUAGES, Language, texts

NL, EN = Language("nl"), Language("en")
NBSP = "\u00a0"


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_stands_in_both_languages_with_the_same_placeholders(key: str) -> None:
    entry = texts()[key]
    assert set(entry) == set(LANGUAGES)
    assert all(text.strip() for text in entry.values())
    assert placeholders(entry["nl"]) == placeholders(entry["en"])
    assert all(text.count("<b>") == text.count("</b>") for text in entry.values())


def test_no_text_is_left_over() -> None:
    folder = resources.files("indforecast.publication")
    files = [*folder.iterdir(), *(folder / "templates").iterdir()]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files if file.name.endswith((".py", ".j2")))
    code = code.replace("'", '"')

    def used(key: str) -> bool:
        parts = key.split(".")
        starts = [f'"{".".join(parts[:n])}.{{' for n in range(1, len(parts))]
        ends = re.findall(r'f"{\w+}\.(\w+)"', code)
        # Built keys: "basis.{basis}", and "changes.step_{step}" with the last part cut anywhere.
        stems = [f'"{key[:n]}{{' for n in range(key.rfind(".") + 2, len(key))]
        return f'"{key}"' in code or any(stem in code for stem in (*starts, *stems)) or parts[-1] in ends

    assert [key for key in texts() if not used(key)] == []


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "nl", "en"),
    [
        (1234567, 0, False, "1.234.567", "1,234,567"),
        (0.126, 2, False, "0,13", "0.13"),
        (-1200, 0, False, "\u22121.200", "\u22121,200"),
        (1200, 0, True, "+1.200", "+1,200"),
        (0.4, 0, True, "0", "0"),
        (-0.4, 0, True, "0", "0"),
        (float("nan"), 0, True, "\u2013", "\u2013"),
        (np.float64(2.5), 1, False, "2,5", "2.5"),
    ],
)
def test_numbers(value: float, decimals: int, signed: bool, nl: str, en: str) -> None:
    assert NL.number(value, decimals, signed=signed) == nl
    assert EN.number(value, decimals, signed=signed) == en


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (0.001, f"<{NBSP}1%"),
        (0.37, "37%"),
        (0.999, f">{NBSP}99%"),
        (1.0, "100%"),
        (float("nan"), "\u2013"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_all(share: float, text: str) -> None:
    assert EN.percent(share) == text


def test_money_is_in_millions_with_its_unit_on_one_line() -> None:
    assert NL.amount(812_345_678, "EUR") == f"€{NBSP}812,3{NBSP}miljoen"
    assert EN.amount(-812_345_678, "EUR", signed=True) == f"\u2212€812.3{NBSP}million"
    assert NL.amount(43210, "persons") == f"43.210{NBSP}personen"
    assert EN.amount(0.8, "share") == "80%"


def test_dates() -> None:
    assert NL.day(date(2026, 3, 1)) == "1 maart 2026"
    assert EN.day(date(2026, 3, 1)) == "1 March 2026"
    assert NL.month(np.datetime64("2026-05")) == "mei 2026"
    assert [NL.short_month(month) for month in (1, 3, 5)] == ["jan", "mrt", "mei"]


@pytest.mark.parametrize(("probability", "nl"), [(0.9 - 0.1, "8 op 10"), (0.5, "5 op 10"), (0.85, "85 op 100")])
def test_odds_are_tenths_where_that_is_true(probability: float, nl: str) -> None:
    assert NL.odds(probability) == nl


def test_listings() -> None:
    assert EN.listing([]) == ""
    assert EN.listing(["a"]) == "a"
    assert NL.listing(["a", "b", "c"]) == "a, b en c"


def test_a_missing_placeholder_or_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        NL.text("page.title")
    with pytest.raises(KeyError):
        NL.text("page.nothing")
    assert NL.maybe("model.their_own", "their_own") == "their_own"


def test_markup_escapes_values_not_itself() -> None:
    text = EN.markup("changes.moved_meaning", causes="<script>")
    assert "<b>" in text
    assert "&lt;script&gt;" in text
