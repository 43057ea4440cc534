"""What a publisher on the network gives: a download, kept whole, that is then read like any file.

What belongs here: the types. What does not: how bytes come over the network (``http``), any publisher's format.

Fetching and understanding are two steps. ``fetch`` brings home the publisher's answers byte for byte in one file
(a *bundle*, ``bundle``); ``read`` is the pure function of :class:`indforecast.sources.protocol.Source` over that
file. So a download can be kept, sent on, dropped again next year, and understood better later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from indforecast.sources.protocol import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from indforecast.sources.http import HttpClient


@dataclass(frozen=True)
class Seen:
    """What the last successful fetch of a source left behind, for a conditional request.

    Parameters
    ----------
    published : date, optional
        The publisher's own date of the edition that is known.
    validators : mapping of str to str
        Opaque ``ETag`` and ``Last-Modified`` values by request address, exactly as the server sent them.
    content_sha256 : str, optional
        Hash of the bundle that was made then.
    """

    published: date | None = None
    validators: Mapping[str, str] = field(default_factory=dict)
    content_sha256: str | None = None


@dataclass(frozen=True)
class Download:
    """One edition of a source as it came over the network.

    Parameters
    ----------
    name : str
        Plain file name, ``<source>-<table>-<published>.zip``.
    content : bytes
        The bundle: the same answers of the server give the same bytes.
    published : date
        The publisher's own date of this edition.
    seen : Seen
        What to hand in next time.
    """

    name: str
    content: bytes
    published: date
    seen: Seen


class Publisher(Source, Protocol):
    """A source that can be asked over the network."""

    def fetch(self, http: HttpClient, seen: Seen, on_progress: Callable[[str], None]) -> Download | None:
        """Bring home the newest edition.

        Parameters
        ----------
        http : HttpClient
            Does the requests; brings retries, time-outs and limits.
        seen : Seen
            What is known of the last edition; ``Seen()`` for none.
        on_progress : callable
            Told what is being fetched, in a few words.

        Returns
        -------
        Download or None
            None when the publisher has nothing newer.

        Raises
        ------
        SourceUnavailable
            If the publisher cannot be reached, does not answer in time or keeps failing.
        InputError
            If what it answers is not what it documents: nothing is kept then but the error.
        """
        ...
