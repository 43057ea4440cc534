"""Procedures, hearings, hours and judges by hand; chance in them; when judges must be recruited."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.hearings import CourtFigures, court_load, refusal_appeals
from indforecast.planning.judges import JUDGE_COLUMNS, judges_needed

PLAIN = CourtFigures(
    procedures_per_appeal=2.0,
    other_procedures=100.0,
    other_hearings=50.0,
    hearing_share=0.9,
    hearing_share_late=0.1,
    hearing_after=(0.25, 0.75),
    hearings_vary=0.2,
    notice_hours=0.5,
    appeal_hours=1.0,
    procedure_hours=3.0,
    hearing_hours=8.0,
    hours_available=1500.0,
    hearings_per_judge=200.0,
)


def flat(value, months=4, paths=2):
    return np.full((paths, months), float(value))


def test_a_flat_month_by_hand():
    load = court_load(flat(100), flat(40), flat(60), PLAIN, chance=False)
    assert np.all(load.procedures == 2 * 100 + 40 + 100)
    assert np.all(load.expected_hearings == 50 + 90 + 4)
    writing = 60 * 0.5 + 40 * 1 + 300 * 3
    assert np.all(load.legal_hours == writing + 144 * 8)
    assert np.all(load.unattended == 144 - (1500 - writing) // 8)
    assert np.allclose(load.judges, 144 * 12 / 200)


def test_hearings_come_after_the_appeal_and_the_months_before_are_as_the_first_ones():
    appeals = flat(0, months=16, paths=1)
    appeals[0, 12] = 100
    load = court_load(appeals, flat(0, 16, 1), flat(0, 16, 1), PLAIN, chance=False)
    assert load.expected_hearings[0, 11:15].tolist() == [50, 72.5, 117.5, 50]
    early = court_load(flat(100, 2), flat(0, 2), flat(0, 2), PLAIN, chance=False)
    assert np.all(early.expected_hearings == 140)


def test_chance_is_the_same_again_and_spreads_as_said():
    large = flat(100, months=50, paths=400)
    once = court_load(large, large * 0, large * 0, PLAIN, seed_parts=("2026-01-30", "courts"))
    again = court_load(large, large * 0, large * 0, PLAIN, seed_parts=("2026-01-30", "courts"))
    other = court_load(large, large * 0, large * 0, PLAIN, seed_parts=("2026-02-27", "courts"))
    assert np.array_equal(once.hearings, again.hearings)
    assert not np.array_equal(once.hearings, other.hearings)
    assert np.array_equal(once.hearings, np.round(once.hearings))
    assert once.hearings.mean() == pytest.approx(140, rel=0.01)
    # negative binomial: 140 by chance, and a fifth of 140 around it
    assert once.hearings.std() == pytest.approx(np.sqrt(140 + (0.2 * 140) ** 2), rel=0.03)
    poisson = court_load(large, large * 0, large * 0, replace(PLAIN, hearings_vary=0.0), seed_parts=(1,))
    assert poisson.hearings.std() == pytest.approx(np.sqrt(140), rel=0.03)


def test_chance_is_that_of_a_poisson_count_for_few_and_for_many():
    random = np.random.default_rng(2)
    for other in (0.0, 0.4, 3.0, 29.0, 31.0, 500.0):
        figures = replace(PLAIN, other_hearings=other, hearings_vary=0.0)
        none = flat(0, months=100, paths=300)
        drawn = court_load(none, none, none, figures, seed_parts=(other,)).hearings
        wanted = random.poisson(other, drawn.shape)
        np.testing.assert_allclose(
            np.quantile(drawn, [0.05, 0.5, 0.95]), np.quantile(wanted, [0.05, 0.5, 0.95]), atol=1, rtol=0.01
        )
        assert drawn.mean() == pytest.approx(other, rel=0.03, abs=1e-12)
        assert drawn.var() == pytest.approx(other, rel=0.06, abs=1e-12)


def test_more_expected_is_never_fewer_with_the_same_chance():
    random = np.random.default_rng(3)
    appeals = random.uniform(0, 60, (50, 24))
    one = court_load(appeals, appeals * 0, appeals * 0, PLAIN, seed_parts=(1,))
    more = court_load(appeals + random.uniform(0, 5, (50, 24)), appeals * 0, appeals * 0, PLAIN, seed_parts=(1,))
    assert np.all(more.hearings >= one.hearings)
    assert np.any(more.hearings > one.hearings)


def test_without_hours_nothing_is_attended():
    load = court_load(flat(100), flat(0), flat(0), replace(PLAIN, hours_available=10.0), chance=False)
    assert np.array_equal(load.unattended, load.hearings)


def test_appeals_against_refusals_add_up():
    appeals = refusal_appeals(np.array([[3.0, 3.0, 4.0]]), np.array([0.5, 0.5, 0.5]), 0.5)
    assert appeals.tolist() == [[0, 1, 1]]  # 0.75, 1.5, 2.5 in all


def test_judges_are_recruited_long_before():
    settings = load_settings().planning.late
    months = np.datetime64("2026-01", "M") + np.arange(48)
    appeals = flat(100, months=48, paths=3) * np.array([[1.0], [2.0], [3.0]])
    load = court_load(appeals, appeals * 0, appeals * 0, PLAIN, chance=False)
    table = judges_needed(load, months, np.datetime64("2025-12", "M"), settings, 1363, (0.1, 0.5, 0.9))
    assert list(table.columns) == list(JUDGE_COLUMNS)
    assert table["year"].tolist() == [2026, 2027, 2028, 2029]
    assert table["recruit_from"].tolist()[-1] == "2026-01"
    assert table["recruit_by"].tolist()[-1] == "2026-07"
    assert table["too_late"].tolist() == [True, True, True, False]
    later = judges_needed(load, months, np.datetime64("2026-07", "M"), settings, 1363, (0.1, 0.5, 0.9))
    assert later["too_late"].tolist() == [True] * 4  # July is the month it had to begin
    assert table["judges_medio"].iloc[0] == round(230 * 12 / 200, 1)
    hours = 500 * 3 + 230 * 8
    assert table["legal_fte_medio"].iloc[0] == round(hours * 12 / 1363, 1)
    assert 0 < table["unattended_share"].iloc[0] < 1
    assert table["judges_gap"].isna().all()
    ten = settings.model_copy(update={"judges_now": settings.legal_fte.model_copy(update={"value": 10.0})})
    beside = judges_needed(load, months, np.datetime64("2025-12", "M"), ten, 1363, (0.1, 0.5, 0.9))
    assert beside["judges_gap"].iloc[0] == round(230 * 12 / 200 - 10, 1)


def test_a_year_that_has_begun_is_shown_as_a_whole_one():
    settings = load_settings().planning.late
    months = np.datetime64("2026-07", "M") + np.arange(6)
    load = court_load(flat(100, 6), flat(0, 6), flat(0, 6), PLAIN, chance=False)
    table = judges_needed(load, months, np.datetime64("2026-06", "M"), settings, 1363, (0.1, 0.5, 0.9))
    assert table["legal_fte_medio"].iloc[0] == round((300 * 3 + 140 * 8) * 12 / 1363, 1)
