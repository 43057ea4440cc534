"""The tree of settings: what has to hold between its parts, and its hash."""

import pytest

from indforecast.config import load_settings
from indforecast.config.settings import BandSettings, Settings


def changed(**over):
    """Packaged settings with top-level parts replaced, validated anew."""
    return Settings.model_validate({**load_settings().model_dump(), **over})


def test_levels_and_their_probability():
    bands = load_settings().bands
    assert bands.levels == (0.1, 0.5, 0.9)
    assert bands.probability == pytest.approx(0.8)


def test_band_levels_must_rise():
    with pytest.raises(ValueError, match="must rise"):
        BandSettings(minimum=0.6, medio=0.5, maximum=0.9, monthly_months=24, yearly_years=5)


def test_event_of_an_unknown_stream_is_refused():
    events = load_settings().model_dump()["events"]
    events[0]["series_ids"] = ("tourists",)
    with pytest.raises(ValueError, match="unknown streams"):
        changed(events=events)


def test_hash_depends_on_values_and_not_on_the_number_of_workers():
    settings = load_settings()
    forecast = settings.model_dump()["forecast"]
    assert changed(forecast={**forecast, "workers": 7}).sha256() == settings.sha256()
    assert changed(forecast={**forecast, "paths": 999}).sha256() != settings.sha256()


def test_stream_without_planning_figures_is_refused_when_settings_load():
    streams = load_settings().model_dump()["streams"]
    family = {**streams[-1], "series_id": "family"}
    with pytest.raises(ValueError, match=r"planning\.streams has no figures for: family"):
        changed(streams=[*streams, family])


def test_planning_figures_of_a_stream_that_needs_no_reception_are_refused():
    streams = load_settings().model_dump()["streams"]
    dry = [
        {**stream, "reception": False} if stream["series_id"] == "asylum_repeat" else stream for stream in streams
    ]
    with pytest.raises(ValueError, match=r"needs_reception names streams that are not such: asylum_repeat"):
        changed(streams=dry)
