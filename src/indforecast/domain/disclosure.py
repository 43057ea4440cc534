"""Text from a file as it may be quoted: without the figures in it.

What belongs here: hiding figures in a quotation. What does not: which counts may be published at all.

A message, a verdict or a log travels further than the file it is about. Line and column say where to look, and
whoever may see the count has the file; so a quoted figure keeps its marks and its length, which show what is wrong
with how it is written, and loses its digits.
"""

from __future__ import annotations

import re
from typing import Final

_DIGIT: Final = re.compile(r"\d")
#: A number as people and spreadsheets write it, with signs, marks, spaces and a unit of per cent.
_NUMBER: Final = re.compile(r"[-+\u2212(]*\s*\d[\d.,'\u00a0\u2009\u202f ]*(?:[eE][-+]?\d+)?\s*[%)*]?")

_QUOTED: Final = re.compile(r"'([^']*)'")


def hidden_figure(text: str) -> str:
    """What stands where a count belongs: every digit as ``#``.

    Parameters
    ----------
    text : str
        A cell, for example ``1.23x``, which becomes ``#.##x``.
    """
    return _DIGIT.sub("#", text)


def hidden_if_number(text: str) -> str:
    """What stands where a word, month or day belongs: a number alone may be a count that slipped into the column.

    Parameters
    ----------
    text : str
        A cell; ``2024-13`` and ``asylum_frist`` stay as they are, ``1234`` becomes ``####``.
    """
    return hidden_figure(text) if _NUMBER.fullmatch(text.strip()) else text


def without_figures(sentence: str) -> str:
    """A sentence about a file, with every number that it quotes alone, between ``'`` and ``'``, hidden.

    The net below all other care: whatever a reader of files quotes, a count that slipped out of its column is not
    told further.
    """
    return _QUOTED.sub(lambda found: f"'{hidden_if_number(found[1])}'", sentence)
