"""Workbooks as untrusted archives of XML: nothing is unpacked to disk, nothing is inflated past its limits.

What belongs here: the archive's directory, its members as bytes, XML as events. What does not: what the
elements mean (``xlsx``, ``ods``).

A document type declaration is refused wherever it stands, so that there are neither entities to expand nor
external ones to fetch. Names of members are compared with names we expect and never used as paths.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, Protocol
from xml.parsers import expat

from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indforecast.sources.limits import Stopwatch, TableLimits

_CHUNK: Final = 65_536
_ENCRYPTED: Final = 0x1
_SMALL: Final = 1_000_000
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What the standard library raises on damaged archives, whatever the damage.
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    OverflowError, KeyError, IndexError,
)  # fmt: skip


class Handler(Protocol):
    """Receives the elements of one document, with local names: prefixes and namespaces are cut off."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        ...

    def text(self, data: str) -> None:
        """A piece of text."""
        ...

    def end(self, name: str) -> None:
        """An element ends."""
        ...


class Archive:
    """An archive whose directory was checked.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its plain name, for messages.
    limits : TableLimits
        How much may come out.
    watch : Stopwatch
        Ends what takes too long.

    Raises
    ------
    InputError
        If it is damaged, encrypted, too large, or would expand too far.
    """

    def __init__(self, content: bytes, name: str, limits: TableLimits, watch: Stopwatch) -> None:
        if len(content) > limits.bytes:
            raise InputError(
                f"'{name}' is {len(content):,} bytes, more than the {limits.bytes:,} that are read.",
                hint="Split it into several deliveries.",
            )
        self.name = name
        self._limits = limits
        self._watch = watch
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except _DAMAGE:
            raise InputError(f"'{name}' is damaged: its archive cannot be read.", hint="Save it again.") from None
        self._check(entries, len(content))
        self._entries = {entry.filename: entry for entry in entries}
        self._budget = limits.inflated_bytes

    def _check(self, entries: list[zipfile.ZipInfo], size: int) -> None:
        name, limits = self.name, self._limits
        if len(entries) > limits.entries:
            raise InputError(
                f"'{name}' has {len(entries):,} members, more than the {limits.entries:,} that are read."
            )
        if len({entry.filename for entry in entries}) < len(entries):
            raise InputError(f"'{name}' has two members of one name.")
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise InputError(f"'{name}' is encrypted.", hint="Save it without a password.")
        if any(entry.compress_type not in _METHODS for entry in entries):
            raise InputError(f"'{name}' is compressed in a way that workbooks are not.")
        inflated = sum(entry.file_size for entry in entries)
        if inflated > limits.inflated_bytes:
            raise InputError(
                f"'{name}' would expand to {inflated:,} bytes, more than the"
                f" {limits.inflated_bytes:,} that are read."
            )
        if inflated > max(_SMALL, size * limits.expansion):
            raise InputError(f"'{name}' would expand {inflated // max(size, 1):,} times; no workbook does.")

    def __contains__(self, member: str) -> bool:
        return member in self._entries

    def members(self) -> frozenset[str]:
        """Names of all members."""
        return frozenset(self._entries)

    def read(self, member: str) -> bytes:
        """A member, whole.

        Raises
        ------
        InputError
            If it is missing, damaged or passes a limit.
        """
        if member not in self._entries:
            raise InputError(f"'{self.name}' is damaged: its part {_plain(member)} is missing.")
        return b"".join(self._pieces(member))

    def parse(self, member: str, handler: Handler) -> None:
        """Feed a member to a handler as XML.

        Raises
        ------
        InputError
            If it is missing, damaged, no XML, declares a document type, or passes a limit.
        """
        if member not in self._entries:
            raise InputError(
                f"'{self.name}' is no workbook that can be read: its part {_plain(member)} is missing."
            )
        # Workbooks are UTF-8; a declaration that says otherwise is not followed.
        parser = expat.ParserCreate("utf-8", namespace_separator="}")
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        _Events(parser, handler, self.name, self._limits)
        try:
            for piece in self._pieces(member):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise InputError(
                f"'{self.name}' is damaged: its part {_plain(member)} is no XML,"
                f" from line {parser.ErrorLineNumber} on."
            ) from None

    def _pieces(self, member: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._entries[member]) as stream:
                while piece := stream.read(_CHUNK):
                    self._watch.check()
                    self._budget -= len(piece)
                    if self._budget < 0:
                        raise InputError(f"'{self.name}' expands beyond what its directory says.")
                    yield piece
        except _DAMAGE:
            raise InputError(f"'{self.name}' is damaged: its part {_plain(member)} cannot be read.") from None


class _Events:
    """The parser's callbacks, with what no handler may see refused."""

    def __init__(self, parser: expat.XMLParserType, handler: Handler, name: str, limits: TableLimits) -> None:
        self._handler = handler
        self._name = name
        self._limits = limits
        self._depth = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype

    def _doctype(self, *_: object) -> None:
        raise InputError(f"'{self._name}' declares a document type, which no workbook needs.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limits.xml_depth:
            raise InputError(f"'{self._name}' nests elements more than {self._limits.xml_depth} deep.")
        self._handler.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(_local(name))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _plain(member: str) -> str:
    return "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in member[:60])
