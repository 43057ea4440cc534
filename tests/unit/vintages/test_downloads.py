"""Downloads as they wait, what was seen, and one fetch at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from indforecast.domain.errors import StoreLocked
from indforecast.vintages.downloads import Downloads


def test_an_untouched_home_stays_untouched(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path / "home")
    assert downloads.kept("cbs") == []
    assert downloads.seen("cbs") == {}
    assert not (tmp_path / "home").exists()


def test_the_same_edition_is_kept_once_and_another_of_its_name_beside_it(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    first = downloads.keep("cbs", "cbs-x-2026-02-13.zip", b"one")
    assert downloads.keep("cbs", "cbs-x-2026-02-13.zip", b"one") == first
    other = downloads.keep("cbs", "cbs-x-2026-02-13.zip", b"two")
    assert other != first
    assert (first.read_bytes(), other.read_bytes()) == (b"one", b"two")
    assert downloads.kept("cbs") == sorted([first, other])
    assert downloads.kept("eurostat") == []


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    path = Downloads(tmp_path).keep("../..", "../../evil", b"x")
    assert path.is_relative_to(tmp_path / "downloads")
    assert path.suffix == ".zip"


def test_what_was_seen_comes_back_and_a_damaged_note_counts_as_none(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    downloads.note_seen("cbs", {"published": "2026-02-13", "validators": {"é": "ü"}})
    assert downloads.seen("cbs") == {"published": "2026-02-13", "validators": {"é": "ü"}}
    assert downloads.kept("cbs") == []
    for damaged in (b"{", b"[]", b"\xff", b"[" * 100_000, b" " * 1_000_001):
        (tmp_path / "downloads" / "cbs" / "seen.json").write_bytes(damaged)
        assert downloads.seen("cbs") == {}


def test_one_fetch_of_a_source_at_a_time_and_none_waits_for_another_source(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    refused: list[Exception] = []

    def other() -> None:
        with Downloads(tmp_path).held("eurostat"):
            pass
        try:
            with downloads.held("cbs"):
                pass
        except StoreLocked as error:
            refused.append(error)

    with downloads.held("cbs"), downloads.held("cbs"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        with pytest.raises(StoreLocked, match="fetching cbs"), Downloads(tmp_path).held("cbs"):
            pass
    assert len(refused) == 1
    with Downloads(tmp_path).held("cbs"):
        pass
