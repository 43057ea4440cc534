from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import engine_scaling
from benchmarks.engine_protocol import HORIZON, LEVELS, Pairs, choose_pairs
from benchmarks.engine_report import Measured
from benchmarks.engine_sums import (
    CALENDAR_YEAR,
    TWELVE_MONTHS,
    draws_of,
    sum_figures,
    sum_quantiles,
    sum_table,
    windows,
)


@pytest.fixture
def pairs() -> Pairs:
    rng = np.random.default_rng(4)
    frames = []
    for group, name, first, length in (("a", "a1", "2000-01", 90), ("b", "b1", "2001-05", 80)):
        months = (np.datetime64(first, "M") + np.arange(length)).astype(str)
        counts = rng.poisson(300, length)
        frames.append(pd.DataFrame({"group": group, "series_id": name, "period": months, "observed": counts}))
    return choose_pairs(pd.concat(frames))


def counts_of(pairs: Pairs, pair: int) -> pd.Series:
    history = pairs.histories[pairs.series[pair]]
    first = pd.Period(str(pairs.first_months[pairs.series[pair]]), "M")
    return pd.Series(history, index=pd.period_range(first, periods=len(history), freq="M"))


def test_sums_are_those_of_the_calendar(pairs: Pairs) -> None:
    found = windows(pairs)
    for pair in range(len(pairs)):
        counts = counts_of(pairs, pair)
        origin = pd.Period(str(pairs.origins[pair]), "M")
        months = pd.period_range(origin + 1, periods=12, freq="M")
        expected = counts.reindex(months).to_numpy().sum()
        np.testing.assert_equal(found[TWELVE_MONTHS].outcome[pair], expected)
        year = origin.year if origin.month <= 6 else origin.year + 1
        months = pd.period_range(f"{year}-01", f"{year}-12", freq="M")
        np.testing.assert_equal(found[CALENDAR_YEAR].outcome[pair], counts.reindex(months).to_numpy().sum())
        past = [month for month in months if month <= origin]
        assert found[CALENDAR_YEAR].known[pair] == counts.reindex(past).sum()
        assert found[CALENDAR_YEAR].ahead[pair].sum() == 12 - len(past)


def test_a_missing_month_leaves_its_sums_out() -> None:
    months = (np.datetime64("2000-01", "M") + np.arange(90)).astype(str)
    rows = pd.DataFrame({"series_id": "s", "period": months, "observed": 5.0})
    chosen = choose_pairs(rows[rows["period"] != "2005-02"])
    found = windows(chosen)[CALENDAR_YEAR]
    of_2005 = [
        pair
        for pair, origin in enumerate(chosen.origins)
        if np.datetime64("2004-07") <= origin <= np.datetime64("2005-06")
    ]
    assert of_2005
    assert np.isnan(found.outcome[of_2005]).all()
    others = np.setdiff1d(np.flatnonzero(chosen.origins < np.datetime64("2006-07")), of_2005)
    assert (found.outcome[others] == 60.0).all()


def test_draws_keep_the_quantiles_of_every_month() -> None:
    from scipy.stats import gamma

    shape = np.random.default_rng(8).uniform(1.0, 20.0, (5, HORIZON, 1))
    quantiles = gamma.ppf(LEVELS, shape, scale=100.0)
    found = np.moveaxis(np.quantile(draws_of(quantiles), LEVELS, axis=1, method="hazen"), 0, -1)
    np.testing.assert_allclose(found, quantiles, rtol=2e-3)


def test_a_sum_of_sure_months_is_sure(pairs: Pairs) -> None:
    quantiles = np.repeat(np.nan_to_num(pairs.truth, nan=1.0)[..., None], len(LEVELS), axis=-1)
    for window in windows(pairs).values():
        known = np.isfinite(window.outcome)
        sums = sum_quantiles(quantiles, window)[known, 0]
        np.testing.assert_allclose(sums, np.repeat(window.outcome[known][:, None], len(LEVELS), axis=1))


def test_months_hang_together_more_than_independent_and_less_than_fully(pairs: Pairs) -> None:
    quantiles = 1_000 + 100 * np.array([-1.96, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.96])
    sums = sum_quantiles(np.broadcast_to(quantiles, (len(pairs), HORIZON, 7)), windows(pairs)[TWELVE_MONTHS])
    width = sums[0, 0, -1] - sums[0, 0, 0]
    assert 2 * 196 * 12**0.5 * 1.5 < width < 2 * 196 * 12


def test_windows_side_by_side_are_counted_per_group(pairs: Pairs) -> None:
    models = {"base": Measured(np.full((len(pairs), HORIZON, 7), 300.0), 1.0, len(pairs))}
    found = sum_figures(models, pairs, "base")
    counted = found[TWELVE_MONTHS]["base"]["independent_windows"]
    # a1: origins from 2003-12, known to 2007-06; b1: from 2005-04, known to 2007-12.
    assert counted == {"all": 3, "a": 3, "b": 2}
    assert found[CALENDAR_YEAR]["base"]["log_ratio"]["all"] == pytest.approx(1.0)
    assert any("| 3/3/2 |" in row for row in sum_table(found))


def test_cost_is_measured_in_a_process_of_its_own() -> None:
    cost = engine_scaling.measure("indforecast=indforecast:forecast", (5, 60, 3), {}, repeats=1)
    assert (cost.series, cost.months, cost.members) == (5, 60, 3)
    assert cost.rows == 5 * HORIZON * len(LEVELS)
    assert cost.mebibytes >= cost.before > 0
    assert cost.processor_seconds > 0
    with pytest.raises(RuntimeError, match="no_such_module"):
        engine_scaling.measure("x=no_such_module:forecast", (5, 60, 3), {}, repeats=1)
