"""Figures taken out of free text really stand there; published months left out are really published."""

from __future__ import annotations

import pytest

from indforecast.reference import figures, transcribed
from indforecast.reference.facts import fact, source_text

USED_OR_LISTED = {
    *((figure.series_id, f"{figure.period:%Y-%m}", str(figure.observed)) for figure in figures.month_figures()),
    *((entry.series_id, entry.period, entry.value) for entry in transcribed.NOT_USED),
}


@pytest.mark.parametrize("month", transcribed.MONTHS, ids=lambda entry: f"{entry.series_id} {entry.period}")
def test_month_stands_in_its_fact(month):
    parts = [part.strip() for part in fact(month.topic).text.split(";")]
    assert month.words in parts, "the whole part, so that no '~' and no second reading is dropped"
    assert month.words == f"{month.period} {month.observed}"


@pytest.mark.parametrize("year", transcribed.YEARS, ids=lambda entry: f"{entry.series_id} {entry.year}")
def test_year_stands_in_its_fact(year):
    assert year.words in fact(year.topic).text
    assert year.words.startswith(f"{year.year} {year.observed}")


@pytest.mark.parametrize("entry", transcribed.NOT_USED, ids=lambda entry: f"{entry.series_id} {entry.period}")
def test_a_month_left_out_stands_in_its_table(entry):
    table = source_text(entry.where)
    assert any(entry.period in line and entry.value in line for line in table.splitlines())
    assert entry.reason


def test_every_month_in_the_facts_is_used_or_listed_with_its_reason():
    for part in fact("first_asylum_month").text.split(";"):
        month, value = part.split()[:2]
        assert ("asylum_first", month, value) in USED_OR_LISTED


def test_every_application_month_of_ind_in_figures_is_used_or_listed():
    streams = {
        "asylum_first": "asylum_first",
        "nareis_mvv": "nareis_applications",
        "nareis_mvv_incl_8ECHR": "nareis_applications",
        "knowledge_and_talent": "knowledge_migrants",
    }
    for line in source_text("ind_in_figures.csv").splitlines()[1:]:
        period, stream, measure, value = line.split(",")[:4]
        if measure == "applications" and stream in streams and len(period) == 7 and "T" not in period:
            assert (streams[stream], period, value) in USED_OR_LISTED, line
