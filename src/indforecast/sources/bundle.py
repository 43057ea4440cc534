"""A download kept whole: the publisher's answers, byte for byte, in one file that says where they came from.

What belongs here: writing and reading that file. What does not: asking for the answers (``http``), understanding
them (each publisher's module).

A bundle is a zip whose first member says what the others are. The same answers give the same bytes on any day:
names are sorted, dates fixed, nothing depends on when or where. The form: ``docs/methods/network-sources.md``.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from indforecast.domain.errors import InputError
from indforecast.domain.files import canonical_json, plain_file_name, sha256_hex
from indforecast.sources.archive import Archive
from indforecast.sources.limits import Stopwatch, TableLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.sources.http import Answer

HEADER: Final = "indforecast-download.json"
FORMAT: Final = 1
#: A bundle's members are texts of a publisher that compress well; a table may be larger than a workbook.
BUNDLE_LIMITS: Final = TableLimits(entries=1_000, inflated_bytes=300_000_000, expansion=400)
_FIXED: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_KEY: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AGAIN: Final = "Fetch it again."


@dataclass(frozen=True)
class AnswerSource:
    """Where one member came from."""

    url: str
    content_type: str


@dataclass(frozen=True)
class Bundle:
    """One edition of one table as its publisher answered.

    Parameters
    ----------
    source : str
        Key of the publisher: ``cbs``, ``eurostat``.
    table : str
        The publisher's own key of the table.
    published : date
        The publisher's own date of the edition.
    answers : mapping of str to bytes
        Bodies by plain member name.
    about : mapping of str to AnswerSource
        Address and media type of each of them.
    licence : str
        On what terms the figures may be used.
    """

    source: str
    table: str
    published: date
    answers: Mapping[str, bytes]
    about: Mapping[str, AnswerSource] = field(default_factory=dict)
    licence: str = ""

    @property
    def name(self) -> str:
        """Plain file name."""
        return f"{self.source}-{self.table}-{self.published.isoformat()}.zip"

    def to_bytes(self) -> bytes:
        """The file; equal bundles are equal bytes.

        Raises
        ------
        ValueError
            If a member's name or a key is not plain.
        """
        for name in self.answers:
            if not _NAME.fullmatch(name) or name == HEADER:
                raise ValueError(f"'{name}' is no plain member name")
        if not _KEY.fullmatch(self.source) or not _KEY.fullmatch(self.table):
            raise ValueError(f"'{self.source}', '{self.table}': keys are letters, digits, - and _")
        nowhere = AnswerSource("", "")
        listed = [
            {
                "name": name,
                "url": self.about.get(name, nowhere).url,
                "sha256": sha256_hex(self.answers[name]),
                "content_type": self.about.get(name, nowhere).content_type,
            }
            for name in sorted(self.answers)
        ]
        header = {
            "format": FORMAT,
            "source": self.source,
            "table": self.table,
            "published": self.published.isoformat(),
            "licence": self.licence,
            "answers": listed,
        }
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            # Stored and first, so that the kind of file can be told from its first bytes.
            archive.writestr(_member(HEADER, zipfile.ZIP_STORED), canonical_json(header).encode())
            for name in sorted(self.answers):
                archive.writestr(_member(name, zipfile.ZIP_DEFLATED), self.answers[name], compresslevel=_LEVEL)
        return stream.getvalue()


def bundled(source: str, table: str, published: date, answers: Mapping[str, Answer], licence: str) -> Bundle:
    """A bundle of answers as ``HttpClient.get`` gave them.

    Parameters
    ----------
    source, table, published, licence
        As :class:`Bundle`.
    answers : mapping of str to Answer
        By plain member name.
    """
    return Bundle(
        source,
        table,
        published,
        {name: answer.content for name, answer in answers.items()},
        {name: AnswerSource(answer.url, answer.content_type) for name, answer in answers.items()},
        licence,
    )


def is_bundle(content: bytes) -> bool:
    """Whether a file is, or wants to be, a bundle."""
    name = HEADER.encode()
    return content[:4] == b"PK\x03\x04" and content[30 : 30 + len(name)] == name


def read_bundle(content: bytes, name: str, limits: TableLimits = BUNDLE_LIMITS) -> Bundle:
    """Read a bundle as an untrusted file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What it is called, for messages.
    limits : TableLimits
        How much may come out.

    Raises
    ------
    InputError
        If it is no bundle, is damaged, expands too far, or an answer is not the one its header names.
    """
    plain = plain_file_name(name)
    if not is_bundle(content):
        raise InputError(f"'{plain}' is no download of this house: {HEADER} is not its first member.")
    archive = Archive(content, plain, limits, Stopwatch(plain, limits.seconds))
    header = _header(archive.read(HEADER), plain)
    answers: dict[str, bytes] = {}
    about: dict[str, AnswerSource] = {}
    for entry in header["answers"]:
        member = entry["name"]
        answers[member] = archive.read(member)
        if sha256_hex(answers[member]) != entry["sha256"]:
            raise InputError(f"'{plain}' is damaged: its part {member} is not what was downloaded.", hint=_AGAIN)
        about[member] = AnswerSource(entry["url"], entry["content_type"])
    if archive.members() != {HEADER, *answers}:
        raise InputError(f"'{plain}' holds parts that its {HEADER} does not name.", hint=_AGAIN)
    return Bundle(header["source"], header["table"], header["published"], answers, about, header["licence"])


def _member(name: str, compression: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _FIXED)
    member.compress_type = compression
    member.create_system = 3
    member.external_attr = 0o644 << 16
    return member


def _header(content: bytes, name: str) -> dict[str, Any]:
    """The header with every field of the type that it must be."""
    wrong = InputError(f"'{name}' is damaged: its {HEADER} cannot be read.", hint=_AGAIN)
    try:
        header = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(header, dict) or not isinstance(header.get("format"), int):
        raise wrong
    if header["format"] != FORMAT:
        raise InputError(
            f"'{name}' has form {header['format']} of a download, and form {FORMAT} is read.",
            hint="Update indforecast, or fetch it again.",
        )
    texts = ("source", "table", "published", "licence")
    entries = header.get("answers")
    if not all(isinstance(header.get(key), str) for key in texts) or not isinstance(entries, list):
        raise wrong
    for entry in entries:
        if not isinstance(entry, dict) or not all(
            isinstance(entry.get(key), str) for key in ("name", "url", "sha256", "content_type")
        ):
            raise wrong
        if not _NAME.fullmatch(entry["name"]):
            raise wrong
    if len({entry["name"] for entry in entries}) < len(entries):
        raise wrong
    if not _KEY.fullmatch(header["source"]) or not _KEY.fullmatch(header["table"]):
        raise wrong
    try:
        if not _DAY.fullmatch(header["published"]):
            raise wrong
        return {**header, "published": date.fromisoformat(header["published"])}
    except ValueError:
        raise wrong from None
