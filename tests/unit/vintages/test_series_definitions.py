"""The store's own door: whoever appends, a series never gets a second definition."""

from __future__ import annotations

import pandas as pd
import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.series_definitions import SeriesDefinitions
from indforecast.vintages.store import Store

HEAD = ["series_id", "period", "observed", "basis", "definition", "source", "available_from"]


def rows(*said: tuple[str, str, str]) -> pd.DataFrame:
    """Series, month, definition; known from the 20th of the next month."""
    found = []
    for series_id, month, definition in said:
        period = pd.Timestamp(f"{month}-01")
        day = period + pd.offsets.MonthEnd(0) + pd.Timedelta(days=20)
        found.append((series_id, period, 100, "published", definition, "a publisher", day))
    return pd.DataFrame(found, columns=HEAD)


def append(store: Store, name: str, *said: tuple[str, str, str]) -> int:
    return store.append(StagedDelivery(name[0] * 64, name, "IND", rows(*said))).rows_added


def counted(store: Store) -> dict[str, set[str]]:
    known = store.revisions()
    return known.groupby("series_id")["definition"].agg(set).to_dict()


def test_another_definition_is_refused_and_nothing_is_stored(tmp_path):
    store = Store(tmp_path)
    append(store, "a.csv", ("asylum_nareis", "2026-01", "nareis_arrival"))
    with pytest.raises(
        InputError, match=r"'b\.csv' counts nareis_application in asylum_nareis, which counts nareis_"
    ):
        append(
            store, "b.csv", ("students", "2026-02", "study_application"),
            ("asylum_nareis", "2026-02", "nareis_application"),
        )  # fmt: skip
    assert counted(store) == {"asylum_nareis": {"nareis_arrival"}}
    assert len(store.deliveries()) == 1


def test_a_new_process_refuses_it_as_well(tmp_path):
    append(Store(tmp_path), "a.csv", ("students", "2026-01", "study_application"))
    with pytest.raises(InputError, match="visits"):
        append(Store(tmp_path), "b.csv", ("students", "2026-02", "visits"))


def test_what_another_writer_stored_meanwhile_counts(tmp_path):
    one, other = Store(tmp_path), Store(tmp_path)
    append(one, "a.csv", ("asylum_first", "2026-01", "first_application_signed"))
    append(other, "b.csv", ("students", "2026-01", "study_application"))
    with pytest.raises(InputError, match="visits"):
        append(one, "c.csv", ("students", "2026-02", "visits"))


def test_one_delivery_cannot_bring_two_definitions_of_a_new_series(tmp_path):
    with pytest.raises(InputError, match="counts b in students, which counts a"):
        append(Store(tmp_path), "a.csv", ("students", "2026-01", "a"), ("students", "2026-02", "b"))


def test_a_nationality_is_a_series_of_its_own_here(tmp_path):
    store = Store(tmp_path)
    append(store, "a.csv", ("asylum_first", "2026-01", "a"), ("asylum_first.SYR", "2026-01", "a"))
    with pytest.raises(InputError, match=r"in asylum_first\.SYR"):
        append(store, "b.csv", ("asylum_first", "2026-02", "a"), ("asylum_first.SYR", "2026-02", "b"))


def test_the_table_is_read_once_per_version():
    reads = []

    def read(columns: list[str]) -> pd.DataFrame:
        reads.append(columns)
        return rows(("students", "2026-01", "a"))[columns]

    seen = SeriesDefinitions()
    new = rows(("students", "2026-02", "a"), ("labour", "2026-02", "c"))
    seen.require_one(new, "f.csv", 4, read)
    seen.stored(new, 5)
    seen.require_one(new, "f.csv", 5, read)
    assert len(reads) == 1
    with pytest.raises(InputError, match="labour"):
        seen.require_one(rows(("labour", "2026-03", "d")), "f.csv", 5, read)
    seen.require_one(new, "f.csv", 7, read)
    assert len(reads) == 2
