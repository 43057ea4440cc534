"""Facts are quoted verbatim."""

from __future__ import annotations

import pytest

from indforecast.domain.errors import NotFound
from indforecast.reference.facts import coa_occupancy, fact, facts, official_forecasts, source_text


def test_every_row_is_a_fact_with_text_and_source():
    assert len(facts()) == source_text("netherlands_facts.csv").count("\n") - 1
    assert all(entry.topic and entry.text and entry.source for entry in facts())
    assert len({entry.topic for entry in facts()}) == len(facts())


def test_text_stands_in_the_table_as_it_is():
    table = source_text("netherlands_facts.csv")
    assert all(entry.text in table and entry.source in table for entry in facts())
    assert fact("training").text == "hoor- en beslismedewerker 9-12 months"


def test_an_unknown_topic_names_the_known_ones():
    with pytest.raises(NotFound, match="no fact 'weather'") as caught:
        fact("weather")
    assert "coa_unit_cost" in str(caught.value)


def test_official_forecasts_keep_gaps_and_words():
    frame = official_forecasts()
    assert len(frame) == 14
    last = frame.iloc[-2]
    assert (last["target_year"], last["low"], last["high"]) == (2026, 39000, 67100)
    assert frame["mid_or_point"].isna().sum() == 6
    assert "~41700" in set(frame["realised"])


def test_coa_occupancy_is_dated_and_whole():
    frame = coa_occupancy()
    assert len(frame) == 12
    assert frame["date"].is_monotonic_increasing
    assert frame.set_index("date")["coa_occupancy"]["2022-12-05"] == 51805
    assert frame["of_which_status_holders"].notna().sum() == 2
