"""Publishers as settings describe them, and who reads which file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indforecast.config import load_settings
from indforecast.domain.errors import ConfigError, InputError
from indforecast.sources.bundle import Bundle
from indforecast.sources.file_drop import FileDrop
from indforecast.sources.publisher import Seen
from indforecast.sources.publishers import (
    http_client,
    make_publishers,
    reader_of,
    seen_from,
    seen_to,
    understand_file,
)

CANONICAL = b"series_id,period,observed,available_from\nasylum_first,2026-01,5,2026-02-20\n"


def bundle(source: str) -> bytes:
    return Bundle(source, "x", date(2026, 2, 13), {"a.json": b"{}"}).to_bytes()


def never() -> tuple[()]:
    raise AssertionError("nobody was to be asked")


def test_publishers_carry_the_names_that_settings_know_them_by() -> None:
    settings = load_settings()
    publishers = make_publishers(settings)
    assert [one.name for one in publishers] == list(settings.sources.by_name())


def test_a_table_without_a_description_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[sources.cbs]\ntable = "12345NED"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="12345NED"):
        make_publishers(load_settings(file), tmp_path / "tables")


def test_rows_name_the_source_that_freshness_looks_for() -> None:
    cbs, eurostat = make_publishers(load_settings())
    titles = [one.title for one in load_settings().sources.by_name().values()]
    assert [cbs.words.source, eurostat.words.source] == titles  # type: ignore[attr-defined]


def test_a_client_is_as_patient_as_the_settings_say(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[sources.cbs.patience]\nattempts = 3\nmost_megabytes = 1.5\nread_seconds = 7\n", "utf-8")
    policy = http_client(load_settings(file).sources.cbs).policy
    assert (policy.attempts, policy.body_bytes, policy.read_seconds) == (3, 1_500_000, 7.0)


def test_only_a_download_asks_for_publishers() -> None:
    files = FileDrop()
    assert reader_of(CANONICAL, never, files) is files
    assert understand_file(CANONICAL, "a.csv", never, files).form == "canonical CSV"


def test_a_download_of_nobody_known_is_refused_with_the_known_ones() -> None:
    publishers = make_publishers(load_settings())
    reader = reader_of(bundle("ons"), lambda: publishers, FileDrop())
    with pytest.raises(InputError, match=r"download of 'ons'.*cbs, eurostat"):
        reader.read(bundle("ons"), "x.zip")


def test_a_download_is_read_by_its_own_publisher() -> None:
    publishers = make_publishers(load_settings())
    for source, says in (("cbs", "83102NED"), ("eurostat", "Eurostat")):
        with pytest.raises(InputError, match=says):
            reader_of(bundle(source), lambda: publishers, FileDrop()).read(bundle(source), "x.zip")
        with pytest.raises(InputError, match=says):
            understand_file(bundle(source), "x.zip", lambda: publishers, FileDrop())


def test_what_was_seen_survives_its_note() -> None:
    seen = Seen(date(2026, 2, 13), {"https://example.org/a": '"tag"'}, "0" * 64)
    assert seen_from(json.loads(json.dumps(seen_to(seen)))) == seen


@pytest.mark.parametrize(
    "note",
    [
        {},
        {"published": "2026-02-13", "validators": {}, "content_sha256": None},
        {"published": "13 February", "validators": {}, "content_sha256": "0"},
        {"published": "2026-02-13", "validators": {"a": 1}, "content_sha256": "0"},
        {"published": "2026-02-13", "validators": [], "content_sha256": "0"},
        {"published": 20260213, "validators": {}, "content_sha256": "0"},
    ],
)
def test_a_damaged_note_is_none(note: dict[str, object]) -> None:
    assert seen_from(note) == Seen()
