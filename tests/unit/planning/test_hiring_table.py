"""A hiring advice as tables, and people who are lost between two months are seen."""

from dataclasses import replace

import numpy as np
import pytest

from indforecast.planning.hiring import hire_plan
from indforecast.planning.hiring_advice import Advice
from indforecast.planning.hiring_table import (
    ADVICE_COLUMNS,
    HIRING_COLUMNS,
    advice_table,
    hiring_table,
    people_balance,
)
from tests.unit.planning.hiring_cases import random_question

SHOWN = 12


@pytest.fixture(scope="module")
def advices():
    """A target within reach, and one that no effort meets."""
    made = {}
    for name, changes in (("calm", {"most_hires": 12.0}), ("stretched", {"most_hires": 0.0, "share": 0.999})):
        plan = hire_plan(random_question(**changes))
        made[name] = Advice(plan, SHOWN, np.array([0.2, np.nan, 0.7]), None)
    return made


def test_the_plan_month_by_month(advices):
    table = hiring_table(advices)
    assert tuple(table.columns) == HIRING_COLUMNS
    assert table.groupby("group").size().to_dict() == {"calm": SHOWN, "stretched": SHOWN}
    calm, answer = table[table["group"] == "calm"], advices["calm"].plan.answer
    assert calm["period"].iloc[0].strftime("%Y-%m-%d") == "2026-01-01"
    assert calm["period"].is_monotonic_increasing
    np.testing.assert_array_equal(calm["hires_fte"], answer.decisions.hires[:SHOWN])
    np.testing.assert_allclose(calm["trained_fte"], answer.staff.trained_fte[0, :SHOWN], atol=0.005)
    np.testing.assert_allclose(calm["trainees_fte"], answer.staff.trainees_fte[0, :SHOWN], atol=0.005)
    np.testing.assert_allclose(calm["cost_eur"] * 100, answer.staff.cost_cents[0, :SHOWN])
    assert calm["hires_fte"].sum() > 0
    assert table.loc[table["group"] == "stretched", "hires_fte"].sum() == 0


def test_what_the_plan_reaches_and_by_when_to_decide(advices):
    table = advice_table(advices).set_index("group")
    assert (table.index.name, *table.columns) == ADVICE_COLUMNS
    calm, plan = table.loc["calm"], advices["calm"].plan
    assert plan.answer.meets
    assert calm["planned_from"] == str(plan.question.workforce.months[plan.question.first])
    assert calm["asked_from"] == "2026-07"
    assert calm["reached_probability"] >= calm["probability"]
    assert calm["latest_month_to_decide"] == str(plan.question.workforce.months[plan.latest_wait])
    assert calm["cvar_eur"] >= calm["cost_eur"] >= calm["staff_eur"]
    assert calm["wait_months"] == 3
    assert calm["structural_fall_probability"] == 0.7  # the highest that is known


def test_a_target_out_of_reach_has_no_month_and_says_what_it_would_take(advices):
    row = advice_table(advices).set_index("group").loc["stretched"]
    assert not advices["stretched"].plan.answer.meets
    assert row["planned_from"] is None or row["planned_from"] != row["planned_from"]
    assert row["latest_month_to_decide"] is None or row["latest_month_to_decide"] != row["latest_month_to_decide"]
    assert row["hires_possible"] == 0


def test_people_balance_holds_and_one_who_is_lost_is_seen(advices):
    proof = people_balance(advices)
    assert proof.holds
    assert proof.largest_error == 0.0
    assert proof.looked_at > 2 * SHOWN
    advice = advices["calm"]
    answer = advice.plan.answer
    for field in ("trained_fte", "leavers_fte"):
        values = getattr(answer.staff, field).copy()
        values[0, 4] += 0.01
        staff = replace(answer.staff, **{field: values})
        wrong = replace(advice, plan=replace(advice.plan, answer=replace(answer, staff=staff)))
        assert not people_balance({**advices, "calm": wrong}).holds
