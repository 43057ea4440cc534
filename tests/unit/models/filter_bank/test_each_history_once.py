"""What nobody revised is run once for all its vintages, and answers as if each had been run alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from indforecast.domain.events import Event, EventShape
from indforecast.domain.observations import Panel
from indforecast.models.filter_bank import forecaster as module
from indforecast.models.filter_bank.forecaster import FilterBank

FIRST = np.datetime64("2015-01")


def panel(observed: np.ndarray, year: int = 2025) -> Panel:
    names = ("kept", "revised", "late")
    months = FIRST + np.arange(observed.shape[1])
    return Panel(date(year, 1, 1), names, months, observed)


@pytest.fixture
def panels() -> list[Panel]:
    counts = np.rint(np.exp(np.random.default_rng(2).normal(5.0, 0.2, size=(3, 60))))
    made = []
    for number, months in enumerate((36, 48, 60)):
        known = counts[:, :months].copy()
        known[1, -1] += number + 1  # the newest month is revised later
        known[2, -2:] = np.nan
        made.append(panel(known, 2021 + number))
    return made


def test_many_vintages_answer_as_each_alone(panels) -> None:
    together = FilterBank().forecast_origins(panels, (), horizon=6)
    for one, answer in zip(panels, together, strict=True):
        alone = FilterBank().forecast(one, (), horizon=6)
        np.testing.assert_allclose(answer.quantiles, alone.quantiles, rtol=1e-12)
        assert answer.failures == alone.failures


def test_only_histories_that_differ_are_run(panels, monkeypatch) -> None:
    ran = []
    real = module.run_bank

    def counted(figures, *rest, **more):
        ran.append(len(figures))
        return real(figures, *rest, **more)

    monkeypatch.setattr(module, "run_bank", counted)
    FilterBank().forecast_origins(panels, (), horizon=6)
    assert ran == [1 + 3 + 1]


def test_a_month_hidden_by_an_event_known_later_is_another_history(panels) -> None:
    event = Event(
        "e", "e", "e", ("kept",), date(2016, 3, 1), date(2016, 6, 1), date(2022, 6, 1), EventShape.PULSE, "s"
    )
    together = FilterBank().forecast_origins(panels, (event,), horizon=6)
    for one, answer in zip(panels, together, strict=True):
        alone = FilterBank().forecast(one, (event,), horizon=6)
        np.testing.assert_allclose(answer.quantiles, alone.quantiles, rtol=1e-12)
