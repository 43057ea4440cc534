"""The recursion: a Kalman filter where it should be one, and its forecasts ahead are its own steps repeated."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.mlemodel import MLEModel

from indforecast.models.filter_bank.members import DECAYS, MEMBERS, Member
from indforecast.models.filter_bank.recursion import STATE_CLIP, VARIANCE_CLIP, Coefficients, Standing, State

SEASONED = Member(0.3, 3.0)
RICH = Member(0.5, 3.0, 0.03, 0.4, 0.5)
GROWING = Member(1.0, 30.0, 0.0, 0.05, 0.98)


def a_series(months: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    season = 0.4 * np.cos(2 * np.pi * np.arange(months) / 12)
    return 6 + np.cumsum(rng.normal(0, 0.2, months)) + season + rng.normal(0, 0.3, months)


def run(members, figures, *, season_length=12, first=0, horizon=24, robust=True) -> State:
    state = State(Coefficients.of(members, season_length, horizon), figures.shape[0], robust=robust)
    for month in range(figures.shape[1]):
        state.step(first + month, figures[:, month])
    return state


def kalman(figures: np.ndarray, member: Member, season_length: int):
    """Random-walk level with a diffuse start, and fixed seasonal deviations that sum to nought, in statsmodels.

    State: level, then the deviation of the month at hand, of the next, and so on.
    """
    size = 1 + season_length
    model = MLEModel(figures, k_states=size, k_posdef=1)
    model["design", 0, :2] = 1.0
    transition = np.zeros((size, size))
    transition[0, 0] = 1.0
    for place in range(season_length):
        transition[1 + place, 1 + (place + 1) % season_length] = 1.0
    model["transition"] = transition
    model["selection", 0, 0] = 1.0
    model["state_cov", 0, 0] = member.level_noise
    model["obs_cov", 0, 0] = 1.0
    start = Initialization(size)
    start.set(0, "diffuse")
    prior = member.season_prior * (np.eye(season_length) - 1.0 / season_length)
    start.set((1, size), "known", constant=np.zeros(season_length), stationary_cov=prior)
    model.ssm.initialization = start
    return model.ssm.filter()


@pytest.mark.parametrize("season_length", [1, 4, 12])
@pytest.mark.parametrize("level_noise", [0.05, 1.0, 30.0])
@pytest.mark.parametrize("season_prior", [0.3, 30.0])
def test_without_clipping_it_is_the_kalman_filter_of_statsmodels(level_noise, season_prior, season_length):
    member, figures = Member(level_noise, season_prior), a_series(150)
    reference = kalman(figures, member, season_length)
    state = State(Coefficients.of([member], season_length, 1), 1, robust=False)
    for month, figure in enumerate(figures):
        if month:
            said = state.mean_ahead(month - 1, 1)[0, 0]
            assert said == pytest.approx(reference.forecasts[0, month], abs=1e-8)
        state.step(month, np.array([figure]))
        ours = [state.level[0, 0]]
        ours += [state.season[(month + ahead) % season_length, 0, 0] for ahead in range(season_length)]
        np.testing.assert_allclose(ours, reference.filtered_state[:, month], atol=1e-8)


def test_means_ahead_are_those_of_statsmodels_too():
    figures = a_series(90)
    state = run([SEASONED], figures[np.newaxis], robust=False)
    missing = np.r_[figures, np.full(24, np.nan)]
    reference = kalman(missing, SEASONED, 12)
    ours = [state.mean_ahead(89, ahead)[0, 0] for ahead in range(1, 25)]
    np.testing.assert_allclose(ours, reference.forecasts[0, 90:], atol=1e-8)


GAPS = {
    "one month": [30],
    "a year and a bit": list(range(40, 55)),
    "the second month": [1],
    "every other month of two years": list(range(24, 48, 2)),
    "here and there": [3, 17, 18, 19, 62, 63, 90, 101, 102, 103, 104, 105],
    "four years": list(range(50, 98)),
}


@pytest.mark.parametrize("season_length", [1, 4, 12])
@pytest.mark.parametrize("gaps", GAPS)
def test_with_missing_months_it_is_the_kalman_filter_of_statsmodels_as_well(gaps, season_length):
    """Within gaps, in the month after, and for good: what a gap takes from a month of the year is not made up."""
    figures = a_series(130)
    figures[GAPS[gaps]] = np.nan
    for member in (SEASONED, Member(0.05, 30.0), Member(4.0, 0.3)):
        reference = kalman(figures, member, season_length)
        state = State(Coefficients.of([member], season_length, 1), 1, robust=False)
        for month, figure in enumerate(figures):
            before = max(np.flatnonzero(np.isfinite(figures[: max(month, 1)])))
            if month and month - before <= 37:  # longer gaps are forecast no further ahead; the level stays
                said = state.mean_ahead(month - 1, 1)[0, 0]
                assert said == pytest.approx(reference.forecasts[0, month], abs=1e-8)
            state.step(month, np.array([figure]))
            ours = [state.level[0, 0]]
            ours += [state.season[(month + ahead) % season_length, 0, 0] for ahead in range(season_length)]
            np.testing.assert_allclose(ours, reference.filtered_state[:, month], atol=1e-8)


def test_longer_seasons_keep_the_gains_of_months_seen():
    figures = a_series(200)
    figures[100:110] = np.nan
    state = run([SEASONED], figures[np.newaxis], season_length=24)
    assert state.gaps is None
    assert np.all(np.isfinite(state.mean_ahead(199, 18)))


def by_hand(member: Member, figures: np.ndarray, coefficients: Coefficients, ahead: int, first: int) -> np.ndarray:
    """One series, one member, a month at a time with no closed form: gaps and the future are plain steps."""
    season_length = coefficients.limit.shape[0] - 1
    # Gains depend on which months are missing and on nothing else: those of the same member without extras.
    reference = kalman(figures, member, season_length)
    gains = reference.predicted_state_cov[:, 0] + reference.predicted_state_cov[:, 1]
    gains = gains[:, : len(figures)] / reference.forecasts_error_cov[0, 0]
    level = slow = np.nan
    momentum, seen, season = 0.0, 0, np.zeros(season_length)
    answer = []
    for month in range(len(figures) + ahead):
        here = (first + month) % season_length
        momentum *= member.momentum_damping
        level = slow + (1 - member.reversion) * (level - slow) + momentum
        if month >= len(figures):
            answer.append(level + season[here])
            continue
        figure = figures[month]
        if np.isnan(figure):
            continue
        if seen == 0:
            level, slow, momentum = figure, figure, 0.0
        else:
            surprise = figure - level - season[here]
            gain = gains[:, month]
            level += gain[0] * surprise
            momentum += coefficients.limit[0, 0] * member.momentum * surprise
            for later in range(season_length):
                season[(here + later) % season_length] += gain[1 + later] * surprise
            slow += max(1 / 60, 1 / (seen + 1)) * (figure - season[here] - slow)
        seen += 1
    return np.array(answer)


@pytest.mark.parametrize("member", [SEASONED, RICH, GROWING, Member(4.0, 0.3, 0.03)])
@pytest.mark.parametrize("season_length", [1, 5, 12])
@pytest.mark.parametrize("trailing", [0, 1, 7])
def test_closed_forms_ahead_are_single_steps_repeated(member, season_length, trailing):
    figures = a_series(60)
    figures[[0, 1, 8, 20, 21, 22, 41]] = np.nan
    figures = np.r_[figures, np.full(trailing, np.nan)]
    coefficients = Coefficients.of([member], season_length, 18)
    expected = by_hand(member, figures, coefficients, 18, first=7)
    state = run([member], figures[np.newaxis], season_length=season_length, first=7, horizon=18, robust=False)
    newest = 7 + len(figures) - 1
    ours = [state.mean_ahead(newest, ahead)[0, 0] for ahead in range(1, 19)]
    np.testing.assert_allclose(ours, expected, atol=1e-10)
    picked = state.standing(newest, np.array([0]))
    both = Standing.together([picked, picked])
    for ahead in range(1, 19):
        assert picked.mean_ahead(ahead)[0, 0] == ours[ahead - 1]
        assert np.all(both.mean_ahead(ahead) == ours[ahead - 1])
        spread = state.variance[:, 0] * both.spread_ahead(ahead)[0, :1]
        np.testing.assert_array_equal(spread, state.variance_ahead(ahead)[:, 0])


@pytest.mark.parametrize("member", [SEASONED, RICH, GROWING, MEMBERS[0], MEMBERS[-1]])
@pytest.mark.parametrize("season_length", [1, 12])
def test_the_variance_ahead_is_that_of_the_impulse_response(member, season_length):
    """One unit of surprise, filtered by hand, moves the months after it by so much; independent months add up."""
    limit = gains_in_the_limit(member, season_length)
    level, momentum = limit[0], member.momentum * limit[0]
    season = limit[1:]
    moved = []
    for later in range(1, 30):
        momentum *= member.momentum_damping
        level = (1 - member.reversion) * level + momentum
        moved.append(level + season[later % season_length])
    expected = 1.0 + np.r_[0.0, np.cumsum(np.square(moved))][:29]
    coefficients = Coefficients.of([member], season_length, 29)
    np.testing.assert_allclose(coefficients.variance_ahead[:29, 0], expected, rtol=1e-10)


def gains_in_the_limit(member: Member, season_length: int) -> np.ndarray:
    return Coefficients.of([member], season_length, 1).limit[:, 0]


def test_missing_months_widen_as_if_so_many_months_further_ahead():
    figures = a_series(60)[np.newaxis]
    whole = run([RICH], figures)
    gapped = run([RICH], np.c_[figures, np.full((1, 5), np.nan)])
    assert gapped.gap[0] == 5
    np.testing.assert_array_equal(gapped.variance_ahead(3), whole.variance_ahead(8))
    np.testing.assert_array_equal(gapped.mean_ahead(64, 3), whole.mean_ahead(59, 8))


def test_a_very_long_gap_is_forecast_all_the_same():
    figures = np.c_[a_series(60)[np.newaxis], np.full((1, 100), np.nan)]
    state = run(MEMBERS, figures, horizon=60)
    assert np.all(np.isfinite(state.mean_ahead(159, 60)))
    assert np.all(state.variance_ahead(60) > 0)


def test_a_reverting_member_does_not_explode_and_a_random_walk_widens():
    reverting, walking = Coefficients.of([Member(30.0, 0.3, 0.03), Member(30.0, 0.3)], 12, 60).variance_ahead.T
    assert reverting[59] < 0.6 * walking[59]
    assert np.all(np.diff(walking) > 0)


def test_one_collapse_moves_the_state_and_the_variances_by_what_the_clips_allow():
    quiet = 6 + 0.1 * np.random.default_rng(0).standard_normal((1, 60))
    before = run([SEASONED], quiet, season_length=1)
    deviation = np.sqrt(before.variance[0, 0, 0])
    after = run([SEASONED], np.c_[quiet, [[0.0]]], season_length=1)
    gain = before.coefficients.gain[59, 0, 0]
    assert after.level[0, 0] == pytest.approx(before.mean_ahead(59, 1)[0, 0] - gain * STATE_CLIP * deviation)
    for number, decay in enumerate(DECAYS):
        ratio = after.variance[number, 0, 0] / before.variance[number, 0, 0]
        assert ratio == pytest.approx(decay + (1 - decay) * VARIANCE_CLIP**2)


def test_the_first_running_variance_judges_surprises_and_the_others_change_no_state():
    figures = a_series(90)[np.newaxis]
    figures[0, [30, 60]] += 3.0
    one, three = (
        State(Coefficients.of(MEMBERS, 12, 3), 1, decays=decays) for decays in ((0.85,), (0.85, 0.9, 1.0))
    )
    for month in range(90):
        one.step(month, figures[:, month])
        three.step(month, figures[:, month])
    np.testing.assert_array_equal(one.mean_ahead(89, 3), three.mean_ahead(89, 3))
    np.testing.assert_array_equal(one.variance[0], three.variance[0])
    assert np.all(three.variance[2] != three.variance[0])


def test_a_variance_that_never_forgets_is_the_mean_square_of_what_came_and_the_prior():
    figures = a_series(60)[np.newaxis]
    state = State(Coefficients.of([SEASONED], 12, 1), 1, decays=(1.0,), robust=False)
    squares = []
    for month in range(60):
        if month:
            squares.append((figures[0, month] - state.mean_ahead(month - 1, 1)[0, 0]) ** 2)
        state.step(month, figures[:, month])
    # Six months of prior, of which the first surprise takes the place of one.
    assert state.variance[0, 0, 0] == pytest.approx((5 * 0.09 + sum(squares)) / (5 + len(squares)))


@pytest.mark.parametrize("member", [SEASONED, RICH, GROWING])
def test_a_damped_month_moves_everything_by_its_share(member):
    figures = a_series(61)[np.newaxis]
    figures[0, 60] += 0.3
    before, part, whole = (run([member], figures[:, :60]) for _ in range(3))
    part.step(60, figures[:, 60], np.array([0.25]))
    whole.step(60, figures[:, 60])
    start = {
        "level": before.standing(59).level_ahead(1),
        "momentum": before.coefficients.momentum_left[0] * before.momentum,
        "season": before.season,
        "slow": before.slow,
        "variance": before.variance,
    }
    for name, there in start.items():
        moved, moved_in_full = (getattr(state, name) - there for state in (part, whole))
        # The slow mean follows the figure less its season, which is another one after another surprise.
        np.testing.assert_allclose(moved, 0.25 * moved_in_full, atol=1e-12, rtol=0.2 if name == "slow" else 1e-7)
        assert np.any(moved_in_full != 0) or name == "momentum"


def test_a_month_trusted_in_full_is_an_ordinary_one_to_the_bit():
    figures = np.stack([a_series(70, seed) for seed in range(3)])
    plain, told = (State(Coefficients.of(MEMBERS, 12, 6), 3) for _ in range(2))
    for month in range(70):
        plain.step(month, figures[:, month])
        told.step(month, figures[:, month], np.array([1.0, 1.0, 0.4 if month > 50 else 1.0]))
    np.testing.assert_array_equal(told.mean_ahead(69, 6)[:, :2], plain.mean_ahead(69, 6)[:, :2])
    assert np.any(told.mean_ahead(69, 6)[:, 2] != plain.mean_ahead(69, 6)[:, 2])


@pytest.mark.parametrize("quiet", [np.zeros(72), np.full(72, 5.0)])
def test_after_years_without_a_move_a_new_level_is_believed_within_a_year(quiet):
    """A variance that decayed to nearly nought must not let the clips freeze the state."""
    figures = np.r_[quiet, np.full(12, quiet[0] + np.log(40.0))][np.newaxis]
    state = run(MEMBERS, figures)
    follows = [number for number, member in enumerate(MEMBERS) if member.level_noise >= 1]
    assert np.all(state.mean_ahead(83, 1)[follows, 0] > quiet[0] + 0.8 * np.log(40.0))


def test_series_do_not_touch_each_other():
    figures = np.stack([a_series(80, seed) for seed in range(5)])
    figures[1, :30] = np.nan
    figures[2, [5, 9, 10, 40]] = np.nan
    figures[4, 70:] = np.nan
    together = run(MEMBERS, figures)
    for row in range(5):
        alone = run(MEMBERS, figures[[row]])
        for ahead in (1, 7, 18):
            np.testing.assert_array_equal(together.mean_ahead(79, ahead)[:, [row]], alone.mean_ahead(79, ahead))
            np.testing.assert_array_equal(together.variance_ahead(ahead)[:, :, [row]], alone.variance_ahead(ahead))
