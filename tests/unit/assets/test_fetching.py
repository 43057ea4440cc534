"""An edition on its way into the house: what is asked again, and what is believed of the last time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assets import fetching
from assets.fetching import fetch_edition, publisher_of
from assets.house import House
from indforecast.domain.errors import NotFound, StoreLocked
from indforecast.domain.files import sha256_hex
from indforecast.sources.http import HttpClient
from indforecast.sources.publisher import Download, Seen
from indforecast.sources.publishers import seen_to
from indforecast.vintages.downloads import Downloads
from indforecast.vintages.quarantine import quarantine

EDITION = b"an edition"
NOTE = Seen(date(2026, 2, 13), {"https://example.org": "tag"}, sha256_hex(EDITION))


class Printer:
    """A publisher with one edition, which it gives to whoever does not have it."""

    name = "cbs"

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    def fetch(self, http: HttpClient, seen: Seen, on_progress: Callable[[str], None]) -> Download | None:
        self.seen.append(seen)
        on_progress("the edition")
        return None if seen == NOTE else Download("cbs-x-2026-02-13.zip", EDITION, date(2026, 2, 13), NOTE)


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Printer:
    made = Printer()
    monkeypatch.setattr(House, "network", lambda house: (made,))
    return made


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(home=str(tmp_path))


def test_an_edition_is_kept_twice_and_noted(house: House, printer: Printer) -> None:
    told: list[str] = []
    edition = fetch_edition(house, "cbs", told.append)
    assert edition is not None
    assert (edition.path.read_bytes(), edition.published, edition.known) == (EDITION, date(2026, 2, 13), False)
    assert house.store().read_raw(edition.delivery_id) == ("cbs-x-2026-02-13.zip", EDITION)
    assert house.downloads().seen("cbs") == seen_to(NOTE)
    assert house.waiting() == house.waiting_of("cbs") == [edition.path]
    assert told == ["the edition"]
    # It waits to be taken in, so there is nothing newer.
    assert fetch_edition(house, "cbs", told.append) is None


def test_a_note_of_an_edition_that_is_nowhere_is_not_believed(house: House, printer: Printer) -> None:
    Downloads(house.path).note_seen("cbs", seen_to(NOTE))
    assert fetch_edition(house, "cbs", print) is not None
    assert printer.seen == [Seen()]


def test_an_edition_in_quarantine_is_not_fetched_again(house: House, printer: Printer) -> None:
    Downloads(house.path).note_seen("cbs", seen_to(NOTE))
    quarantine(house.path, EDITION, "cbs-x-2026-02-13.zip", [{"sentence": "no"}])
    assert fetch_edition(house, "cbs", print) is None
    assert house.refused("cbs") == "cbs-x-2026-02-13.zip"
    assert house.refused("eurostat") is None


def test_the_same_bytes_again_say_that_they_are_known(house: House, printer: Printer) -> None:
    quarantine(house.path, EDITION, "cbs-x-2026-02-13.zip", [{"sentence": "no"}])
    edition = fetch_edition(house, "cbs", print)
    assert edition is not None
    assert edition.known
    assert house.waiting() == []


def test_nothing_is_noted_when_the_raw_copy_could_not_be_kept(
    house: House, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_STORE_SECONDS", 0.0)
    house.path.mkdir(exist_ok=True)
    from indforecast.vintages.store import Store

    with Store(house.path).lock(), pytest.raises(StoreLocked):
        fetch_edition(house, "cbs", print)
    assert house.downloads().seen("cbs") == {}
    assert house.waiting() == []


def test_a_source_that_is_none_is_said_so(house: House, printer: Printer) -> None:
    with pytest.raises(NotFound, match="Known are cbs"):
        publisher_of(house, "ons")
