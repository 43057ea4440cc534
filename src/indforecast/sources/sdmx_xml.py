"""SDMX-ML as far as it is needed: the order of a table's dimensions, and what a service says instead of figures.

What belongs here: those few elements of untrusted XML. What does not: asking (``eurostat_service``), figures,
which come as CSV (``eurostat_rows``).

A document type declaration is refused, so that there are neither entities to expand nor external ones to fetch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from indforecast.domain.errors import InputError

_MOST_BYTES: Final = 5_000_000
_MOST_TEXT: Final = 400
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)
_REQUEST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,127}", re.ASCII)


@dataclass
class _Found:
    """Elements of interest by local name: their attributes, or their first text."""

    dimensions: list[dict[str, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    open_text: str = ""


@dataclass(frozen=True)
class ServiceMessage:
    """What a service says instead of figures.

    Parameters
    ----------
    fault : str
        ``faultstring`` of a fault; empty when it is none.
    request : str
        Key under which an extraction that takes longer can be asked for; empty when there is none.
    status : str
        How far that is: ``SUBMITTED``, ``PROCESSING``, ``AVAILABLE``, ``EXPIRED`` or another word.
    """

    fault: str = ""
    request: str = ""
    status: str = ""


def dimension_order(content: bytes, where: str) -> tuple[str, ...]:
    """Identifiers of a data structure's dimensions in the order of its keys, time not among them.

    Parameters
    ----------
    content : bytes
        A data structure definition of SDMX-ML 2.1.
    where : str
        Whose it is, for messages.

    Raises
    ------
    InputError
        If it is none.
    """
    found = _parsed(content, where)
    names = [one.get("id", "") for one in found.dimensions]
    places = [one.get("position", "") for one in found.dimensions]
    if not names or not all(map(_IDENTIFIER.fullmatch, names)) or len(set(names)) < len(names):
        raise InputError(
            f"{where} describes its table in a way that is not understood: it lists no dimensions.",
            hint="The service may have changed; the figures that are stored stay in use.",
        )
    # A position is optional in the standard; the order in the document stands for it then.
    if all(re.fullmatch(r"[0-9]{1,3}", place) for place in places):
        names = [name for _, name in sorted(zip(map(int, places), names, strict=True))]
    return tuple(names)


def service_message(content: bytes, where: str) -> ServiceMessage:
    """What a service says in XML instead of figures.

    Raises
    ------
    InputError
        If it is no XML that can be read.
    """
    texts = _parsed(content, where).texts
    request = texts.get("id", "")
    return ServiceMessage(
        fault=texts.get("faultstring", ""),
        request=request if _REQUEST.fullmatch(request) else "",
        status=texts.get("status", ""),
    )


def _parsed(content: bytes, where: str) -> _Found:
    wrong = InputError(
        f"{where} answers with something that is no XML of SDMX.",
        hint="The service may have changed; the figures that are stored stay in use.",
    )
    if len(content) > _MOST_BYTES:
        raise wrong
    found = _Found()
    parser = expat.ParserCreate("utf-8", namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise wrong

    def start(name: str, attributes: dict[str, str]) -> None:
        found.open_text = ""
        if _local(name) == "Dimension":
            found.dimensions.append(attributes)

    def text(data: str) -> None:
        if len(found.open_text) <= _MOST_TEXT:
            found.open_text += data

    def end(name: str) -> None:
        plain = "".join(letter if letter.isprintable() else " " for letter in found.open_text[:_MOST_TEXT])
        if plain.strip():
            found.texts.setdefault(_local(name), plain.strip())
        found.open_text = ""

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise wrong from None
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]
