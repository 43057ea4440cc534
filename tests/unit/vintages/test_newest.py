"""How new what is stored is: per source, and over all streams."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.newest import newest_of_all
from indforecast.vintages.store import Store


def delivered(store: Store, source: str, day: str, *rows: tuple[str, str]) -> None:
    frame = pd.DataFrame(
        {
            "series_id": [series for series, _ in rows],
            "period": pd.to_datetime([month for _, month in rows]),
            "observed": range(len(rows)),
            "basis": "published",
            "definition": "d",
            "source": source,
            "available_from": pd.Timestamp(day),
        }
    )
    store.append(StagedDelivery(sha256_hex(f"{source}{day}".encode()), "x", "P", frame.assign(row=1)))


def test_a_source_is_as_new_as_its_own_rows_even_when_others_overtook_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.newest_from("CBS") is None
    delivered(store, "CBS", "2026-02-13", ("a", "2025-11-01"), ("a", "2025-12-01"))
    delivered(store, "IND", "2026-02-20", ("a", "2025-12-01"), ("a", "2026-01-01"))
    assert store.newest_from("CBS") == (date(2026, 2, 13), date(2025, 12, 1))
    assert store.newest_from("IND") == (date(2026, 2, 20), date(2026, 1, 1))
    # An old month that comes late does not make a source newer.
    delivered(store, "CBS", "2026-03-13", ("a", "2024-01-01"))
    assert store.newest_from("CBS") == (date(2026, 3, 13), date(2025, 12, 1))


def test_all_streams_are_as_new_as_the_one_that_lags_most(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert newest_of_all(store, ["a", "b"]) is None
    delivered(store, "IND", "2026-02-20", ("a", "2026-01-01"), ("b", "2025-12-01"), ("c", "2026-01-01"))
    assert newest_of_all(store, ["a", "b"]) == (date(2026, 2, 20), date(2025, 12, 1))
    assert newest_of_all(store, ["a", "c"]) == (date(2026, 2, 20), date(2026, 1, 1))
    assert newest_of_all(store, ["a", "nobody"]) is None
