from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import leading_indicators, stand_ins
from benchmarks.leading_indicators import INDICATOR, Without, read_applications, read_crossings
from benchmarks.rolling import HORIZON, geometric_means, known_panel, pooled, rolling_quantiles, score_table
from indforecast.models.lagged_sources import gamma_lags
from indforecast.models.random_walk import RandomWalk
from indforecast.models.stream_models import FollowingStream

MONTHS = 64
LAGS = (gamma_lags(3.0, 1.0, 8),)


@pytest.fixture
def table() -> pd.DataFrame:
    """Applications that follow crossings by three months, and nothing else."""
    rng = np.random.default_rng(3)
    crossings = 3000 * np.exp(np.repeat(rng.normal(0, 0.7, 20), 4)[: MONTHS + 8])
    came = np.convolve(crossings, LAGS[0])[8 : MONTHS + 8]
    months = pd.period_range("2015-01", periods=MONTHS, freq="M")
    return pd.DataFrame(
        {"x": np.round(0.3 * came * np.exp(rng.normal(0, 0.03, MONTHS))), INDICATOR: np.round(crossings[8:])},
        index=months,
    )


def test_a_panel_ends_at_the_origin_and_each_series_as_late_as_it_is_known(table: pd.DataFrame) -> None:
    panel = known_panel(table, np.datetime64("2018-06", "M"), {"x": 2})
    assert panel.forecast_origin == np.datetime64("2018-06", "M")
    assert np.isnan(panel.observed[0, -2:]).all()
    assert not np.isnan(panel.observed[0, :-2]).any()
    assert not np.isnan(panel.observed[1]).any()


def test_later_months_of_any_series_change_no_earlier_forecast(table: pd.DataFrame) -> None:
    model = FollowingStream("with", "x", (INDICATOR,), LAGS)
    before, _, origins = rolling_quantiles(table, "x", (model,), {INDICATOR: 1})
    spoilt = table.copy()
    months = table.index.to_timestamp().to_numpy().astype("datetime64[M]")
    # The newest figure of the indicator is a month older than the origin.
    spoilt.loc[months > origins[2], "x"] *= 3
    spoilt.loc[months >= origins[2], INDICATOR] *= 3
    after, _, _ = rolling_quantiles(spoilt, "x", (model,), {INDICATOR: 1})
    np.testing.assert_array_equal(after[:, :3], before[:, :3])
    assert not np.array_equal(after[:, 3], before[:, 3])


def test_an_indicator_that_leads_earns_its_place_and_is_said_to(table: pd.DataFrame) -> None:
    model = FollowingStream("with", "x", (INDICATOR,), LAGS)
    said, truth, origins = rolling_quantiles(table, "x", (Without(), model, RandomWalk()), {})
    assert len(origins) == 6
    assert np.isnan(truth[-1, 1:]).all()
    scores = score_table(said, truth, ("without", "with", "walk"), "without").set_index(["model", "band"])["ratio"]
    assert scores["with", "1-3"] < 0.6
    assert scores["without", "all"] == 1.0
    np.testing.assert_allclose(pooled(said, (0, 1)), (said[0] + said[1]) / 2)


def test_ratios_are_averaged_as_ratios() -> None:
    rows = [pd.DataFrame({"model": ["m"], "band": ["all"], "ratio": [r], "coverage": [r]}) for r in (0.5, 2.0)]
    mean = geometric_means(rows).loc[("m", "all")]
    assert mean["ratio"] == pytest.approx(1.0)
    assert mean["coverage"] == pytest.approx(1.25)


def test_files_are_read_and_reported(table: pd.DataFrame, tmp_path, capsys, monkeypatch) -> None:
    routes = pd.DataFrame({"month": table.index.astype(str), "East": table[INDICATOR], "West": 1})
    routes.to_csv(tmp_path / "routes.csv", index=False)
    rows = [
        {"group": "eu", "series_id": name, "period": str(month), "observed": value}
        for name in ("eu_x", "us_y")
        for month, value in table["x"].items()
        if str(month) != "2016-02"
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "panel.csv", index=False)
    assert read_crossings(tmp_path / "routes.csv")["2015-01"] == table[INDICATOR].iloc[0] + 1
    wide = read_applications(tmp_path / "panel.csv", ["eu_"])
    assert list(wide.columns) == ["eu_x"]
    assert wide["eu_x"].isna().sum() == 1
    monkeypatch.setattr(leading_indicators, "LAGS", {"same": (0, 0)})
    leading_indicators.main(["--frontex", str(tmp_path / "routes.csv"), "--panel", str(tmp_path / "panel.csv")])
    said = capsys.readouterr().out
    assert "mean of three over mean of two: skill" in said
    assert "eu_x" in said


def test_stand_ins_are_reported_beside_their_twin_and_the_peers(
    table: pd.DataFrame, tmp_path, capsys, monkeypatch
) -> None:
    visas = pd.DataFrame(
        {"month": table.index.astype(str), "F1": table[INDICATOR].to_numpy(), "F2": table["x"].to_numpy()}
    )
    visas.to_csv(tmp_path / "visas.csv", index=False)
    monkeypatch.setattr(stand_ins, "STUDENTS", ("F1",))
    monkeypatch.setattr(stand_ins, "FOLLOWING", {"F2": "F1"})
    monkeypatch.setattr(stand_ins, "PEERS", ("random_walk",))
    stand_ins.main(["--visas", str(tmp_path / "visas.csv")])
    said = capsys.readouterr().out
    assert "F1, by academic year: 6 origins" in said
    assert "F2, which follows F1" in said
    assert said.count("its twin") == 2
    assert HORIZON == 18
