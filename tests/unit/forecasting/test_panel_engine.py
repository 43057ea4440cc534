"""The public panel engine, called as a stranger would: any months, keys and dtypes; clear words for errors."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import indforecast
from indforecast.domain.errors import InputError

COLUMNS = ["series_id", "forecast_origin", "horizon", "quantile_level", "value"]
MONTHS = pd.period_range("2016-01", periods=60, freq="M")
LEVELS = (0.1, 0.5, 0.9)


def of(key, counts, months=MONTHS, **columns) -> pd.DataFrame:
    return pd.DataFrame({"series_id": key, "period": months[: len(counts)], "observed": counts} | columns)


def wandering(seed: int, months: int = 60, level: float = 5.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    season = 0.2 * np.sin(np.arange(months) * np.pi / 6)
    return np.round(np.exp(level + season + np.cumsum(rng.normal(0, 0.1, months))))


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """Two groups; a gap, a late start, an early end."""
    gapped = of("b", wandering(2)).drop(index=[3, 20, 21, 55])
    late = of("c", wandering(3, 51), MONTHS[9:])
    early = of("d", wandering(4, 52))
    return pd.concat(
        [
            of("a", wandering(1)).assign(group="x"),
            gapped.assign(group="x"),
            pd.concat([late, early]).assign(group="y"),
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def answer(panel) -> pd.DataFrame:
    return indforecast.backtest(panel)


def test_every_month_from_a_series_forty_eighth_to_its_last_is_an_origin(answer):
    assert list(answer.columns) == COLUMNS
    spans = answer.groupby("series_id")["forecast_origin"].agg(["min", "max", "nunique"])
    assert spans.astype(str).to_numpy().tolist() == [
        ["2019-12", "2020-12", "13"],
        ["2019-12", "2020-12", "13"],
        ["2020-09", "2020-12", "4"],
        ["2019-12", "2020-04", "5"],
    ]
    assert len(answer) == (13 + 13 + 4 + 5) * 18 * 7


def test_rows_are_ordered_unique_and_typed(answer):
    pd.testing.assert_frame_equal(answer, answer.sort_values(COLUMNS[:4]).reset_index(drop=True))
    assert not answer.duplicated(COLUMNS[:4]).any()
    assert answer["forecast_origin"].dtype == "period[M]"
    assert answer["horizon"].dtype == np.int64
    assert answer["value"].dtype == np.float64
    assert sorted(answer["quantile_level"].unique()) == [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
    assert sorted(answer["horizon"].unique()) == list(range(1, 19))


def test_quantiles_are_counts_that_never_cross_and_widen_with_the_horizon(answer):
    table = answer["value"].to_numpy().reshape(-1, 7)
    assert np.all(np.isfinite(table))
    assert np.all(table >= 0)
    assert np.all(np.diff(table, axis=1) >= 0)
    width = np.log(table[:, -2] / table[:, 1]).reshape(-1, 18)
    assert width[:, 17].mean() > 1.2 * width[:, 0].mean()


def test_a_median_is_near_what_the_series_shows(panel, answer):
    median = answer[(answer["quantile_level"] == 0.5) & (answer["horizon"] == 1)]
    last = panel[panel["period"] == pd.Period("2020-12")].set_index("series_id")["observed"]
    newest = median[median["forecast_origin"] == pd.Period("2020-12")].set_index("series_id")["value"]
    assert np.all(np.abs(np.log(newest / last.reindex(newest.index))) < 0.5)


def test_the_newest_origin_of_a_backtest_is_the_forecast(panel, answer):
    newest = indforecast.forecast(panel)
    assert set(newest["series_id"]) == {"a", "b", "c", "d"}
    assert set(newest["forecast_origin"]) == {pd.Period("2020-12")}
    alike = newest[newest["series_id"] != "d"].reset_index(drop=True)
    there = answer[answer["forecast_origin"] == pd.Period("2020-12")].reset_index(drop=True)
    pd.testing.assert_frame_equal(alike, there)
    asked = indforecast.backtest(panel, origins=["2020-12"])
    pd.testing.assert_frame_equal(asked, newest)


def test_a_series_that_ended_is_forecast_from_the_calendar(panel, answer):
    """Three months after its last figure, horizon 1 is what horizon 4 was: wider, and of the same season."""
    later = indforecast.backtest(panel, origins=["2020-07"], horizon=2)
    later = later[later["series_id"] == "d"].set_index(["horizon", "quantile_level"])["value"]
    then = answer[(answer["series_id"] == "d") & (answer["forecast_origin"] == pd.Period("2020-04"))]
    then = then.set_index(["horizon", "quantile_level"])["value"]
    for horizon in (1, 2):
        assert later[horizon, 0.5] == pytest.approx(then[horizon + 3, 0.5], rel=0.05)
    assert later[1, 0.9] - later[1, 0.1] > then[1, 0.9] - then[1, 0.1]


@pytest.mark.parametrize("horizon", [1, 3, 24])
def test_the_horizon_asked_for_changes_no_shared_row(panel, answer, horizon):
    other = indforecast.backtest(panel, horizon=horizon)
    assert other["horizon"].max() == horizon
    shared = [frame[frame["horizon"] <= min(horizon, 18)].reset_index(drop=True) for frame in (other, answer)]
    pd.testing.assert_frame_equal(*shared, check_exact=True)


def test_the_levels_asked_for_change_no_shared_row(panel, answer):
    few = indforecast.backtest(panel, quantile_levels=LEVELS)
    shared = answer[answer["quantile_level"].isin(LEVELS)].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, shared, check_exact=True)


def test_the_season_length_is_heeded(panel, answer):
    none = indforecast.backtest(panel, season_length=1)
    assert none.shape == answer.shape
    assert not np.allclose(none["value"], answer["value"], rtol=0.01)


def test_origins_as_list_or_frame(panel, answer):
    wanted = ["2020-02", "2020-12"]
    listed = indforecast.backtest(panel, origins=wanted)
    shared = answer[answer["forecast_origin"].astype(str).isin(wanted)]
    both = listed.merge(shared, on=COLUMNS[:4], suffixes=("", "_of_all"))
    assert len(both) == len(shared)
    np.testing.assert_array_equal(both["value"], both["value_of_all"])
    for other in (
        tuple(wanted),
        pd.PeriodIndex(wanted, freq="M"),
        pd.to_datetime(wanted),
        np.array(wanted, dtype="datetime64[M]"),
        pd.Series(wanted, index=[5, 5]),
        {"2020-02", "2020-12"},
        [*wanted, "2020-02"],
    ):
        pd.testing.assert_frame_equal(indforecast.backtest(panel, origins=other), listed)
    frame = pd.DataFrame({"series_id": ["b", "a", "b"], "forecast_origin": ["2020-12", "2020-02", "2020-12"]})
    pairs = indforecast.backtest(panel, origins=frame)
    assert pairs.groupby("series_id")["forecast_origin"].unique().astype(str).tolist() == [
        "<PeriodArray>\n['2020-02']\nLength: 1, dtype: period[M]",
        "<PeriodArray>\n['2020-12']\nLength: 1, dtype: period[M]",
    ]
    joined = pairs.merge(answer, on=COLUMNS[:4])
    np.testing.assert_array_equal(joined["value_x"], joined["value_y"])


def test_origins_before_the_forty_eighth_month_are_allowed_and_before_the_first_give_no_rows(panel):
    early = indforecast.backtest(panel, origins=["2016-03", "2016-10"], horizon=2)
    assert early.groupby("forecast_origin", observed=True)["series_id"].unique().map(list).tolist() == [
        ["a", "b", "d"],
        ["a", "b", "c", "d"],
    ]
    assert np.all(np.isfinite(early["value"]))


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        ([], "origins is empty"),
        (["2015-12"], "lies outside the panel"),
        (["2021-01"], "lies outside the panel"),
        (["soon"], "'soon' is not a month"),
        ([None], "has no origin"),
        ("2020-12", "origins is a str"),
        (pd.Period("2020-12", "M"), "origins is a Period"),
        (202012, "origins is a int"),
        (pd.period_range("2020-01", periods=2, freq="W"), "another frequency"),
        (pd.DataFrame({"series_id": ["a"]}), "no column forecast_origin"),
        (pd.DataFrame({"series_id": ["q"], "forecast_origin": ["2020-12"]}), "a series that the panel has not: q"),
        (pd.DataFrame({"series_id": ["a"], "forecast_origin": ["2031-12"]}), "lies outside the panel"),
        (pd.DataFrame({"series_id": [], "forecast_origin": []}), "origins is empty"),
    ],
)
def test_origins_that_cannot_be_meant_are_refused(panel, origins, words):
    with pytest.raises(InputError, match=words):
        indforecast.backtest(panel, origins=origins)


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon": 0}, {"horizon": 121}, {"horizon": 1.5}, {"horizon": True}, {"horizon": "6"}, {"horizon": None},
        {"season_length": 0}, {"season_length": 61}, {"season_length": True}, {"season_length": 12.0},
        {"quantile_levels": (0.1, float("nan"))}, {"quantile_levels": (0.9, 0.1)}, {"quantile_levels": ()},
        {"quantile_levels": 0.5}, {"events": 3},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("function", [indforecast.backtest, indforecast.forecast])
def test_arguments_that_cannot_be_meant_are_refused_by_name(panel, wrong, function):
    with pytest.raises(InputError, match=next(iter(wrong))) as caught:
        function(panel, **wrong)
    assert caught.value.hint


def test_a_panel_that_cannot_be_meant_is_refused(panel):
    for wrong, words in (
        (panel.drop(columns="observed"), "no column observed"),
        (panel.assign(observed=-1), "negative"),
        (panel.assign(period="May"), "not a month"),
        (pd.concat([panel, panel.assign(observed=0)]), "two different counts"),
        (panel.iloc[:0], "no observed count"),
        ([1], "DataFrame"),
    ):
        for function in (indforecast.backtest, indforecast.forecast):
            with pytest.raises(InputError, match=words):
                function(wrong)


FORMS = {
    "text": (lambda months: months.astype(str), object),
    "start of month": (lambda months: months.to_timestamp(), "datetime64[ns]"),
    "end of month": (lambda months: months.to_timestamp(how="end"), "datetime64[ns]"),
    "date": (lambda months: [month.to_timestamp().date() for month in months], "datetime64[ns]"),
    "objects": (lambda months: pd.Series(list(months), dtype=object).to_numpy(), "period[M]"),
    "category": (lambda months: pd.Categorical(months.astype(str)), object),
}


@pytest.mark.parametrize("form", FORMS)
def test_months_in_any_form_give_equal_values_and_come_back_in_it(panel, answer, form):
    turn, kind = FORMS[form]
    given = panel.assign(period=turn(pd.PeriodIndex(panel["period"])))
    other = indforecast.backtest(given)
    assert other["forecast_origin"].dtype == kind
    np.testing.assert_array_equal(other["value"], answer["value"])
    origins = other["forecast_origin"]
    as_periods = origins if form == "objects" else pd.PeriodIndex(origins.to_numpy(), freq="M")
    np.testing.assert_array_equal(as_periods.astype(str), answer["forecast_origin"].astype(str))


def test_rows_index_columns_and_dtypes_that_do_not_matter(panel, answer):
    shuffled = panel.sample(frac=1.0, random_state=0)
    for same in (
        shuffled,
        shuffled.set_index(pd.Index([0] * len(panel))),
        pd.concat([panel, panel.iloc[10:40]]),
        panel.assign(colour="red", value=7, horizon=-1)[
            ["colour", "observed", "group", "value", "period", "series_id"]
        ],
        panel.assign(observed=panel["observed"].astype("Int64")),
        panel.assign(observed=panel["observed"].astype(object)),
        panel.assign(series_id=panel["series_id"].astype("category"), group=panel["group"].astype("category")),
        panel.assign(series_id=panel["series_id"].astype("string"), observed=panel["observed"].astype("Float64")),
    ):
        before = same.copy(deep=True)
        other = indforecast.backtest(same)
        np.testing.assert_array_equal(other["value"], answer["value"])
        assert other["series_id"].tolist() == answer["series_id"].tolist()
        pd.testing.assert_frame_equal(same, before)


def test_an_empty_count_is_a_missing_month(panel, answer):
    gaps = pd.DataFrame({"series_id": "b", "period": MONTHS[[3, 20, 21, 55]], "observed": pd.NA, "group": "x"})
    whole = pd.concat([panel.astype({"observed": "Int64"}), gaps.astype({"observed": "Int64"})])
    np.testing.assert_array_equal(indforecast.backtest(whole)["value"], answer["value"])


def test_months_named_without_a_figure_belong_to_what_is_known(panel):
    """The origin is the last calendar month of the information set, observed or not."""
    empty = pd.DataFrame(
        {"series_id": "a", "period": pd.period_range("2021-01", periods=2, freq="M"), "group": "x"}
    )
    longer = pd.concat([panel, empty.assign(observed=np.nan)])
    later = indforecast.forecast(longer, horizon=3)
    assert set(later["forecast_origin"].astype(str)) == {"2021-02"}
    pd.testing.assert_frame_equal(indforecast.backtest(longer), indforecast.backtest(panel))
    asked = indforecast.backtest(longer, horizon=3, origins=["2021-02"])
    pd.testing.assert_frame_equal(asked, later)


def test_keys_come_back_as_they_were():
    counts = wandering(1)
    whole = pd.concat([of(7, counts), of(3, counts)])
    answer = indforecast.forecast(whole, horizon=1)
    assert answer["series_id"].dtype == np.int64
    assert answer["series_id"].unique().tolist() == [3, 7]
    mixed = indforecast.forecast(pd.concat([of(10, counts), of("9", counts)]), horizon=1)
    assert mixed["series_id"].unique().tolist() == [10, "9"]
    frame = pd.DataFrame({"series_id": [7], "forecast_origin": ["2020-01"]})
    assert set(indforecast.backtest(whole, horizon=1, origins=frame)["series_id"]) == {7}


def test_one_series_in_a_crowd_and_alone(panel, answer):
    """Its group alone may change a series' spread; alone in its group it has the same bits in any company."""
    own = panel.assign(group=panel["series_id"])
    together = indforecast.backtest(own)
    for key in ("a", "b", "c", "d"):
        alone = indforecast.backtest(panel[panel["series_id"] == key].drop(columns="group"))
        shared = together[together["series_id"] == key].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, shared, check_exact=True)
    assert not np.array_equal(together["value"], answer["value"])


def test_without_groups_there_is_one(panel):
    one = indforecast.backtest(panel.assign(group="all"))
    pd.testing.assert_frame_equal(indforecast.backtest(panel.drop(columns="group")), one)


def test_one_observation_is_enough_for_a_forecast_and_too_little_for_a_backtest():
    single = of("a", np.array([120]))
    answer = indforecast.forecast(single, horizon=120)
    assert len(answer) == 120 * 7
    assert np.all(np.isfinite(answer["value"]))
    first = answer[answer["horizon"] == 1].set_index("quantile_level")["value"]
    assert first[0.5] == pytest.approx(120, rel=0.01)
    assert first[0.025] < 80 < 180 < first[0.975]
    none = indforecast.backtest(single)
    assert none.empty
    assert list(none.columns) == COLUMNS
    assert none["forecast_origin"].dtype == "period[M]"


@pytest.mark.parametrize("level", [0, 1, 10**6, 10**12])
def test_a_series_that_never_moves_is_forecast_to_stay(level):
    answer = indforecast.backtest(of("a", np.full(60, level)))
    assert np.all(np.isfinite(answer["value"]))
    assert np.all(answer["value"] >= 0)
    median = answer.loc[answer["quantile_level"] == 0.5, "value"]
    np.testing.assert_allclose(median, level, rtol=0.02, atol=0.02)


def test_figures_of_any_size_may_stand_beside_each_other():
    large = indforecast.forecast(pd.concat([of("a", wandering(1, level=30.0)), of("b", wandering(1, level=0.5))]))
    assert np.all(np.isfinite(large["value"]))
    middle = large[large["quantile_level"] == 0.5].groupby("series_id")["value"].mean()
    assert middle["a"] > 1e12
    assert middle["b"] < 20


def test_a_stream_of_noughts_that_wakes_up_is_followed_within_months():
    counts = np.r_[np.zeros(50), np.full(10, 60)]
    newest = indforecast.forecast(of("a", counts), horizon=1, quantile_levels=(0.5,))
    assert newest["value"].iloc[0] > 30


def test_the_width_of_intervals_suits_the_series():
    """Sixty plain random walks in logs: eight in ten outcomes within the 80 % interval, near and far."""
    rng = np.random.default_rng(12)
    walks = [np.round(np.exp(7 + np.cumsum(rng.normal(0, 0.08, 84)))) for _ in range(60)]
    months = pd.period_range("2014-01", periods=84, freq="M")
    panel = pd.concat([of(f"s{number}", walk, months) for number, walk in enumerate(walks)])
    answer = indforecast.backtest(
        panel, horizon=12, quantile_levels=(0.1, 0.9), origins=["2019-12", "2020-06", "2020-12"]
    )
    answer["period"] = answer["forecast_origin"] + answer["horizon"]
    low, high = (
        answer[answer["quantile_level"] == level].merge(panel, on=["series_id", "period"]) for level in (0.1, 0.9)
    )
    judged = low[["horizon"]]
    inside = (low["observed"] >= low["value"]) & (high["observed"] <= high["value"])
    assert 0.7 < inside[judged["horizon"] <= 3].mean() < 0.9
    assert 0.65 < inside[judged["horizon"] >= 10].mean() < 0.92


def test_the_same_call_gives_the_same_bits(panel, answer):
    pd.testing.assert_frame_equal(indforecast.backtest(panel), answer, check_exact=True)


def test_importing_the_package_stays_cheap():
    code = (
        "import sys, indforecast; assert 'pandas' not in sys.modules; "
        "indforecast.backtest; assert 'pandas' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'nowcasting'"):
        _ = indforecast.nowcasting
