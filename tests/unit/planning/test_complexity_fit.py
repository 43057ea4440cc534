"""What was put into simulated hours comes out again, with the error it is said to have."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.domain.errors import InputError
from indforecast.planning.complexity import complexity_factors
from indforecast.planning.complexity_estimate import common_variance, estimate
from indforecast.planning.complexity_fit import fit_complexity
from indforecast.planning.hours_history import HoursHistory

FIRST = np.datetime64("2018-01", "M")
WORK = ("asylum_first", "nareis_applications", "students")
ASSUMED = load_settings().planning.complexity


def history(seed, *, count=96, drift=0.03, wander=0.04, noise=0.04, jumps=None, common=None, name="asylum_first"):
    random = np.random.default_rng(seed)
    steps = drift / 12 + wander / np.sqrt(12) * random.standard_normal(count)
    if common is not None:
        steps = steps + common
    for at, size in (jumps or {}).items():
        steps[at] += size
    level = np.log(30) + np.cumsum(steps) + noise * random.standard_normal(count)
    return HoursHistory(name, FIRST + np.arange(count), np.exp(level))


def test_drift_wandering_and_noise_are_recovered_over_many_histories():
    fits = [fit_complexity(history(seed)) for seed in range(20)]
    assert np.mean([fit.drift for fit in fits]) == pytest.approx(0.03, abs=0.008)
    assert np.median([fit.volatility for fit in fits]) == pytest.approx(0.04, abs=0.01)
    assert np.mean([fit.noise for fit in fits]) == pytest.approx(0.04, abs=0.004)
    inside = np.mean([abs(fit.drift - 0.03) < 2 * fit.drift_error for fit in fits])
    assert inside >= 0.8
    assert np.mean([len(fit.jumps) for fit in fits]) < 0.25


def test_a_clear_jump_is_found_where_it_is_and_leaves_the_drift_alone():
    fits = [fit_complexity(history(seed, jumps={40: 0.25})) for seed in range(8)]
    for fit in fits:
        near = [jump for jump in fit.jumps if abs((jump.month - (FIRST + 40)).astype(int)) <= 1]
        assert len(near) == 1
        assert near[0].size == pytest.approx(0.25, abs=4 * near[0].standard_error)
    assert np.mean([fit.drift for fit in fits]) == pytest.approx(0.03, abs=0.015)


def test_a_single_wrong_month_is_left_out_and_is_no_jump():
    wrong = history(1)
    values = wrong.hours_per_case.copy()
    values[50] *= 3
    fit = fit_complexity(HoursHistory("asylum_first", wrong.months, values))
    assert fit.wrong_months == (FIRST + 50,)
    clean = fit_complexity(wrong)
    assert len(fit.jumps) == len(clean.jumps)
    assert fit.drift == pytest.approx(clean.drift, abs=0.01)
    assert fit.noise == pytest.approx(clean.noise, abs=0.01)


@pytest.mark.parametrize("at", [0, 95])
def test_a_wrong_month_at_an_end_is_no_jump(at):
    wrong = history(6)
    values = wrong.hours_per_case.copy()
    values[at] *= 2
    fit = fit_complexity(HoursHistory("asylum_first", wrong.months, values))
    assert fit.wrong_months == (FIRST + at,)
    assert [jump.month for jump in fit.jumps] == [jump.month for jump in fit_complexity(wrong).jumps]
    assert fit.hours_per_case == pytest.approx(fit_complexity(wrong).hours_per_case, rel=0.03)


def test_missing_months_are_gaps_and_no_zeros():
    whole = history(4)
    values = whole.hours_per_case.copy()
    values[[10, 11, 12, 60]] = np.nan
    fit = fit_complexity(HoursHistory("asylum_first", whole.months, values))
    assert fit.months == 92
    assert fit.years == pytest.approx(95 / 12)
    assert fit.drift == pytest.approx(fit_complexity(whole).drift, abs=0.02)
    assert np.isnan(fit.steps[[0, 10, 11, 12, 60]]).all()
    assert np.isfinite(fit.steps[13])


def test_the_level_is_that_of_the_last_months():
    fit = fit_complexity(history(2, wander=0.0001, noise=0.001, drift=0.0))
    assert fit.hours_per_case == pytest.approx(30, rel=0.01)


def test_too_few_months_and_hours_that_never_change_are_refused():
    with pytest.raises(InputError, match=r"23 months .* needs 24"):
        fit_complexity(history(1, count=23))
    flat = HoursHistory("students", FIRST + np.arange(30), np.full(30, 2.0))
    with pytest.raises(InputError, match="never change: 2") as caught:
        fit_complexity(flat)
    assert "norm hours" in str(caught.value.hint)


def test_what_streams_share_is_found_and_split_off():
    random = np.random.default_rng(8)
    shared = 0.06 / np.sqrt(12) * random.standard_normal(240)
    histories = {
        name: history(seed, count=240, wander=0.03, noise=0.02, common=shared, name=name)
        for seed, name in enumerate(WORK)
    }
    figures, fits = estimate(histories, ASSUMED, WORK)
    found = common_variance(histories, fits)
    assert found is not None
    assert np.sqrt(12 * found) == pytest.approx(0.06, rel=0.35)
    assert figures.common.volatility == pytest.approx(np.sqrt(12 * found))
    apart = {name: history(seed + 50, count=240, name=name) for seed, name in enumerate(WORK)}
    _, alone = estimate(apart, ASSUMED, WORK)
    nothing = common_variance(apart, alone)
    assert nothing is not None
    assert nothing < 0.5 * found


def test_noise_that_streams_share_is_no_common_wandering():
    noise = 0.08 * np.random.default_rng(3).standard_normal(360)
    step = np.diff(noise, prepend=0.0)
    histories = {
        name: history(seed, count=360, wander=0.2, noise=0.01, common=step, name=name)
        for seed, name in enumerate(WORK)
    }
    found = common_variance(histories, {name: fit_complexity(one) for name, one in histories.items()})
    assert found is not None
    assert np.sqrt(12 * found) < 0.1  # the months' noise would make it 0.39, cut off at the streams' own 0.2


def test_estimates_are_weighed_against_the_assumption():
    long, fits = estimate({"asylum_first": history(3, count=360, drift=0.08)}, ASSUMED, WORK)
    own, felt = long.own["asylum_first"], long.exposure["asylum_first"]
    drift = own.drift + felt * long.common.drift
    seen = fits["asylum_first"].drift
    low, high = sorted((ASSUMED.drift.value, seen))
    assert low < drift < high
    assert abs(drift - seen) < abs(drift - ASSUMED.drift.value)
    assert own.jumps > 0  # a history without jumps does not prove that none will come
    assert own.jumps < ASSUMED.jumps_own.value
    assert long.own["students"] == estimate({}, ASSUMED, WORK)[0].own["students"]
    factors = complexity_factors(50, 12, long, 1)
    assert set(factors) == set(WORK)


def test_without_a_file_all_is_assumed():
    figures, fits = estimate({}, ASSUMED, WORK)
    assert fits == {}
    assert figures.common.volatility == ASSUMED.volatility_common.value
