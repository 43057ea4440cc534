from __future__ import annotations

import subprocess
import sys

import pytest

from indforecast.config.loader import load_settings
from indforecast.domain.errors import ConfigError
from indforecast.models.protocol import OneStreamForecaster
from indforecast.models.registry import MODEL_NAMES, answers_for, make_forecasters

STREAMS = list(load_settings().hierarchy.base_ids)


def test_the_configured_models_exist():
    assert set(load_settings().forecast.models) <= set(MODEL_NAMES)


def test_models_come_in_the_order_asked():
    assert [model.name for model in make_forecasters(["seasonal_naive", "random_walk"])] == [
        "seasonal_naive",
        "random_walk",
    ]
    assert make_forecasters([]) == ()


def test_an_unknown_name_says_which_are_known():
    with pytest.raises(ConfigError, match=r"arima\. Known models: random_walk, "):
        make_forecasters(["random_walk", "arima"])


def test_a_name_twice_is_refused():
    with pytest.raises(ConfigError, match="twice: random_walk"):
        make_forecasters(["random_walk", "random_walk"])


def test_a_model_made_for_one_stream_answers_for_no_other():
    assert answers_for("nareis_from_applications", "asylum_nareis")
    assert not answers_for("nareis_from_applications", "students")
    assert answers_for("structural", "students")
    assert answers_for("a model of a test", "students")
    mine = {name: [s for s in STREAMS if answers_for(name, s)] for name in MODEL_NAMES}
    assert {name: own for name, own in mine.items() if own != STREAMS} == {
        "nareis_from_applications": ["asylum_nareis"],
        "nareis_applications_from_grants": ["nareis_applications"],
        "naturalisation_from_cohorts": ["naturalisation"],
        "students_academic_year": ["students"],
    }


def test_every_stream_has_the_models_made_for_it_and_their_sources():
    """A model of a stream that is not there, or follows one that is not there, would never answer."""
    for model in make_forecasters(MODEL_NAMES):
        if isinstance(model, OneStreamForecaster):
            assert {model.series_id, *model.sources} <= set(STREAMS)


def test_heavy_libraries_load_only_when_a_forecast_is_made():
    code = (
        "import sys\n"
        "from indforecast.models.registry import make_forecasters, MODEL_NAMES\n"
        "make_forecasters(MODEL_NAMES)\n"
        "heavy = {'prophet', 'statsmodels', 'scipy.stats', 'cmdstanpy', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
