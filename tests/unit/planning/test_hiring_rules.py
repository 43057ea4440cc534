"""Rules decide from the past alone; perfect foresight is the limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.planning.hiring import hire_plan
from indforecast.planning.hiring_compare import foreseen, simple_rules
from indforecast.planning.hiring_fit import fit_rule, gap_rule
from indforecast.planning.hiring_question import Decisions, HiringQuestion, score
from indforecast.planning.hiring_rules import FollowBand, FollowLastYear, Rule, band_fte, follow
from tests.unit.planning.hiring_cases import question, random_question, workforce

ASKED = random_question(paths=16, months=20, seed=11, opening=(200.0, 100.0), under_way=np.ones(20), lead=2)
PLAN = hire_plan(ASKED)
FITTED, REACHED = fit_rule(
    PLAN.question,
    gap_rule(PLAN.question, PLAN.answer.decisions, ASKED.workforce.levels(), ahead=6, threshold=0.6),
    targeted=PLAN.answer.meets,
)
RULES: dict[str, Rule] = {"rule": FITTED, **simple_rules(PLAN.question, (0.5, 0.9), 24.0)}
#: Months in which the paths below part.
PART = 9


@pytest.mark.parametrize("name", RULES)
def test_what_comes_later_changes_nothing_before(name: str) -> None:
    before = PLAN.question
    work = before.workforce.work.copy()
    rng = np.random.default_rng(3)
    work[:, PART:] = np.round(work[:, PART:] * rng.uniform(0.2, 4.0, work[:, PART:].shape))
    changed = workforce(work, opening=(200.0, 100.0))
    one, two = follow(before, RULES[name]), follow(before.on(changed), RULES[name])
    known = PART + 1  # the decision of a month sees the months before it
    np.testing.assert_array_equal(one.flexible[:, :known], two.flexible[:, :known])
    np.testing.assert_array_equal(one.dismissals[:, :known], two.dismissals[:, :known])
    np.testing.assert_array_equal(one.hires[:, : known + before.lead], two.hires[:, : known + before.lead])
    if name in ("rule", "follow last year") and FITTED.steer + FITTED.borrow > 0:
        assert not np.array_equal(one.flexible, two.flexible) or not np.array_equal(one.hires, two.hires)


def test_a_path_alone_is_decided_as_among_others() -> None:
    together = follow(PLAN.question, FITTED)
    for path in (0, 7):
        alone = follow(PLAN.question.on(PLAN.question.workforce.select(slice(path, path + 1))), FITTED)
        np.testing.assert_allclose(alone.hires[0], together.hires[path], atol=1e-9)


def test_the_fitted_rule_is_never_worse_than_the_plan_where_it_was_fitted() -> None:
    asked = PLAN.question
    assert REACHED.met.sum() >= (asked.needed_paths if PLAN.answer.meets else 0)
    level, weight = asked.tail_level, asked.tail_weight
    assert REACHED.objective(level, weight) <= PLAN.answer.objective_eur + 1.0


def test_hires_keep_to_what_can_begin() -> None:
    for rule in RULES.values():
        hires = follow(PLAN.question, rule).hires
        assert hires.max() <= ASKED.most_hires
        assert np.all(hires[:, :2] == 1.0)


def no_more_than(asked: HiringQuestion, decisions: Decisions) -> None:
    known = foreseen(asked)
    spent = score(asked, asked.staff(decisions)).cost_eur
    assert np.all(known.cost_eur <= spent + 1.0)


@pytest.mark.parametrize("name", RULES)
def test_perfect_foresight_never_costs_more_than_a_rule(name: str) -> None:
    no_more_than(PLAN.question, follow(PLAN.question, RULES[name]))


def test_perfect_foresight_never_costs_more_than_the_plan() -> None:
    no_more_than(PLAN.question, PLAN.answer.decisions)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_perfect_foresight_never_costs_more_than_any_plan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    asked = random_question(paths=3, months=12, seed=seed)
    hires = rng.uniform(0, asked.most_hires, 12) * rng.integers(0, 2, 12)
    hires[: asked.lead] = asked.under_way[: asked.lead]
    no_more_than(asked, Decisions(hires, rng.uniform(0, 2, 12), rng.uniform(0, 0.5, 12)))


def test_foresight_meets_the_target_where_the_plan_does() -> None:
    asked = PLAN.question
    assert foreseen(asked, targeted=True).met.sum() >= PLAN.answer.score.met.sum() - 1


def test_last_year_is_last_calendar_years_applications() -> None:
    work = np.concatenate([np.full(12, 2400.0), np.full(12, 1200.0)])[None]
    one = workforce(work)
    sights = _Sights()
    follow(replace(ASKED, workforce=one, under_way=np.zeros(24)), sights)
    rule = FollowLastYear(24.0)
    # Within 2026 the year 2025 is followed, whatever 2026 brings: 12,000 hours are 10 FTE; ten are there.
    early = sights.seen[8]
    wanted = rule.decide(early)[0] * (1 - early.figures.attrition_trainees) ** 2
    overdue = early.late / 24 / 100
    np.testing.assert_allclose(wanted, np.maximum(10 + overdue - early.experienced_when_trained(), 0))
    late = sights.seen[15]  # in 2027 the year 2026: 28,800 hours are 24 FTE
    wanted = rule.decide(late)[0] * (1 - late.figures.attrition_trainees) ** 2
    np.testing.assert_allclose(wanted, 24 + late.late / 24 / 100 - late.experienced_when_trained())


def test_who_is_experienced_then_is_who_will_be() -> None:
    asked = replace(ASKED, lead=2)
    sights = _Sights(hire=3.0)
    decided = follow(asked, sights)
    staff = asked.staff(Decisions(decided.hires, np.zeros((16, 20)), np.zeros((16, 20))))
    ahead = 2 + asked.figures.training_months
    for month in (0, 4, 9):
        sight = sights.seen[month]
        # Without those decided on from this month on: hires 3 a month, of whom the first is experienced just then.
        stay = (1 - asked.figures.attrition_trainees) ** asked.figures.training_months
        then = staff.trained_fte[:, month + ahead] - 3.0 * stay
        np.testing.assert_allclose(sight.experienced_when_trained(), then)
        np.testing.assert_allclose(sight.effective(), staff.effective_fte[:, month])


def test_the_band_is_the_quantile_of_a_years_work() -> None:
    one = question(np.full((5, 24), 1200.0) * np.arange(1, 6)[:, None])
    fte = band_fte(one, 0.5)
    assert fte[12] == pytest.approx(36.0)  # 12 x 3,600 hours over 1,200 hours a year
    assert fte.shape == (24,)
    assert isinstance(FollowBand(fte, 24.0).decide, object)


class _Sights:
    """A rule that keeps what it saw and hires always alike."""

    def __init__(self, hire: float = 0.0) -> None:
        self.seen: list = []
        self._hire = hire

    def decide(self, sight):  # type: ignore[no-untyped-def]
        self.seen.append(sight)
        nothing = np.zeros(sight.trained.shape)
        return nothing + self._hire, nothing, nothing
