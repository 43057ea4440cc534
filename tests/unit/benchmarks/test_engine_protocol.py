from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from benchmarks.engine_protocol import (
    BANDS,
    HORIZON,
    LEVELS,
    Pairs,
    choose_pairs,
    counts_from_logs,
    coverage,
    geometric_ratio,
    origin_positions,
    require_complete,
    score_series,
    without_gaps,
)


def panel(*series: tuple[str, str, str, list[float]]) -> pd.DataFrame:
    """Rows of (group, series, first month, counts); NaN counts have no row."""
    frames = []
    for group, series_id, first, counts in series:
        months = (np.datetime64(first, "M") + np.arange(len(counts))).astype(str)
        frame = pd.DataFrame({"group": group, "series_id": series_id, "period": months, "observed": counts})
        frames.append(frame.dropna())
    return pd.concat(frames, ignore_index=True)


@pytest.fixture
def pairs() -> Pairs:
    rng = np.random.default_rng(3)
    return choose_pairs(
        panel(
            ("b", "b1", "2001-05", list(rng.poisson(50, 80).astype(float))),
            ("a", "a1", "2000-01", list(rng.poisson(500, 70).astype(float))),
            ("a", "a2", "2003-01", list(rng.poisson(5, 60).astype(float))),
        )
    )


def spread(pairs: Pairs, width: float = 1.0) -> np.ndarray:
    """Quantiles about the last month before each origin."""
    last = np.array([pairs.past(pair)[-1] for pair in range(len(pairs))])
    steps = np.linspace(-1, 1, len(LEVELS)) * width
    return counts_from_logs(np.log1p(last)[:, None, None] + np.zeros((HORIZON, 1)) + steps)


def test_origins_start_at_the_forty_eighth_month_and_come_every_third() -> None:
    history = np.ones(60)
    assert origin_positions(history) == [47, 50, 53, 56]  # 59 is the last month: nothing of its future is known


def test_a_history_shorter_than_forty_nine_months_has_no_origin() -> None:
    assert origin_positions(np.ones(48)) == []
    assert origin_positions(np.ones(49)) == [47]


def test_origins_lie_at_most_84_months_before_the_last_month() -> None:
    positions = origin_positions(np.ones(132))  # last month has position 131, and 131 - 84 = 47
    assert positions[0] == 47
    assert positions[-1] == 128
    assert origin_positions(np.ones(133))[0] == 50  # the raster still counts from the 48th month
    assert len(positions) == 28


def test_an_origin_needs_one_known_month_among_the_next_eighteen() -> None:
    history = np.ones(80)
    history[48:66] = np.nan  # months 1 to 18 after position 47
    assert 47 not in origin_positions(history)
    history[65] = 1.0
    assert 47 in origin_positions(history)


def test_a_missing_month_may_be_an_origin() -> None:
    history = np.ones(60)
    history[50] = np.nan
    assert 50 in origin_positions(history)


def test_history_counts_calendar_months_from_the_first_observation() -> None:
    counts = [float("nan")] * 10 + [1.0] + [float("nan")] * 46 + [2.0] * 13
    chosen = choose_pairs(panel(("g", "s", "2000-01", counts)))
    assert list(chosen.origins.astype(str)) == ["2004-10", "2005-01", "2005-04", "2005-07"]
    assert chosen.positions[0] == 47


def test_the_truth_is_what_follows_the_origin(pairs: Pairs) -> None:
    for pair in range(len(pairs)):
        whole = pairs.histories[pairs.series[pair]]
        known = whole[pairs.positions[pair] + 1 :][:HORIZON]
        np.testing.assert_array_equal(pairs.truth[pair, : len(known)], known)
        assert np.isnan(pairs.truth[pair, len(known) :]).all()


def test_row_order_and_kind_of_month_change_nothing(pairs: Pairs) -> None:
    rows = panel(("g", "s", "2000-01", list(np.arange(1.0, 71.0))), ("h", "t", "2001-01", [3.0] * 55))
    expected = choose_pairs(rows)
    for changed in (
        rows.sample(frac=1, random_state=1),
        rows.assign(period=pd.PeriodIndex(rows["period"], freq="M")),
        rows.assign(period=pd.to_datetime(rows["period"])),
    ):
        found = choose_pairs(changed)
        np.testing.assert_array_equal(found.origins, expected.origins)
        np.testing.assert_array_equal(found.truth, expected.truth)
        assert found.series_ids == expected.series_ids


def test_without_a_group_there_is_one() -> None:
    rows = panel(("g", "s", "2000-01", [1.0] * 60)).drop(columns="group")
    assert choose_pairs(rows).group_names == ("all",)


def test_a_month_given_twice_is_refused() -> None:
    rows = panel(("g", "s", "2000-01", [1.0] * 60))
    with pytest.raises(ValueError, match="s: a month occurs twice"):
        choose_pairs(pd.concat([rows, rows.iloc[:1]]))


def test_gaps_are_filled_from_their_neighbours() -> None:
    nan = float("nan")
    np.testing.assert_allclose(without_gaps(np.array([2.0, nan, nan, 8.0, nan, nan])), [2, 4, 6, 8, 8, 8])


def test_a_peer_sees_nothing_after_its_origin() -> None:
    counts = [float(value) for value in range(100, 170)]
    counts[60] = float("nan")
    rows = panel(("g", "s", "2000-01", counts))
    before = choose_pairs(rows)
    changed = choose_pairs(rows.assign(observed=rows["observed"].where(rows["period"] <= "2005-01", 10_000.0)))
    for pair, origin in enumerate(before.origins):
        same = np.array_equal(before.peer_input(pair), changed.peer_input(pair))
        assert same == (origin <= np.datetime64("2005-01"))
        assert len(before.peer_input(pair)) == before.positions[pair] + 1


def test_a_gap_at_the_origin_is_filled_from_the_past_alone() -> None:
    counts = [100.0] * 70
    counts[50], counts[51] = float("nan"), 900.0
    chosen = choose_pairs(panel(("g", "s", "2000-01", counts)))
    pair = int(np.flatnonzero(chosen.positions == 50)[0])
    assert chosen.peer_input(pair)[-1] == np.log1p(100.0)


def test_scores_agree_with_scoringrules_target_by_target() -> None:
    scoringrules = pytest.importorskip("scoringrules")
    rng = np.random.default_rng(11)
    for _ in range(20):
        chosen = choose_pairs(
            panel(("g", "s", "2000-01", list(rng.poisson(rng.uniform(0, 300), 90).astype(float))))
        )
        quantiles = np.sort(rng.gamma(1.0, 100.0, (len(chosen), HORIZON, len(LEVELS))), axis=-1)
        found = score_series(quantiles, chosen)
        known = np.isfinite(chosen.truth)
        for name, scale in (("count", lambda value: value), ("log", np.log1p)):
            theirs = scoringrules.crps_quantile(
                scale(chosen.truth[known]), scale(quantiles[known]), np.array(LEVELS)
            )
            np.testing.assert_allclose(found[name], [theirs.mean()], rtol=1e-12)


def test_a_series_counts_once_however_many_targets_it_has() -> None:
    ratio = geometric_ratio(np.array([2.0, 8.0, 3.0]), np.array([1.0, 1.0, 1.0]), ["a", "a", "b"])
    assert ratio["a"] == pytest.approx(4.0)
    assert ratio["b"] == pytest.approx(3.0)
    assert ratio["all"] == pytest.approx(12.0**0.5)


def test_a_series_that_never_moves_has_no_ratio_and_spoils_none() -> None:
    ratio = geometric_ratio(np.array([0.0, 8.0]), np.array([0.0, 4.0]), ["a", "a"])
    assert ratio["a"] == pytest.approx(2.0)


def test_scores_are_means_over_the_targets_of_a_series(pairs: Pairs) -> None:
    quantiles = spread(pairs)
    found = score_series(quantiles, pairs)["log"]
    for index in range(len(pairs.series_ids)):
        rows = pairs.series == index
        alone = dataclasses.replace(
            pairs, series=pairs.series[rows], positions=pairs.positions[rows], truth=pairs.truth[rows]
        )
        assert score_series(quantiles[rows], alone)["log"][index] == pytest.approx(found[index])


def test_coverage_counts_series_not_targets(pairs: Pairs) -> None:
    """Series a1 wholly inside, a2 wholly outside: one half, though they have unequal numbers of targets."""
    quantiles = spread(pairs, 0.0)
    for pair in range(len(pairs)):
        inside = pairs.series_ids[pairs.series[pair]] != "a2"
        truth = np.nan_to_num(pairs.truth[pair])[:, None]
        quantiles[pair] = truth + (np.linspace(-1, 1, len(LEVELS)) if inside else 5.0)
    found = coverage(quantiles, pairs, 0.8)
    assert found["a"] == pytest.approx(0.5)
    assert found["b"] == 1.0
    assert found["all"] == pytest.approx(2 / 3)
    assert len(pairs.truth[pairs.series == 0]) != len(pairs.truth[pairs.series == 1])


def test_coverage_of_a_band_of_horizons_reads_only_those(pairs: Pairs) -> None:
    quantiles = np.repeat(np.nan_to_num(pairs.truth)[..., None], len(LEVELS), axis=-1)
    quantiles[:, 3:6] += 5.0
    for name, first, last in BANDS:
        assert coverage(quantiles, pairs, 0.95, first, last)["all"] == (0.0 if name == "4-6" else 1.0)


def test_an_outcome_on_the_limit_is_inside_despite_rounding() -> None:
    chosen = choose_pairs(panel(("g", "s", "2000-01", [123_457.0] * 60)))
    there_and_back = counts_from_logs(np.log1p(np.full((len(chosen), HORIZON, len(LEVELS)), 123_457.0)))
    assert coverage(there_and_back, chosen, 0.8)["all"] == 1.0


def test_a_model_that_leaves_targets_out_is_refused(pairs: Pairs) -> None:
    quantiles = spread(pairs)
    require_complete("m", quantiles, pairs.truth)
    unknown = np.isnan(pairs.truth)
    quantiles[unknown] = np.nan  # what has no outcome needs no forecast
    require_complete("m", quantiles, pairs.truth)
    quantiles[0, 0, 2] = np.nan
    with pytest.raises(ValueError, match="m: 1 of"):
        require_complete("m", quantiles, pairs.truth)
