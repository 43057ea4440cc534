from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.models.lagged_sources import Source, gamma_lags, lagged, source_ahead
from indforecast.models.protocol import NOT_ITS_STREAM
from indforecast.models.registry import make_forecasters
from indforecast.models.stream_models import FollowingStream

MEDIAN, LOWER, UPPER = (HUB_LEVELS.index(level) for level in (0.5, 0.1, 0.9))
START = np.datetime64("2013-01", "M")
VINTAGE = date(2026, 1, 31)


def panel_of(**series: np.ndarray) -> Panel:
    values = np.vstack(list(series.values()))
    return Panel(VINTAGE, tuple(series), START + np.arange(values.shape[1]), values)


def followed(lags: np.ndarray, months: int, share: float, seed: int = 1, elasticity: float = 1.0) -> tuple:
    """A source that rises and falls, and who follows of it; both ``months`` long."""
    generator = np.random.default_rng(seed)
    time = np.arange(months + len(lags) - 1)
    source = 1000 * np.exp(0.9 * np.sin(2 * np.pi * time / 70) + generator.normal(0, 0.05, len(time)))
    came = np.convolve(source, lags)[len(lags) - 1 : len(time)]
    level = np.cumsum(generator.normal(0, 0.02, months))
    follower = (
        share
        * came.mean()
        * (came / came.mean()) ** elasticity
        * np.exp(level + generator.normal(0, 0.05, months))
    )
    return np.round(source[len(lags) - 1 :]), np.round(follower)


def test_the_delay_and_the_future_it_decides_are_recovered():
    """Arrivals that follow applications by about 15 months: a rise in these is seen coming."""
    source, follower = followed(np.asarray(gamma_lags(15.0, 7.5, 24)), 144, share=0.4)
    (model,) = make_forecasters(["nareis_from_applications"])
    (blind,) = make_forecasters(["structural"])
    ratio = []
    for months in range(84, 133, 6):
        panel = panel_of(asylum_nareis=follower[:months], nareis_applications=source[:months])
        truth = np.log1p(follower[months : months + 12])
        own, other = (np.log1p(one.forecast(panel, (), horizon=12).quantiles[0]) for one in (model, blind))
        ratio.append((np.abs(own[:, MEDIAN] - truth).mean(), np.abs(other[:, MEDIAN] - truth).mean()))
        # Nor is it wider than one that does not know.
        assert (own[:, UPPER] - own[:, LOWER]).mean() < 1.3 * (other[:, UPPER] - other[:, LOWER]).mean()
    own_error, blind_error = np.mean(ratio, axis=0)
    assert own_error < 0.6 * blind_error


def test_family_members_are_asked_for_by_those_granted_asylum_before():
    """Requests follow asylum applications by about a year and a half: the turn of these is seen coming."""
    source, follower = followed(np.asarray(gamma_lags(18.0, 9.0, 36)), 156, share=0.6, seed=4)
    (model,) = make_forecasters(["nareis_applications_from_grants"])
    (blind,) = make_forecasters(["structural"])
    errors = []
    for months in range(96, 139, 6):
        panel = panel_of(nareis_applications=follower[:months], asylum_first=source[:months])
        truth = np.log1p(follower[months : months + 12])
        errors.append(
            [
                np.abs(np.log1p(one.forecast(panel, (), horizon=12).quantiles[0, :, MEDIAN]) - truth).mean()
                for one in (model, blind)
            ]
        )
    own_error, blind_error = np.mean(errors, axis=0)
    assert own_error < 0.6 * blind_error


@pytest.mark.parametrize("elasticity", [0.0, 0.5, 1.0])
def test_the_elasticity_is_recovered(elasticity):
    from indforecast.models.gaussian import Regressors, condition

    lags = np.asarray(gamma_lags(9.0, 4.5, 24))
    source, follower = followed(lags, 132, share=0.4, elasticity=elasticity)
    panel = panel_of(nareis_applications=source)
    calendar = panel.periods[24:]
    known = source_ahead(panel, "nareis_applications", panel.periods[-1], ())
    column, deviation = lagged([known], lags, calendar)
    assert not deviation.any()
    answer = condition(
        np.log1p(follower[24:]), 0, Regressors(column[:, None] - column.mean(), np.array([0.5]), np.array([0.5]))
    )
    assert answer.coefficients[0] == pytest.approx(elasticity, abs=0.12)


def test_naturalisation_follows_those_admitted_five_years_before():
    even = np.r_[np.zeros(54), np.full(13, 1 / 13)]
    source, follower = followed(even, 156, share=0.3, seed=2)
    split = {"asylum_first": 0.5, "knowledge_migrants": 0.3, "students": 0.2}
    parts = {name: np.round(share * source) for name, share in split.items()}
    (model,) = make_forecasters(["naturalisation_from_cohorts"])
    answer = model.forecast(panel_of(naturalisation=follower, **parts), (), horizon=48).quantiles[0]
    # What decides the months ahead has happened: the turn of the cohorts is in the forecast.
    coming = np.array([source[156 + month - 66 : 156 + month - 53].mean() for month in range(48)])
    expected = follower[-12:].mean() * (coming / source[156 - 78 : 156 - 54].mean())
    assert np.corrcoef(np.log(coming), np.log(answer[:, MEDIAN]))[0, 1] > 0.9
    assert np.all(np.abs(np.log(answer[:, MEDIAN] / expected)) < 0.5)


def test_a_level_that_moves_with_the_academic_year_is_recovered():
    generator = np.random.default_rng(6)
    month = np.arange(156)
    intake = generator.normal(0, 0.25, 15)[(month + 4) // 12]
    season = np.tile([0.75, 0.60, 0.60, 0.85, 1.40, 2.10, 2.20, 1.25, 0.60, 0.50, 0.55, 0.60], 13)
    students = np.round(1500 * season * np.exp(intake + generator.normal(0, 0.04, 156)))
    (model,) = make_forecasters(["students_academic_year"])
    (blind,) = make_forecasters(["structural"])
    errors = []
    for months in range(94, 143, 12):
        # To October: the rest of the academic year is known from two months of it.
        panel = panel_of(students=students[:months])
        truth = np.log(students[months : months + 10])
        errors.append(
            [
                np.abs(np.log(one.forecast(panel, (), horizon=10).quantiles[0, :, MEDIAN]) - truth).mean()
                for one in (model, blind)
            ]
        )
    own_error, blind_error = np.mean(errors, axis=0)
    assert own_error < 0.08
    assert own_error < blind_error


def test_what_a_stream_follows_must_be_known():
    _, follower = followed(np.ones(1), 60, share=1.0)
    (model,) = make_forecasters(["nareis_from_applications"])
    alone = model.forecast(panel_of(asylum_nareis=follower, other=follower), (), horizon=6)
    assert [(one.series_id, one.reason) for one in alone.failures] == [
        ("asylum_nareis", "nareis_applications, which it follows, is not known"),
        ("other", NOT_ITS_STREAM),
    ]
    short = np.full(60, np.nan)
    short[-5:] = 100.0
    few = model.forecast(panel_of(asylum_nareis=follower, nareis_applications=short), (), horizon=6)
    assert few.failures[0].reason == "nareis_applications, which it follows: 5 months are observed, 24 are needed"


def test_a_panel_without_its_stream_asks_nothing_of_a_model():
    (model,) = make_forecasters(["students_academic_year"])
    answer = model.forecast(panel_of(a=np.ones(40), b=np.full(40, -1.0)), (), horizon=3)
    assert np.isnan(answer.quantiles).all()
    assert answer.quantiles.shape == (2, 3, len(HUB_LEVELS))
    assert {one.reason for one in answer.failures} == {NOT_ITS_STREAM}


def test_an_unsure_source_widens_what_depends_on_it():
    """The same stream, following a quiet or a wild source that it has followed alike so far."""
    calendar = START + np.arange(60)
    source = Source(START, np.full(60, 100.0), np.where(np.arange(60) < 40, 0.0, 30.0))
    level, deviation = lagged([source], np.array([0.0, 0.0, 0.5, 0.5]), calendar)
    np.testing.assert_allclose(level, np.log(101.0))
    np.testing.assert_array_equal(deviation[:42], 0.0)
    assert deviation[42] == pytest.approx(15.0 / 101.0)
    np.testing.assert_allclose(deviation[43:], 30.0 / 101.0)
    # Errors of two sources go together.
    _, both = lagged([source, source], np.array([0.0, 0.0, 0.5, 0.5]), calendar)
    np.testing.assert_allclose(both[43:], 60.0 / 201.0)


def test_before_a_source_begins_it_was_as_in_its_first_year():
    source = Source(START, np.r_[np.full(12, 50.0), np.full(12, 500.0)], np.zeros(24))
    persons, deviation = source.on(START - 5 + np.arange(29))
    np.testing.assert_array_equal(persons, [50.0] * 17 + [500.0] * 12)
    assert not deviation.any()


def test_lag_weights_have_the_mean_they_are_named_for():
    weights = np.asarray(gamma_lags(9.0, 4.5, 60))
    middle = np.arange(61) + 0.5
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ middle == pytest.approx(9.0, abs=0.05)
    assert np.sqrt(weights @ (middle - 9.0) ** 2) == pytest.approx(4.5, abs=0.05)


def test_a_model_without_lags_is_a_recorded_failure():
    answer = FollowingStream("m", "s", (), ()).forecast(panel_of(s=np.full(40, 5.0)), (), horizon=2)
    assert [one.reason for one in answer.failures] == ["no lag is configured"]
