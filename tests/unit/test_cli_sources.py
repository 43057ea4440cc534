"""What ``status`` and ``doctor`` say of each source."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from indforecast.cli_sources import news_of_sources, sources_of, waiting_downloads
from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.downloads import Downloads
from indforecast.vintages.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def take_in(store: Store, source: str, month: str, day: str) -> None:
    frame = pd.DataFrame(
        {
            "series_id": ["x"],
            "period": pd.to_datetime([month]),
            "observed": [1],
            "basis": "published",
            "definition": "d",
            "source": source,
            "available_from": pd.Timestamp(day),
            "row": [1],
        }
    )
    store.append(StagedDelivery(sha256_hex(source.encode()), "x", "P", frame))


def test_nothing_from_the_network_is_nothing_to_worry_about(store: Store) -> None:
    assert [one["source"] for one in sources_of(store)] == ["file_drop", "cbs", "eurostat"]
    assert "'indforecast fetch cbs' asks for it" in sources_of(store)[1]["sentence"]
    assert news_of_sources(store) == (False, "nothing was taken in from the network yet, and no run needs it")


def test_a_month_that_ought_to_be_there_is_named_with_the_command(store: Store) -> None:
    take_in(store, "CBS StatLine 83102NED", "2020-01-01", "2020-02-25")
    overdue, sentence = news_of_sources(store)
    assert overdue
    assert "cbs: edition of 2020-02-25, up to 2020-01; OVERDUE: 2020-02 was due on 2020-04-14" in sentence
    assert sentence.endswith("try 'indforecast fetch cbs'")


def test_a_source_that_is_switched_off_is_not_complained_about(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(store, "CBS StatLine 83102NED", "2020-01-01", "2020-02-25")
    (tmp_path / "mine.toml").write_text("[sources.cbs]\nenabled = false\n", encoding="utf-8")
    monkeypatch.setenv("INDFORECAST_CONFIG", str(tmp_path / "mine.toml"))
    assert news_of_sources(store) == (False, "cbs up to 2020-01")
    assert sources_of(store)[1]["sentence"].endswith("switched off in the settings")


def test_a_source_that_is_in_time_says_so(store: Store) -> None:
    take_in(store, "Eurostat migr_asyappctzm", "2100-01-01", "2026-01-05")
    assert news_of_sources(store) == (False, "eurostat up to 2100-01")


def test_downloads_wait_until_they_are_dealt_with(tmp_path: Path) -> None:
    path = Downloads(tmp_path).keep("cbs", "a.zip", b"one")
    Downloads(tmp_path).note_seen("cbs", {})
    assert waiting_downloads(tmp_path, set()) == [path]
    assert waiting_downloads(tmp_path, {sha256_hex(b"one")}) == []
