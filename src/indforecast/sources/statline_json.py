"""Answers of StatLine as JSON, whatever the bytes are: records, their fields, the link to the next page.

What belongs here: types of what comes over the network, one sentence for each way in which it is not that. What
does not: what a field means (``statline_odata``).
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from indforecast.domain.errors import InputError
from indforecast.sources.grid import shown

Record = dict[str, Any]

_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)


def parsed(content: bytes, name: str) -> Record:
    """An answer as a JSON object.

    Raises
    ------
    InputError
        If it is anything else; ``name`` says which answer.
    """
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{name} is not the JSON object that StatLine documents.", hint="Fetch it again.")
    return found


def records_of(answer: Record, name: str) -> list[Record]:
    """The records of one page.

    Raises
    ------
    InputError
        If the page has none, or something else in their place.
    """
    found = answer.get("value")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(
            f"{name} has no list 'value' of records, as OData documents.",
            hint="Fetch it again, or tell the maker.",
        )
    return found


def next_page(answer: Record, field: str, name: str) -> str | None:
    """The link to the page after this one, or None at the last."""
    link = answer.get(field)
    if link is not None and (not isinstance(link, str) or not link.strip()):
        raise InputError(f"{name} names its next page with something that is no address.")
    return link


def text(record: Record, field: str, name: str) -> str:
    """A field of a description.

    Raises
    ------
    InputError
        If it is not there or no text; the message names the fields that are.
    """
    found = record.get(field)
    if not isinstance(found, str) or not found.strip():
        fields = ", ".join(f"'{shown(key)}'" for key in list(record)[:12])
        raise InputError(
            f"{name} describes something without a '{field}'; it has {fields or 'nothing'}.",
            hint="StatLine's service may have changed; try the other api in the settings of this source.",
        )
    return found


def identifier(record: Record, field: str, name: str) -> str:
    """A field that names a column, without padding.

    Raises
    ------
    InputError
        If it is no plain name: it becomes part of addresses and of names in a download.
    """
    found = text(record, field, name).strip()
    if not _IDENTIFIER.fullmatch(found):
        raise InputError(f"{name} calls a column '{shown(found)}', which is no name of one.")
    return found


def optional(record: Record, field: str) -> str:
    """A field that may be absent or null, as text; then empty."""
    found = record.get(field)
    return "" if found is None else plain(found)


def plain(value: object) -> str:
    """A value that should be a text, without padding; what is none is named by its kind, however deep it is."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) else f"({type(value).__name__})"


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")
