"""Words, numbers and dates in the two languages of the house.

What belongs here: looking up a text, and writing amounts the way a language does. What does not: the texts
themselves, which stand in ``texts.toml`` (those of parameters' names in ``parameter_words.toml``), both languages
side by side.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

#: Language codes in the order in which the report offers them.
LANGUAGES: Final[tuple[str, ...]] = ("nl", "en")

_LOCALES: Final = {"nl": "nl_NL", "en": "en_GB"}
_MINUS: Final = "\u2212"
_NO_BREAK: Final = "\u00a0"


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """All texts: dotted key to language to text."""
    folder = resources.files("indforecast.publication")
    found: dict[str, Mapping[str, str]] = {}
    for name in ("parameter_words.toml", "texts.toml"):
        found |= _flatten(tomllib.loads((folder / name).read_text(encoding="utf-8")))
    return found


@dataclass(frozen=True)
class Language:
    """One language.

    Parameters
    ----------
    code : str
        ``nl`` or ``en``.
    """

    code: str

    @property
    def locale(self) -> str:
        """Its locale, as Babel names it."""
        return _LOCALES[self.code]

    def text(self, key: str, **values: object) -> str:
        """A text with its placeholders filled in.

        Raises
        ------
        KeyError
            If there is no such text, or a placeholder has no value.
        """
        return texts()[key][self.code].format(**values)

    def markup(self, key: str, **values: object) -> Markup:
        """A text that holds markup of its own; the values in it are escaped."""
        return Markup(texts()[key][self.code]).format(**values)  # noqa: S704 - texts.toml is ours

    def maybe(self, key: str, fallback: str) -> str:
        """A text, or ``fallback`` for words that only a user's own settings hold."""
        return texts()[key][self.code] if key in texts() else fallback

    def pick(self, nl: str, en: str) -> str:
        """The one of two labels that is in this language."""
        return nl if self.code == "nl" else en

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """A number with thousands separators; a dash where there is none."""
        if pd.isna(value):
            return "\u2013"
        rounded = round(float(value), decimals)
        sign = "" if rounded == 0 else _MINUS if rounded < 0 else "+" if signed else ""
        return sign + _decimal(abs(rounded), decimals, self.locale)

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share as a percentage; a share above 0 is never written as 0 %, nor one below 1 as 100 %."""
        if pd.isna(share):
            return "\u2013"
        edge = 10.0 ** -(decimals + 2) / 2
        if 0 < share < edge:
            return f"<{_NO_BREAK}{self.number(10.0**-decimals, decimals)}%"
        if 1 - edge < share < 1:
            return f">{_NO_BREAK}{self.number(100 - 10.0**-decimals, decimals)}%"
        return f"{self.number(100 * share, decimals)}%"

    def quantity(self, value: float, unit: str, *, signed: bool = False) -> str:
        """A figure without its unit's name, in the scale in which tables show it (money in million euro)."""
        if unit == "EUR":
            return self.number(value / 1e6, 1, signed=signed)
        if unit == "share":
            return self.percent(value)
        return self.number(value, 0, signed=signed)

    def amount(self, value: float, unit: str, *, signed: bool = False) -> str:
        """A figure with its unit, kept on one line."""
        text = self.quantity(value, unit, signed=signed)
        sign = text[0] if text[0] in f"+{_MINUS}" else ""  # before a currency sign, not behind it
        return sign + self.text(f"amount.{unit}", value=text[len(sign) :]).replace(" ", _NO_BREAK)

    def day(self, day: date) -> str:
        """A date in full: ``30 januari 2026``."""
        return str(format_date(day, "d MMMM y", locale=self.locale))

    def month(self, period: Any) -> str:
        """A month in full: ``januari 2026``."""
        return str(format_date(pd.Timestamp(period).date(), "MMMM y", locale=self.locale))

    def short_month(self, month: int) -> str:
        """A month's short name without a dot: ``jan``."""
        return str(format_date(pd.Timestamp(2000, month, 1).date(), "MMM", locale=self.locale)).rstrip(".")

    def odds(self, probability: float) -> str:
        """A probability in words of tenths: ``8 in 10``; in hundredths where tenths would not be true."""
        tenths = probability * 10
        if abs(tenths - round(tenths)) < 1e-9:
            return self.text("odds", hits=round(tenths), of=10)
        return self.text("odds", hits=self.number(100 * probability), of=100)

    def listing(self, items: Iterable[str]) -> str:
        """``a, b and c``."""
        words = list(items)
        if len(words) < 2:
            return "".join(words)
        return self.text("listing", first=", ".join(words[:-1]), last=words[-1])


@cache
def _decimal(value: float, decimals: int, locale: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=locale))


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Mapping[str, str]]]:
    for key, value in tree.items():
        name = f"{prefix}.{key}" if prefix else key
        if set(value) <= set(LANGUAGES):
            yield name, value
        else:
            yield from _flatten(value, name)
