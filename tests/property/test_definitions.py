"""Whatever is delivered in whatever order, a stored series counts one thing, and the thing that it is said to."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.delivery import DeliveryContext, delivery_checks, prepare_delivery
from indforecast.config import load_settings
from indforecast.domain.errors import InputError
from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.store import Store

HOUSE = load_settings()
REGISTRY = HOUSE.registry
INDICATORS = tuple(indicator.series_id for indicator in HOUSE.indicators)
SERIES = ("asylum", "asylum_first", "asylum_first.SYR", "asylum_nareis", "nareis_applications", *INDICATORS)
KEYS = (*REGISTRY.keys, "unspecified", "visits")
MONTHS = pd.date_range("2019-10", periods=24, freq="MS")

#: A delivery: (series, definition, place of its first month, number of months) for up to three series.
piece = st.tuples(st.sampled_from(SERIES), st.sampled_from(KEYS), st.integers(0, 20), st.integers(1, 4))
fitting = st.sampled_from(SERIES).flatmap(
    lambda series: st.tuples(
        st.just(series), st.sampled_from([item.key for item in REGISTRY.of_series(series)]), st.integers(0, 20),
        st.integers(1, 4),
    )
)  # fmt: skip
deliveries = st.lists(st.lists(st.one_of(piece, fitting), min_size=1, max_size=3), min_size=1, max_size=4)


def staged(pieces: list[tuple[str, str, int, int]], number: int) -> StagedDelivery:
    frames = []
    for series_id, definition, first, count in pieces:
        months = MONTHS[first : first + count]
        days = months + pd.offsets.MonthEnd(0) + pd.Timedelta(days=20 + number)
        frames.append(
            pd.DataFrame(
                {"series_id": series_id, "period": months, "observed": 100, "basis": "published",
                 "definition": definition, "source": "x", "available_from": days}
            )
        )  # fmt: skip
    frame = pd.concat(frames, ignore_index=True).drop_duplicates(["series_id", "period"], ignore_index=True)
    frame["row"] = range(2, len(frame) + 2)
    return StagedDelivery(sha256_hex(f"{number} {pieces}".encode()), f"{number}.csv", "x", frame)


def refusals(one: StagedDelivery, history: pd.DataFrame | None) -> set[str]:
    """Critical expectations that fail, by the same rules as the check, without the page."""
    context = DeliveryContext.of(HOUSE.hierarchy, history, registry=REGISTRY, indicators=INDICATORS)
    texts = prepare_delivery(one.frame, context).texts
    return {
        check.name
        for check in delivery_checks(context)
        if check.severity == "critical" and check.name in texts and len(texts[check.name])
    }


def counted(store: Store) -> dict[str, set[str]]:
    found = store.revisions().groupby("series_id")["definition"].agg(set)
    return {str(series_id): names for series_id, names in found.items()}


@settings(max_examples=10, deadline=None)
@given(sequence=deliveries)
def test_no_delivery_that_passes_its_check_mixes_definitions(sequence):
    with tempfile.TemporaryDirectory() as folder:
        store, taken = Store(Path(folder)), 0
        for number, pieces in enumerate(sequence):
            one = staged(pieces, number)
            history = store.as_of().observations if taken else None
            if refusals(one, history):
                continue
            store.append(one)  # what passes is never refused by the store for its definitions
            taken += 1
        for series_id, names in counted(store).items() if taken else ():
            [name] = names
            definition = REGISTRY.find(name)
            assert definition is not None
            assert definition.fits(series_id)


@settings(max_examples=10, deadline=None)
@given(sequence=deliveries)
def test_the_store_alone_lets_no_series_have_two(sequence):
    with tempfile.TemporaryDirectory() as folder:
        store, taken = Store(Path(folder)), 0
        for number, pieces in enumerate(sequence):
            before = counted(store) if taken else {}
            try:
                store.append(staged(pieces, number))
            except InputError:
                assert (counted(store) if taken else {}) == before
                continue
            taken += 1
        assert all(len(names) == 1 for names in (counted(store) if taken else {}).values())


@pytest.mark.parametrize("series_id", ["asylum_first", "asylum_nareis", *INDICATORS])
def test_only_its_own_definition_is_accepted(series_id):
    accepted = [
        key for key in KEYS if not refusals(staged([(series_id, key, 4, 3)], 0), None) & {
            "definition_known", "definition_fits_series", "definition_valid_then", "definition_break",
        }
    ]  # fmt: skip
    assert accepted == [item.key for item in REGISTRY.of_series(series_id)]
