"""The publishers on the network as settings describe them, and who reads which file.

What belongs here: making publishers and their clients, telling a download from a file that was exported. What does
not: any publisher's format or words, when it is asked (``config.sources``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from indforecast.domain.errors import InputError
from indforecast.domain.files import plain_file_name
from indforecast.sources.bundle import is_bundle, read_bundle
from indforecast.sources.http import HttpClient, HttpPolicy
from indforecast.sources.publisher import Publisher, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indforecast.config.settings import Settings
    from indforecast.config.sources import NetworkSource
    from indforecast.sources.file_drop import FileDrop
    from indforecast.sources.protocol import Source, StagedDelivery
    from indforecast.sources.understanding import Understanding


class NetworkPublisher(Publisher, Protocol):
    """A publisher that can also say how a download of its was understood."""

    def understand(self, content: bytes, name: str) -> tuple[StagedDelivery, Understanding]:
        """Read a download, and say how.

        Raises
        ------
        InputError
            If it cannot be understood.
        """
        ...


_MEGABYTE: Final = 1_000_000
_DATE_LENGTH: Final = 10


def make_publishers(settings: Settings, folder: Path | None = None) -> tuple[NetworkPublisher, ...]:
    """Every publisher on the network, whether it is enabled or not; making one asks nobody anything.

    Parameters
    ----------
    settings : Settings
        Names their addresses and tables.
    folder : Path, optional
        Where the user's own ``<table>.toml`` may stand; it need not exist.

    Raises
    ------
    ConfigError
        If a table has no description, or a wrong one.
    """
    from indforecast.sources.eurostat import Eurostat
    from indforecast.sources.statline import StatLine
    from indforecast.sources.statline_table import load_table

    cbs, eurostat = settings.sources.cbs, settings.sources.eurostat
    return (
        StatLine(cbs.table, cbs.api, cbs.base_url, load_table(cbs.table, folder)),
        Eurostat(eurostat.base_url, eurostat.table, eurostat.geo, folder),
    )


def http_client(source: NetworkSource) -> HttpClient:
    """A client that is as patient as a source's settings say."""
    patience = source.patience.model_dump(exclude={"most_megabytes"})
    return HttpClient(HttpPolicy(**patience, body_bytes=int(source.patience.most_megabytes * _MEGABYTE)))


def reader_of(content: bytes, publishers: Callable[[], tuple[NetworkPublisher, ...]], files: Source) -> Source:
    """Who reads a file: its publisher when it is a download of ours, else ``files``.

    Parameters
    ----------
    content : bytes
        The file.
    publishers : callable
        Gives the publishers; asked for a download only.
    files : Source
        Reads everything else.
    """
    return DownloadReader(publishers()) if is_bundle(content) else files


@dataclass(frozen=True)
class DownloadReader:
    """Reads downloads of all publishers; see :class:`indforecast.sources.protocol.Source`.

    Parameters
    ----------
    publishers : tuple of Publisher
        Those whose downloads are understood.
    """

    publishers: tuple[NetworkPublisher, ...]

    @property
    def name(self) -> str:
        """Stable key of the source."""
        return "download"

    def read(self, content: bytes, name: str) -> StagedDelivery:
        """Read a download through the publisher that its header names.

        Raises
        ------
        InputError
            If it is damaged, of a publisher that is not known, or not what that publisher documents.
        """
        return self._publisher_of(content, name).read(content, name)

    def understand(self, content: bytes, name: str) -> Understanding:
        """How a download is understood.

        Raises
        ------
        InputError
            As :meth:`read`.
        """
        return self._publisher_of(content, name).understand(content, name)[1]

    def _publisher_of(self, content: bytes, name: str) -> NetworkPublisher:
        source = read_bundle(content, name).source
        for publisher in self.publishers:
            if publisher.name == source:
                return publisher
        raise InputError(
            f"'{plain_file_name(name)}' is a download of '{source}', which is no source that is known here.",
            hint=f"Known are {', '.join(publisher.name for publisher in self.publishers)}.",
        )


def understand_file(
    content: bytes, name: str, publishers: Callable[[], tuple[NetworkPublisher, ...]], files: FileDrop
) -> Understanding:
    """How a file is understood, of whatever kind it is.

    Raises
    ------
    InputError
        If it is not.
    """
    if is_bundle(content):
        return DownloadReader(publishers()).understand(content, name)
    return files.understand(content, name)[1]


def seen_from(noted: Mapping[str, Any]) -> Seen:
    """What a source left behind, from its note; nothing where the note is not one.

    Parameters
    ----------
    noted : mapping
        As :func:`seen_to` wrote it, or anything.
    """
    from datetime import date

    published, validators, sha256 = (noted.get(key) for key in ("published", "validators", "content_sha256"))
    if not isinstance(published, str) or not isinstance(validators, dict) or not isinstance(sha256, str):
        return Seen()
    if not all(isinstance(text, str) for pair in validators.items() for text in pair):
        return Seen()
    try:
        return Seen(date.fromisoformat(published[:_DATE_LENGTH]), validators, sha256)
    except ValueError:
        return Seen()


def seen_to(seen: Seen) -> dict[str, Any]:
    """The note of what a source left behind, as plain JSON types."""
    return {
        "published": seen.published.isoformat() if seen.published else None,
        "validators": dict(seen.validators),
        "content_sha256": seen.content_sha256,
    }
