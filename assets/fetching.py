"""One edition of a source on the network, from its publisher into the house.

What belongs here: the order in which an edition is fetched, kept and noted, so that nothing is lost wherever it
stops. What does not: asking (``indforecast.sources``), keeping (``indforecast.vintages``), taking it in (the
stages of a delivery).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assets.house import House

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from indforecast.sources.publisher import Seen
    from indforecast.sources.publishers import NetworkPublisher

#: A download is not thrown away because somebody else is writing for a while.
_STORE_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Edition:
    """What a fetch brought home.

    Parameters
    ----------
    path : Path
        The download.
    delivery_id : str
        SHA-256 of its bytes.
    published : date
        The publisher's own date.
    size : int
        Bytes.
    known : bool
        Whether the same bytes were taken in or refused before.
    """

    path: Path
    delivery_id: str
    published: "date"
    size: int
    known: bool


def fetch_edition(house: House, source: str, tell: "Callable[[str], None]") -> Edition | None:
    """Ask a publisher for what is newer than what the house has, and keep it.

    The raw copy is kept first, then the download, and only then what was seen is noted. So whatever ends this in
    between, the next fetch asks again, finds the same bytes and goes on.

    Parameters
    ----------
    house : House
        Where.
    source : str
        Name of the source.
    tell : callable
        Told what is being fetched, in a few words.

    Returns
    -------
    Edition or None
        None when the publisher has nothing newer.

    Raises
    ------
    SourceUnavailable
        If the publisher cannot be reached or does not answer; nothing is changed then.
    InputError
        If its answer is not what it documents; nothing is changed then.
    StoreLocked
        If this source is being fetched already, or the store stays busy.
    """
    from indforecast.sources.publishers import http_client, seen_to

    publisher = publisher_of(house, source)
    downloads = house.downloads()
    with downloads.held(source), http_client(house.settings().sources.by_name()[source]) as http:
        download = publisher.fetch(http, _seen(house, source), tell)
        if download is None:
            return None
        store = house.store()
        with store.lock(wait_seconds=_STORE_SECONDS):
            delivery_id = store.keep_raw(download.content, download.name)
        path = downloads.keep(source, download.name, download.content)
        downloads.note_seen(source, seen_to(download.seen))
    return Edition(path, delivery_id, download.published, len(download.content), delivery_id in house.dealt_with())


def publisher_of(house: House, source: str) -> "NetworkPublisher":
    """A publisher by the name of its source.

    Raises
    ------
    NotFound
        If there is none of that name.
    """
    from indforecast.domain.errors import NotFound

    publishers = {publisher.name: publisher for publisher in house.network()}
    if source not in publishers:
        raise NotFound(f"There is no source '{source}'.", hint=f"Known are {', '.join(publishers)}.")
    return publishers[source]


def _seen(house: House, source: str) -> "Seen":
    """What was noted of the last edition, as long as that edition is still here to be compared with."""
    from indforecast.domain.files import sha256_hex
    from indforecast.sources.publisher import Seen
    from indforecast.sources.publishers import seen_from

    seen = seen_from(house.downloads().seen(source))
    if seen.content_sha256 is None or seen.content_sha256 in house.dealt_with():
        return seen
    standing = {sha256_hex(path.read_bytes()) for path in house.downloads().kept(source)}
    return seen if seen.content_sha256 in standing else Seen()
