"""The programme against its own arithmetic and against trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from indforecast.planning.hiring_model import HiringModel
from indforecast.planning.hiring_question import Decisions, HiringQuestion, score
from tests.unit.planning.hiring_cases import STAFF, question, random_question, without_people


def value(asked: HiringQuestion, decisions: Decisions) -> float:
    return score(asked, asked.staff(decisions)).objective(asked.tail_level, asked.tail_weight)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_minimised_is_what_the_plan_costs(seed: int) -> None:
    asked = random_question(seed=seed, opening=(300.0, 100.0), under_way=np.ones(18))
    solution = HiringModel(asked).solve(held=2)
    assert solution.objective_eur == pytest.approx(value(asked, solution.decisions), rel=1e-6)
    assert solution.decisions.hires[:2].tolist() == [1.0, 1.0]


def test_no_other_plan_is_cheaper() -> None:
    asked = random_question(paths=8, months=12, seed=3)
    best = HiringModel(asked).solve(held=0)
    rng = np.random.default_rng(1)
    near = best.decisions
    for _ in range(300):
        hires = np.clip(near.hires + rng.normal(0, 0.5, 12), 0, asked.most_hires)
        borrowed = np.clip(near.flexible + rng.normal(0, 0.3, 12), 0, None)
        assert value(asked, Decisions(hires, borrowed, np.zeros(12))) >= best.objective_eur - 1.0


def test_trying_every_whole_number_finds_nothing_cheaper() -> None:
    staff = without_people(
        ramp=(0.5,), attrition_trained=0.0, attrition_trainees=0.0, flexible_share=0.0, trainer_fte=0.0
    )
    work = [[1000.0, 1100.0, 1300.0, 1400.0], [1000.0, 1000.0, 1500.0, 1700.0], [1000.0, 900.0, 900.0, 1000.0]]
    asked = question(work, staff=staff, term=1, lead=0, first=1)
    solution = HiringModel(asked).solve(held=0)
    none = np.zeros(4)
    tried = [
        value(asked, Decisions(np.array(hires, dtype=float), none, none))
        for hires in itertools.product(range(5), repeat=4)
    ]
    assert solution.objective_eur <= min(tried) + 1.0
    # Costs are linear between whole numbers of people but for the kinks of late work: the best whole plan is near.
    assert solution.objective_eur >= min(tried) * 0.98


def test_with_the_target_on_named_paths_it_holds_there() -> None:
    asked = random_question(paths=12, seed=5)
    model = HiringModel(asked)
    free, bound = model.solve(held=1), model.solve(held=1, named=range(8))
    assert bound.missed < 1e-6
    reached = score(asked, asked.staff(bound.decisions))
    assert reached.met[:8].all()
    assert bound.objective_eur >= free.objective_eur - 1.0
    assert model.solve(held=1).objective_eur == pytest.approx(free.objective_eur, rel=1e-9)


def test_the_cvar_of_the_target_is_stricter_than_its_probability() -> None:
    asked = random_question(paths=20, seed=2, most_hires=12.0)
    solution = HiringModel(asked).solve(held=1, tail=True)
    assert solution.missed < 1e-6
    reached = score(asked, asked.staff(solution.decisions))
    assert reached.probability >= asked.probability


def test_one_more_hire_a_month_is_worth_what_it_saves() -> None:
    staff = without_people(flexible_share=0.0)
    tight = random_question(paths=10, seed=4, staff=staff, most_hires=1.0, late_eur=60.0)
    now = HiringModel(tight).solve(held=1)
    more = HiringModel(random_question(paths=10, seed=4, staff=staff, most_hires=1.01, late_eur=60.0)).solve(
        held=1
    )
    assert now.hire_value_eur is not None
    assert now.hire_value_eur > 0
    assert (now.objective_eur - more.objective_eur) / 0.01 == pytest.approx(now.hire_value_eur, rel=0.05)


def test_one_more_person_today_is_worth_what_she_saves() -> None:
    # Nobody in training at the start, because who replaces leavers would grow with her.
    staff = without_people(replacing=0.0)
    one, two = (
        HiringModel(random_question(paths=10, seed=4, staff=staff, start=n)).solve(held=1) for n in (10, 10.01)
    )
    assert one.person_value_eur is not None
    assert (one.objective_eur - two.objective_eur) / 0.01 == pytest.approx(one.person_value_eur, rel=0.05)


def test_people_are_let_go_only_in_months_that_allow_it() -> None:
    work = np.full((3, 18), 300.0)
    for allowed in (None, 6):
        may = np.zeros(18, dtype=bool)
        may[allowed if allowed is not None else 18 :] = True
        gone = HiringModel(question(work, may_dismiss=may)).solve(held=1).decisions.dismissals
        assert gone[~may].max(initial=0.0) == 0.0
        assert (gone.sum() > 1.0) == (allowed is not None)


def test_the_same_question_has_the_same_answer_to_the_bit() -> None:
    first, second = (HiringModel(random_question(seed=9)).solve(held=1, named=[0, 3, 5]) for _ in range(2))
    for name in ("hires", "flexible", "dismissals"):
        np.testing.assert_array_equal(getattr(first.decisions, name), getattr(second.decisions, name))
    assert first.objective_eur == second.objective_eur


def test_the_pool_is_never_more_than_it_may_be() -> None:
    asked = random_question(seed=6, late_eur=200.0, most_hires=0.0)
    decisions = HiringModel(asked).solve(held=1).decisions
    staff = asked.staff(decisions)
    np.testing.assert_allclose(staff.flexible_fte[0], decisions.flexible, atol=1e-6)
    assert STAFF.flexible_share > 0
    assert decisions.flexible.max() > 0
