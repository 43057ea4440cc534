"""What every forecaster must do, whatever its method. A new model joins by standing in the registry."""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.observations import Panel
from indforecast.domain.quantiles import HUB_LEVELS, crosses
from indforecast.models.protocol import NOT_ITS_STREAM, AllOriginsForecaster, ModelForecast, OneStreamForecaster
from indforecast.models.registry import MODEL_NAMES, make_forecasters

HORIZON = 60
MONTHS = 72
START = np.datetime64("2014-01", "M")
LEVELS = {"small": 3.0, "middle": 300.0, "large": 30_000.0}
ALL_ORIGINS = [one.name for one in make_forecasters(MODEL_NAMES) if isinstance(one, AllOriginsForecaster)]
MEDIAN = HUB_LEVELS.index(0.5)


def counts(series_id: str, months: int = MONTHS) -> np.ndarray:
    """A level that wanders, a season, noise; whole persons."""
    generator = np.random.default_rng(sum(map(ord, series_id)))
    log_level = np.log(LEVELS.get(series_id, 500.0)) + np.cumsum(generator.normal(0, 0.05, months))
    season = 0.3 * np.sin(2 * np.pi * np.arange(months) / 12)
    return np.round(np.exp(log_level + season + generator.normal(0, 0.05, months)))


def panel_of(observed: dict[str, np.ndarray], vintage: date = date(2020, 1, 31)) -> Panel:
    values = np.vstack(list(observed.values()))
    return Panel(vintage, tuple(observed), START + np.arange(values.shape[1]), values)


class AsItsStream:
    """A model of one stream, asked of any series: each in turn stands for its stream, and for what it follows.

    Its sources are three persons for each of the series, twenty more a month, known when the series is.
    """

    def __init__(self, model: OneStreamForecaster) -> None:
        self.model, self.name = model, model.name
        self.stream, self.sources = model.series_id, model.sources

    def forecast(self, panel: Panel, events, *, horizon: int) -> ModelForecast:
        parts, failures = [], []
        for row, series_id in enumerate(panel.series_ids):
            own = panel.observed[row]
            stands_for = np.vstack([own, *([3 * own + 20] * len(self.sources))])
            alone = Panel(panel.vintage, (self.stream, *self.sources), panel.periods, stands_for)
            told = [replace(one, series_ids=(self.stream,)) for one in events if series_id in one.series_ids]
            answer = self.model.forecast(alone, told, horizon=horizon)
            elsewhere = [one.series_id for one in answer.failures if one.reason == NOT_ITS_STREAM]
            assert elsewhere == list(self.sources)
            assert np.isnan(answer.quantiles[1:]).all()
            failures += [
                replace(one, series_id=series_id) for one in answer.failures if one.series_id == self.stream
            ]
            parts.append(answer.quantiles[0])
        return ModelForecast(answer.model, np.stack(parts), tuple(failures))


def make(name: str):
    """A model from the registry that answers for every series."""
    (model,) = make_forecasters([name])
    return AsItsStream(model) if isinstance(model, OneStreamForecaster) else model


@pytest.fixture
def panel() -> Panel:
    return panel_of({series_id: counts(series_id) for series_id in LEVELS})


@pytest.fixture(params=MODEL_NAMES)
def model(request):
    return make(request.param)


def event(event_id: str, start: date, end: date, known_from: date, series_id: str = "middle") -> Event:
    return Event(event_id, "", "", (series_id,), start, end, known_from, EventShape.PULSE, "test")


def test_the_name_is_the_registry_key():
    assert tuple(model.name for model in make_forecasters(MODEL_NAMES)) == MODEL_NAMES


def test_quantiles_are_finite_counts_that_do_not_cross(model, panel):
    answer = model.forecast(panel, (), horizon=HORIZON)
    assert answer.model == model.name
    assert answer.levels == HUB_LEVELS
    assert answer.quantiles.shape == (3, HORIZON, len(HUB_LEVELS))
    assert answer.quantiles.dtype == np.float64
    assert answer.failures == ()
    assert np.all(np.isfinite(answer.quantiles))
    assert np.all(answer.quantiles >= 0)
    assert not crosses(answer.quantiles)
    assert np.all(answer.quantiles[:, :, -1] > answer.quantiles[:, :, 0])


def test_the_forecast_stays_on_the_scale_of_the_series(model, panel):
    """From 3 persons a month to 30,000; and 60 months ahead the upper tail is wide, not absurd."""
    quantiles = model.forecast(panel, (), horizon=HORIZON).quantiles
    for row, series_id in enumerate(panel.series_ids):
        usual = np.median(panel.observed[row, -24:])
        medians = quantiles[row, :12, MEDIAN]
        assert np.all(medians < 3 * usual + 3), series_id
        assert np.all(medians > usual / 3 - 3), series_id
        assert quantiles[row, -1, -1] < 100 * (usual + 1), series_id


def test_uncertainty_does_not_shrink_over_the_years(model, panel):
    logs = np.log1p(model.forecast(panel, (), horizon=HORIZON).quantiles[2])
    width = logs[:, HUB_LEVELS.index(0.9)] - logs[:, HUB_LEVELS.index(0.1)]
    # The same month of the year, so that a season in the width would not matter.
    assert np.all(np.diff(width[11::12]) > -1e-9)


def test_the_same_question_has_the_same_answer_to_the_byte(model, panel):
    name = model.name
    first = model.forecast(panel, (), horizon=12)
    again = model.forecast(panel, (), horizon=12)
    fresh = make(name).forecast(panel, (), horizon=12)
    assert first.quantiles.tobytes() == again.quantiles.tobytes() == fresh.quantiles.tobytes()


def test_the_global_random_state_is_neither_used_nor_moved(model, panel):
    np.random.seed(1)  # noqa: NPY002 - the point of the test
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002
    first = model.forecast(panel, (), horizon=6).quantiles
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    assert model.forecast(panel, (), horizon=6).quantiles.tobytes() == first.tobytes()


def test_nothing_is_printed_logged_or_warned_of(model, panel, capfd, caplog):
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings():
        warnings.simplefilter("error")
        model.forecast(panel, (), horizon=6)
        model.forecast(panel_of({"flat": np.full(48, 7.0)}), (), horizon=6)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert [record for record in caplog.records if record.levelno >= logging.INFO] == []


def test_the_panel_is_not_changed(model, panel):
    before = panel.observed.copy()
    model.forecast(panel, (), horizon=6)
    assert np.array_equal(panel.observed, before)


def test_a_longer_horizon_begins_with_the_shorter_one(model, panel):
    short = model.forecast(panel, (), horizon=6).quantiles
    long = model.forecast(panel, (), horizon=18).quantiles
    assert np.array_equal(short, long[:, :6])


@pytest.mark.parametrize("horizon", [0, -1])
def test_a_horizon_below_one_is_a_programming_error(model, panel, horizon):
    with pytest.raises(ValueError, match="horizon"):
        model.forecast(panel, (), horizon=horizon)


def test_the_order_of_series_changes_nothing(model, panel):
    turned = panel.select(tuple(reversed(panel.series_ids)))
    here = model.forecast(panel, (), horizon=12).quantiles
    there = model.forecast(turned, (), horizon=12).quantiles
    assert np.array_equal(here, there[::-1])


def test_no_later_panel_leaks_into_an_earlier_answer(model):
    """Later months changed or deleted, in the same batch and in the same process: not a bit moves."""
    past = {series_id: counts(series_id) for series_id in LEVELS}
    early = panel_of({key: values[:60] for key, values in past.items()}, date(2019, 1, 31))
    alone = make(model.name).forecast(early, (), horizon=12).quantiles
    for spoil in (lambda later: later * 50, lambda later: np.full_like(later, np.nan)):
        changed = {key: np.concatenate([values[:60], spoil(values[60:])]) for key, values in past.items()}
        if np.isnan(changed["small"][-1]):
            changed["small"][-1] = 1.0
        late = panel_of(changed)
        if isinstance(model, AllOriginsForecaster):
            answer = model.forecast_origins([early, late], (), horizon=12)[0]
        else:
            model.forecast(late, (), horizon=12)
            answer = model.forecast(early, (), horizon=12)
        assert answer.quantiles.tobytes() == alone.tobytes()


@pytest.mark.parametrize("name", ALL_ORIGINS)
def test_all_origins_are_what_one_by_one_gives(name):
    model = make_forecasters([name])[0]
    register = (
        event("seen", date(2017, 3, 1), date(2017, 5, 31), date(2017, 3, 10)),
        event("late", date(2018, 3, 1), date(2018, 5, 31), date(2019, 12, 1)),
    )
    past = {series_id: counts(series_id) for series_id in LEVELS}
    panels = [
        panel_of({key: values[:months] for key, values in past.items()}, vintage)
        for months, vintage in ((60, date(2019, 1, 31)), (63, date(2019, 4, 30)), (72, date(2020, 1, 31)))
    ]
    together = model.forecast_origins(panels, register, horizon=12)
    for panel, answer in zip(panels, together, strict=True):
        fresh = make_forecasters([model.name])[0]
        known = tuple(one for one in register if one.known_from <= panel.vintage)
        assert fresh.forecast(panel, known, horizon=12).quantiles.tobytes() == answer.quantiles.tobytes()
    # Any subset, in any company, has the same answers: caches and workers may share the origins out.
    subset = make_forecasters([model.name])[0].forecast_origins(panels[1:2], register, horizon=12)
    assert subset[0].quantiles.tobytes() == together[1].quantiles.tobytes()


def test_an_event_unknown_at_the_vintage_does_not_exist(model, panel):
    secret = event("secret", date(2019, 1, 1), date(2020, 12, 31), known_from=date(2020, 2, 1))
    without = model.forecast(panel, (), horizon=12).quantiles
    assert model.forecast(panel, (secret,), horizon=12).quantiles.tobytes() == without.tobytes()


def test_an_event_of_another_series_changes_nothing(model, panel):
    other = event("other", date(2019, 1, 1), date(2019, 6, 30), date(2019, 1, 1), series_id="elsewhere")
    without = model.forecast(panel, (), horizon=12).quantiles
    assert model.forecast(panel, (other,), horizon=12).quantiles.tobytes() == without.tobytes()


def test_an_event_no_observed_month_has_seen_changes_nothing(model, panel):
    """Its effect cannot be estimated; a model that guessed one would be inventing."""
    ahead = event("ahead", date(2020, 3, 1), date(2020, 6, 30), date(2019, 12, 1))
    without = model.forecast(panel, (), horizon=12).quantiles
    assert model.forecast(panel, (ahead,), horizon=12).quantiles.tobytes() == without.tobytes()


def test_missing_months_inside_are_allowed(model, panel):
    observed = panel.observed.copy()
    observed[1, [20, 21, 40, 61]] = np.nan
    answer = model.forecast(Panel(panel.vintage, panel.series_ids, panel.periods, observed), (), horizon=24)
    assert answer.failures == ()
    assert np.all(np.isfinite(answer.quantiles))
    whole = model.forecast(panel, (), horizon=24).quantiles
    assert np.array_equal(answer.quantiles[[0, 2]], whole[[0, 2]])
    # Four missing months of 72 must not turn the forecast upside down.
    ratio = answer.quantiles[1, :12, MEDIAN] / whole[1, :12, MEDIAN]
    assert np.all((ratio > 0.6) & (ratio < 1.7))


def test_a_late_series_is_forecast_from_where_it_ends(model, panel):
    """Two months not known yet: horizon 1 is step 3 of that series."""
    observed = panel.observed.copy()
    observed[1, -2:] = np.nan
    late = Panel(panel.vintage, panel.series_ids, panel.periods, observed)
    cut = Panel(panel.vintage, ("middle",), panel.periods[:-2], panel.observed[1:2, :-2])
    answer = model.forecast(late, (), horizon=10).quantiles[1]
    assert np.array_equal(answer, model.forecast(cut, (), horizon=12).quantiles[0, 2:])


def test_months_before_a_series_begins_do_not_count(model, panel):
    padded = np.hstack([np.full((3, 7), np.nan), panel.observed])
    longer = Panel(panel.vintage, panel.series_ids, panel.periods[0] - 7 + np.arange(MONTHS + 7), padded)
    here = model.forecast(panel, (), horizon=12).quantiles
    assert np.array_equal(model.forecast(longer, (), horizon=12).quantiles, here)


@pytest.mark.parametrize("value", [0.0, 1.0, 2500.0])
def test_a_constant_history_is_forecast_with_a_width(model, value):
    answer = model.forecast(panel_of({"flat": np.full(48, value)}), (), horizon=HORIZON)
    assert answer.failures == ()
    quantiles = answer.quantiles[0]
    assert np.all(np.isfinite(quantiles))
    assert np.allclose(quantiles[:, MEDIAN], value, rtol=0.02, atol=0.02)
    # At least the noise of counting: about plus or minus the square root.
    assert np.all(quantiles[:, HUB_LEVELS.index(0.9)] - value > 0.5 * np.sqrt(value) + 0.1)


def test_zeros_now_and_then_are_allowed(model):
    values = counts("small")
    values[::5] = 0
    answer = model.forecast(panel_of({"small": values}), (), horizon=HORIZON)
    assert answer.failures == ()
    assert np.all(np.isfinite(answer.quantiles))


def test_one_wild_month_is_survived(model):
    values = counts("middle")
    values[50] = 200_000
    answer = model.forecast(panel_of({"middle": values}), (), horizon=HORIZON)
    assert answer.failures == ()
    assert np.all(np.isfinite(answer.quantiles))


@pytest.mark.parametrize(
    ("observed", "reason"),
    [
        (np.full(MONTHS, np.nan), "no month"),
        (np.concatenate([np.full(MONTHS - 3, np.nan), [5.0, 6.0, 7.0]]), "needed"),
        (np.concatenate([np.full(MONTHS - 1, 5.0), [-1.0]]), "negative"),
    ],
)
def test_a_series_that_cannot_be_forecast_is_a_recorded_failure(model, panel, observed, reason):
    broken = Panel(
        panel.vintage, (*panel.series_ids, "broken"), panel.periods, np.vstack([panel.observed, observed])
    )
    answer = model.forecast(broken, (), horizon=6)
    assert [(one.vintage, one.model, one.series_id) for one in answer.failures] == [
        (panel.vintage, model.name, "broken")
    ]
    assert reason in answer.failures[0].reason
    assert np.all(np.isnan(answer.quantiles[3]))
    # The others are not touched by it.
    assert np.array_equal(answer.quantiles[:3], model.forecast(panel, (), horizon=6).quantiles)


@pytest.mark.parametrize("months", [24, 25, 30, 37])
def test_two_years_are_enough(model, months):
    answer = model.forecast(panel_of({"middle": counts("middle", months)}), (), horizon=HORIZON)
    assert answer.failures == ()
    assert np.all(np.isfinite(answer.quantiles))


def test_the_bands_hold_about_what_they_promise(model):
    """80 % bands of a well-behaved series, over many origins: not a proof, a guard against a wrong scale."""
    held = []
    for number in range(12):
        values = counts(f"series {number}", MONTHS + 12)
        answer = model.forecast(panel_of({"one": values[:MONTHS]}), (), horizon=12).quantiles[0]
        truth = values[MONTHS:]
        low, high = answer[:, HUB_LEVELS.index(0.1)], answer[:, HUB_LEVELS.index(0.9)]
        held.append((truth >= low) & (truth <= high))
    assert 0.6 < np.mean(held) <= 1.0
