"""The panel engine sees no future, of any series: to the bit, through calibration and events."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import indforecast

FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
KEYS = ["series_id", "forecast_origin", "horizon", "quantile_level"]
LEVELS = (0.025, 0.5, 0.9)
MONTHS = 68
CALENDAR = pd.period_range("2014-05", periods=MONTHS, freq="M")


@st.composite
def panels(draw) -> pd.DataFrame:
    """One to five series of one or two groups; gaps, late starts, early ends, noughts, collapses."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    parts = []
    for number in range(draw(st.integers(1, 5))):
        counts = rng.poisson(np.exp(rng.uniform(0, 9) + np.cumsum(rng.normal(0, rng.uniform(0, 0.3), MONTHS))))
        match draw(st.sampled_from(["plain", "collapse", "noughts", "late", "ended", "gaps"])):
            case "collapse":
                counts[rng.integers(20, MONTHS) :] = 0
            case "noughts":
                counts[:] = 0
            case kind:
                keep = np.ones(MONTHS, dtype=bool)
                if kind == "late":
                    keep[: rng.integers(1, MONTHS - 1)] = False
                elif kind == "ended":
                    keep[rng.integers(1, MONTHS) :] = False
                elif kind == "gaps":
                    keep = rng.random(MONTHS) > 0.3
                    keep[0] = True
                parts.append(frame(number, counts, keep, draw(st.sampled_from(["x", "y"]))))
                continue
        parts.append(frame(number, counts, np.ones(MONTHS, dtype=bool), draw(st.sampled_from(["x", "y"]))))
    return pd.concat(parts, ignore_index=True)


def frame(number: int, counts: np.ndarray, keep: np.ndarray, group: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "series_id": f"s{number}",
            "period": CALENDAR[keep],
            "observed": counts[keep].astype(float),
            "group": group,
        }
    )


def spoilt(rows: pd.DataFrame, month: pd.Period, way: str, rng: np.random.Generator) -> pd.DataFrame:
    """The panel with another future after ``month``."""
    future = rows["period"] > month
    if way == "all gone":
        return rows[~future]
    if way == "some gone":
        return rows[~future | (rng.random(len(rows)) < 0.5)]
    if way == "emptied":
        return rows.assign(observed=rows["observed"].where(~future))
    if way == "a series less":
        return rows[~future | (rows["series_id"] != "s0")]
    other = rows.copy()
    other.loc[future, "observed"] = rng.choice([0.0, 1.0, 1e9, 37.0], int(future.sum()))
    if way == "changed":
        return other
    months = CALENDAR[month < CALENDAR]
    fresh = [
        pd.DataFrame(
            {"series_id": key, "period": months, "observed": rng.poisson(50, len(months)), "group": group}
        )
        for key, group in (("a first", "x"), ("s0b", "y"), ("zz", "a group before"), ("zzz", "z"))
    ]
    return pd.concat([other, *fresh], ignore_index=True)


WAYS = ["all gone", "some gone", "emptied", "a series less", "changed", "more series"]


def assert_same_until(month: pd.Period, before: pd.DataFrame, after: pd.DataFrame, *, complete: bool) -> None:
    """Rows of origins up to ``month`` that stand in both are the same to the bit, and none is new."""
    before, after = (rows[rows["forecast_origin"] <= month] for rows in (before, after))
    both = after.merge(before, on=KEYS, how="left", suffixes=("", "_before"))
    assert both["value_before"].notna().all()
    np.testing.assert_array_equal(
        both["value"].to_numpy().view("int64"), both["value_before"].to_numpy().view("int64")
    )
    if complete:
        assert len(after) == len(before)


@FEW
@given(rows=panels(), cut=st.integers(48, MONTHS - 2), way=st.sampled_from(WAYS), seed=st.integers(0, 10**6))
def test_no_value_after_an_origin_changes_a_bit_of_it(rows: pd.DataFrame, cut: int, way: str, seed: int) -> None:
    month, rng = CALENDAR[cut], np.random.default_rng(seed)
    origins = [str(origin) for origin in CALENDAR[12 : cut + 1]]
    other = spoilt(rows, month, way, rng)
    if not other["observed"].notna().any() or (other["period"] <= month).sum() == 0:
        return
    first, last = other["period"].min(), min(some["period"].max() for some in (rows, other))
    known = [origin for origin in origins if str(first) <= origin <= str(last)]
    if rows["period"].min() != first or not known:
        return
    before = indforecast.backtest(rows, horizon=3, quantile_levels=LEVELS, origins=known)
    after = indforecast.backtest(other, horizon=3, quantile_levels=LEVELS, origins=known)
    assert_same_until(month, before, after, complete=not set(after["series_id"]) - set(before["series_id"]))


@FEW
@given(rows=panels(), cut=st.integers(47, MONTHS - 2), way=st.sampled_from(WAYS), seed=st.integers(0, 10**6))
def test_nor_with_the_origins_left_open(rows: pd.DataFrame, cut: int, way: str, seed: int) -> None:
    """Rows may vanish, of months after what is now a series' last; none of the others differs."""
    other = spoilt(rows, CALENDAR[cut], way, np.random.default_rng(seed))
    if not other["observed"].notna().any():
        return
    before = indforecast.backtest(rows, horizon=2, quantile_levels=LEVELS)
    after = indforecast.backtest(other, horizon=2, quantile_levels=LEVELS)
    assert_same_until(CALENDAR[cut], before, after, complete=way in ("changed", "more series"))


@FEW
@given(
    rows=panels(),
    starts=st.lists(st.integers(20, MONTHS - 4), min_size=1, max_size=3),
    delays=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    later=st.integers(48, MONTHS - 2),
    dampings=st.lists(st.sampled_from([1.0, 0.6, 0.1]), min_size=3, max_size=3),
    all_series=st.booleans(),
)
def test_an_event_is_unknown_until_it_is_known(
    rows: pd.DataFrame, starts: list[int], delays: list[int], later: int, dampings: list[float], all_series: bool
) -> None:
    """What becomes known after a month, of events and of counts, leaves its forecasts as they were."""
    events = pd.DataFrame(
        {
            "start": [CALENDAR[start] for start in starts],
            "end": [CALENDAR[start + 2] for start in starts],
            "known_from": [CALENDAR[0] + start + delay for start, delay in zip(starts, delays, strict=False)],
            "series_id": [None if all_series else "s0" for _ in starts],
            "damping": dampings[: len(starts)],
        }
    )
    more = pd.DataFrame(
        {"start": [CALENDAR[30]], "end": [CALENDAR[-1]], "known_from": [CALENDAR[later] + 1], "series_id": [None]}
    )
    changed = spoilt(rows, CALENDAR[later], "changed", np.random.default_rng(later))
    before = indforecast.backtest(rows, horizon=2, quantile_levels=LEVELS, events=events)
    after = indforecast.backtest(changed, horizon=2, quantile_levels=LEVELS, events=pd.concat([more, events]))
    assert_same_until(CALENDAR[later], before, after, complete=True)


@FEW
@given(rows=panels(), seed=st.integers(0, 10**6), share=st.floats(0, 1))
def test_order_and_repetition_of_rows_change_nothing(rows: pd.DataFrame, seed: int, share: float) -> None:
    mixed = pd.concat([rows, rows.sample(frac=share, random_state=seed)]).sample(frac=1.0, random_state=seed)
    before, after = (indforecast.forecast(some, horizon=4, quantile_levels=LEVELS) for some in (rows, mixed))
    pd.testing.assert_frame_equal(after, before, check_exact=True)


@FEW
@given(rows=panels(), horizon=st.integers(1, 30), season_length=st.sampled_from([1, 4, 12]))
def test_answers_are_counts_that_never_cross_for_every_series(
    rows: pd.DataFrame, horizon: int, season_length: int
) -> None:
    answer = indforecast.forecast(rows, horizon=horizon, quantile_levels=LEVELS, season_length=season_length)
    assert len(answer) == rows["series_id"].nunique() * horizon * len(LEVELS)
    table = answer["value"].to_numpy().reshape(-1, len(LEVELS))
    assert np.all(np.isfinite(table))
    assert np.all(table >= 0)
    assert np.all(np.diff(table, axis=1) >= 0)
