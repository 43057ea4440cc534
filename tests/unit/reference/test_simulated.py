"""Simulated streams: published annual totals hold, the rest says what it is."""

from __future__ import annotations

import numpy as np
import pytest

from indforecast.reference.simulated import PROFILES, published_annual, simulate

BY_ID = {profile.series_id: profile for profile in PROFILES}


def test_only_the_four_regular_streams_are_simulated():
    assert set(BY_ID) == {"knowledge_migrants", "students", "naturalisation", "nareis_applications"}


@pytest.mark.parametrize(
    ("series_id", "expected"),
    [
        ("knowledge_migrants", {2019: 20970, 2020: 13710, 2021: 22840}),
        ("students", {2019: 20430, 2020: 12310, 2021: 20560}),
        ("naturalisation", {2018: 26080, 2019: 44400, 2020: 43660, 2021: 59680, 2024: 54780, 2025: 51760}),
        ("nareis_applications", {2019: 31380 - 22533 - (29435 - 22533 - 4179), 2021: 40480 - 24686 - 1814}),
    ],
)
def test_published_totals_are_of_one_definition(series_id, expected):
    assert published_annual(series_id) == expected


@pytest.mark.parametrize("series_id", sorted(BY_ID))
def test_totals_hold_exactly_and_every_other_year_says_assumption(series_id):
    profile = BY_ID[series_id]
    frame = simulate(profile)
    published = published_annual(series_id)
    assert not set(profile.assumed) & set(published)
    years = frame["period"].dt.year
    assert sorted(years.unique()) == list(range(years.min(), 2026))
    for year, rows in frame.groupby(years):
        if year in published:
            assert rows["observed"].sum() == published[year]
            assert set(rows["source"]) == {f"simulated within published annual total {year}"}
        else:
            assert rows["source"].str.contains("assumption").all()
    assert frame["observed"].dtype == np.int64
    assert (frame["observed"] > 0).all()


def test_students_peak_before_september_every_year():
    frame = simulate(BY_ID["students"])
    peak = frame.loc[frame.groupby(frame["period"].dt.year)["observed"].idxmax(), "period"].dt.month
    assert set(peak) <= {6, 7}
    september = frame[frame["period"].dt.month == 9]["observed"].to_numpy()
    july = frame[frame["period"].dt.month == 7]["observed"].to_numpy()
    assert (july > 2 * september).all()


@pytest.mark.parametrize("series_id", ["knowledge_migrants", "students"])
def test_the_pandemic_shows(series_id):
    observed = simulate(BY_ID[series_id]).set_index("period")["observed"]
    spring = observed["2020-04-01":"2020-06-01"].sum()
    assert spring < 0.55 * observed["2019-04-01":"2019-06-01"].sum()


@pytest.mark.parametrize("series_id", sorted(BY_ID))
def test_noise_is_realistic(series_id):
    """Months differ from their season by some per cent, and no year begins with a step."""
    frame = simulate(BY_ID[series_id])
    calm = frame[~frame["period"].dt.year.isin([2019, 2020, 2021])]
    log = np.log(calm["observed"]).groupby(calm["period"].dt.year).transform(lambda year: year - year.mean())
    noise = log - log.groupby(calm["period"].dt.month).transform("median")
    assert 0.03 < noise.std() < 0.2


def test_simulation_repeats():
    assert simulate(PROFILES[0]).equals(simulate(PROFILES[0]))
