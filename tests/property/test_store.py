"""The store against the simplest thing that could be right: a dictionary of what was said when."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indforecast.domain.errors import NotFound
from indforecast.domain.files import sha256_hex
from indforecast.sources.protocol import StagedDelivery
from indforecast.vintages.store import Store
from indforecast.vintages.triangle import Triangle

SERIES = ("students", "asylum_first", "asylum_first.SYR")
MONTHS = ("2025-10", "2025-11", "2025-12")
DAY_ZERO = date(2026, 1, 1)
DAYS = st.integers(0, 12)

#: What the world says: one figure per series, month and day known, so that deliveries never contradict each other.
WORLD = st.dictionaries(
    st.tuples(st.sampled_from(SERIES), st.sampled_from(MONTHS), DAYS),
    st.integers(0, 10_000),
    min_size=1,
    max_size=20,
)
FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=60, deadline=None, derandomize=True)


def day(number):
    return DAY_ZERO + timedelta(days=number)


def frame(world, keys):
    return pd.DataFrame(
        {
            "series_id": [key[0] for key in keys],
            "period": pd.to_datetime([key[1] for key in keys]),
            "observed": [world[key] for key in keys],
            "basis": "published",
            "definition": "applications",
            "source": "press",
            "available_from": pd.to_datetime([day(key[2]) for key in keys]),
        }
    )


def known_on(world, number):
    latest = {}
    for series, month, known in sorted(world, key=lambda key: key[2]):
        if known <= number:
            latest[series, month] = world[series, month, known]
    return latest


def answer(door, number):
    try:
        rows = door.as_of(day(number)).observations
    except NotFound:
        return {}
    assert (rows["available_from"] <= pd.Timestamp(day(number))).all()
    assert not rows.duplicated(["series_id", "period"]).any()
    months = rows["period"].dt.strftime("%Y-%m")
    return dict(zip(zip(rows["series_id"], months, strict=True), rows["observed"], strict=True))


@MANY
@given(world=WORLD, data=st.data())
def test_as_of_is_the_latest_figure_known_and_never_the_future(world, data):
    keys = data.draw(st.permutations(sorted(world)))
    triangle = Triangle(frame(world, keys).assign(delivery_id="d", publisher="IND"))
    for number in range(-1, 14):
        assert answer(triangle, number) == known_on(world, number)


@MANY
@given(world=WORLD, number=DAYS, data=st.data())
def test_what_becomes_known_later_does_not_change_the_past(world, number, data):
    past = {key: value for key, value in world.items() if key[2] <= number}
    whole = Triangle(
        frame(world, data.draw(st.permutations(sorted(world)))).assign(delivery_id="d", publisher="IND")
    )
    if not past:
        assert answer(whole, number) == {}
        return
    part = Triangle(frame(world, sorted(past)).assign(delivery_id="d", publisher="IND"))
    pd.testing.assert_frame_equal(whole.as_of(day(number)).observations, part.as_of(day(number)).observations)
    pd.testing.assert_frame_equal(whole.revisions(day(number)), part.revisions(day(number)))


@FEW
@given(world=WORLD, data=st.data())
def test_order_overlap_and_duplicates_of_deliveries_do_not_matter(world, data):
    keys = sorted(world)
    pieces = data.draw(st.lists(st.lists(st.sampled_from(keys), min_size=1, max_size=8), min_size=1, max_size=3))
    deliveries = [
        StagedDelivery(sha256_hex(repr(piece).encode()), f"{number}.csv", "IND", frame(world, piece))
        for number, piece in enumerate([*pieces, keys])
    ]
    order = data.draw(st.permutations([*deliveries, *deliveries]))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        added = sum(store.append(staged).rows_added for staged in order)
        assert added == len(world)
        assert len(store.revisions()) == len(world)
        for number in (0, 4, 8, 12):
            assert answer(store, number) == known_on(world, number)
        register = store.deliveries()
        assert set(register["delivery_id"]) == {staged.delivery_id for staged in deliveries}
        assert register["rows_added"].sum() == len(world)
        assert store.vintages() == sorted({day(key[2]) for key in world})
