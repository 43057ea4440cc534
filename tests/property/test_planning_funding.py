"""What must hold of every way of granting money: money, cases, no hindsight, and more inflow never asks less."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.planning.funding_case import FundingCase, FundingFigures, due_by
from indforecast.planning.funding_forecast import expected_cases, wanted_cases
from indforecast.planning.funding_steps import Regime, RegimePaths, run_regime, wanted_cents
from indforecast.planning.staffing import StaffFigures

FEW = settings(max_examples=25, deadline=None)

regimes = st.builds(
    Regime,
    review_years=st.integers(1, 4),
    corridor=st.sampled_from([0.0, 0.1, 0.4]),
    reserve=st.sampled_from([0.0, 0.05, 0.3]),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[FundingCase, int]:
    """Two to three streams in two groups over uneven months, and an amount for the first year."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    streams, paths, months = draw(st.integers(2, 3)), draw(st.integers(1, 4)), draw(st.integers(13, 40))
    rates = rng.uniform(0, 300, (streams, paths, months)) * rng.choice([0.2, 1.0, 3.0], (streams, paths, 1))
    inflow = rng.poisson(rates).astype(float)
    opening = [rng.poisson(50, rng.integers(1, 9)).astype(float) for _ in range(streams)]
    terms = rng.integers(0, 6, streams)
    ends = [
        due_by(inflow[s], opening[s], np.full(opening[s].size + months, terms[s], dtype=np.int64))
        for s in range(streams)
    ]
    first = np.datetime64("2026-01", "M") + int(rng.integers(0, 12))
    staff = StaffFigures(
        ramp=(0.0, 0.4, 0.8),
        trainer_fte=0.2,
        attrition_trained=0.01,
        attrition_trainees=0.02,
        productive_hours=1300.0,
        flexible_productivity=0.8,
        flexible_share=0.2,
        flexible_growth=0.05,
        wage_cents=1_000_003,
        flexible_cents=2_000_001,
        hire_cents=2_300_000,
        dismissal_cents=3_000_000,
    )
    figures = FundingFigures(
        review_month=int(rng.integers(1, 13)),
        forecast_months=int(rng.integers(1, 40)),
        damping=float(rng.uniform()),
        backlog_gone_months=float(rng.integers(1, 60)),
        backlog_months=float(rng.integers(1, 30)),
        dismissals_a_month=float(rng.uniform(0, 0.3)),
        patience_months=float(rng.integers(0, 6)),
    )
    case = FundingCase(
        streams=tuple("abc"[:streams]),
        groups=("one", "two"),
        group_of=np.array([0, 1, 0])[:streams],
        months=np.arange(first, first + months),
        inflow=inflow,
        past=rng.poisson(150, (streams, int(rng.integers(1, 40)))).astype(float),
        opening=np.array([cases.sum() for cases in opening]),
        overdue=tuple(end[0] for end in ends),
        due=np.stack([end[1] for end in ends]),
        hours=rng.uniform(1, 40, streams).round(1),
        price_cents=rng.integers(1, 600_000, streams),
        waiting_cents=np.zeros(streams, dtype=np.int64),
        trained_fte=rng.uniform(0, 60, 2),
        in_training=rng.uniform(0, 5, (2, 3)),
        hires_a_month=rng.integers(0, 12, 2).astype(float),
        recruitment_months=int(rng.integers(0, 4)),
        staff=staff,
        figures=figures,
    )
    return case, int(rng.integers(0, 3_000_000_000))


@FEW
@given(cases(), regimes)
def test_money_and_cases_are_conserved_and_bounds_hold(drawn: tuple[FundingCase, int], regime: Regime) -> None:
    case, amount = drawn
    found = run_regime(case, regime, amount)
    balance = found.granted.sum(1) + found.short.sum(1)
    np.testing.assert_array_equal(balance, found.spent.sum(1) + found.given_back.sum(1) + found.reserve[:, -1])
    assert found.granted.dtype == found.spent.dtype == found.reserve.dtype == np.int64
    assert np.all(found.reserve >= 0)
    settled = case.months.astype(np.int64) % 12 == 11
    settled[-1] = True
    assert np.all(found.reserve[:, settled] <= np.floor(regime.reserve * 12 * (found.granted[:, settled] + 1)))
    for nothing in (found.short, found.given_back):
        assert not nothing[:, ~settled].any()
    opened = np.repeat(case.opening[:, None, None], case.paths, axis=1)
    before = np.concatenate([opened, found.open_cases[:, :, :-1]], axis=2)
    np.testing.assert_array_equal(before + case.inflow - found.decisions, found.open_cases)
    for counts in (found.decisions, found.open_cases, found.late, found.newly_late, found.in_term):
        assert np.all(counts >= 0)
        np.testing.assert_array_equal(counts, np.round(counts))
    assert np.all(found.late <= found.open_cases)
    assert np.all(found.in_term <= found.decisions)
    used = (found.decisions * case.hours[:, None, None]).sum(axis=(0, 2)) + found.idle_hours.sum(axis=1)
    spare = len(case.groups) * case.hours.max()
    assert np.all(used <= found.hours.sum(axis=1) + 1e-6)
    assert np.all(used >= found.hours.sum(axis=1) - spare - 1e-6)
    assert np.all(found.hires <= case.hires_a_month[:, None, None] + np.round(case.in_training[:, :1, None]))
    assert np.all(found.idle_hours >= 0)


@FEW
@given(cases(), regimes, st.data())
def test_no_month_knows_a_later_one(drawn: tuple[FundingCase, int], regime: Regime, data: st.DataObject) -> None:
    """Changing months from ``cut`` on leaves everything before bit for bit, and the money and hires of ``cut``."""
    case, amount = drawn
    cut = data.draw(st.integers(1, len(case.months) - 1))
    later = case.inflow.copy()
    later[:, :, cut:] = later[:, :, cut:] * 5 + 37
    due = case.due.copy()
    due[:, :, cut:] += (later - case.inflow)[:, :, cut:].cumsum(axis=2)
    here = run_regime(case, regime, amount)
    there = run_regime(replace(case, inflow=later, due=due), regime, amount)
    for each in fields(RegimePaths):
        one, other = getattr(here, each.name), getattr(there, each.name)
        np.testing.assert_array_equal(one[..., :cut], other[..., :cut], err_msg=each.name)
    for decided in ("granted", "hires", "dismissed", "heads", "spent", "hours"):
        np.testing.assert_array_equal(getattr(here, decided)[..., cut], getattr(there, decided)[..., cut])


@FEW
@given(cases(), regimes)
def test_a_path_is_the_same_in_any_company(drawn: tuple[FundingCase, int], regime: Regime) -> None:
    case, amount = drawn
    together = run_regime(case, regime, amount)
    alone = run_regime(case.select(slice(case.paths - 1, None)), regime, amount)
    for each in fields(RegimePaths):
        axis = 0 if getattr(together, each.name).ndim == 2 else 1
        last = np.take(getattr(together, each.name), [case.paths - 1], axis=axis)
        np.testing.assert_allclose(getattr(alone, each.name), last, rtol=1e-9, err_msg=each.name)


@FEW
@given(cases(), st.integers(0, 500))
def test_more_inflow_never_asks_less_money(drawn: tuple[FundingCase, int], more: int) -> None:
    case, _ = drawn
    late = np.repeat(case.late[:, None], case.paths, axis=1)
    for month in (0, len(case.months) - 1):
        need = []
        for inflow, past in ((case.inflow, case.past), (case.inflow + more, case.past + more)):
            expected = expected_cases(past, inflow, case.figures)[:, :, month]
            need.append(wanted_cents(case, wanted_cases(expected, late, month, case.figures)))
        assert np.all(need[1] >= need[0])
