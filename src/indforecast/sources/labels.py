"""What one label names in a publisher's words: a series, a nationality, with its unit taken off.

What belongs here: looking single labels up. What does not: the words (``mapping``), where in a table a label
stands (``header_line``, ``header_block``, ``row_labels``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from indforecast.sources.grid import normal

if TYPE_CHECKING:
    from indforecast.sources.mapping import Publisher

_UNIT: Final = re.compile(r"(.+?) ?(?:\(([^()]{1,40})\)|, ([^,()]{1,40}))")
_TOPIC: Final = re.compile(r"(.+)_[0-9]{1,3}")
#: Figures in thousands or millions: a factor that nobody may overlook.
_SCALED: Final = re.compile(
    r"[x×*] ?1[ .,\u00a0]?000\b|\b(in|per) (duizend|thousand|miljoen|million)|\bduizendtallen\b"
    r"|\bthousand persons\b",
    re.IGNORECASE,
)


def series_named(label: str, publisher: Publisher) -> str | None:
    """The ``series_id`` that a label names, or None: a series, a nationality below one, a lone nationality.

    Parameters
    ----------
    label : str
        As :func:`indforecast.sources.grid.normal` gives it; a unit of persons may follow.
    publisher : Publisher
        The words.
    """
    for text in _readings(label, publisher):
        known = publisher.series_of.get(text)
        if known is not None:
            return known
    stream, dot, code = label.rpartition(".")
    if dot and stream in publisher.streams and len(code) == 3 and code.isascii() and code.isalpha():
        return f"{stream}.{code.upper()}"
    if publisher.nationality_stream is not None and label in publisher.code_of:
        return f"{publisher.nationality_stream}.{publisher.code_of[label]}"
    return None


def is_total(label: str, publisher: Publisher) -> bool:
    """Whether a label is a total: a word for it, alone or beside a known label, as pivot tables write it."""
    totals = publisher.words["totals"]
    if label in totals:
        return True
    for word in totals:
        for rest in (label.removeprefix(f"{word} "), label.removesuffix(f" {word}")):
            if rest != label and (series_named(rest, publisher) or rest in publisher.code_of or rest.isdigit()):
                return True
    return False


def is_word(label: str, kind: str, publisher: Publisher) -> bool:
    """Whether a label, perhaps with its unit, is one of ``remainder``, ``missing`` or ``ignore``."""
    return any(text in publisher.words[kind] for text in _readings(label, publisher))


def is_unit(label: str, publisher: Publisher) -> bool:
    """Whether a label is a unit of persons, in brackets or not."""
    return label.strip("()") in publisher.words["units"]


def scaled(text: str) -> bool:
    """Whether a text says that figures are in thousands or millions."""
    return _SCALED.search(text) is not None


def _readings(label: str, publisher: Publisher) -> list[str]:
    """The label, then without a unit, then without the number of its topic."""
    texts = [label]
    found = _UNIT.fullmatch(label)
    if found is not None and normal(found[2] or found[3]) in publisher.words["units"]:
        texts.append(found[1].strip())
    if publisher.topic_numbers and (numbered := _TOPIC.fullmatch(label)) is not None:
        texts.append(numbered[1])
    return texts
