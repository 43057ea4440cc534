from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from indforecast.config.settings import Settings
from indforecast.domain.errors import IntegrityError
from indforecast.domain.observations import History
from indforecast.publication.changes import causes, change_tables, drivers, setting_changes
from indforecast.publication.inputs import ReleaseInputs
from tests.unit.publication.conftest import Published
from tests.unit.publication.factory import release_inputs

FEBRUARY = date(2026, 2, 28)


def full(inputs: ReleaseInputs) -> ReleaseInputs:
    return replace(inputs, tables={"history": inputs.history.observations, **inputs.tables})


@pytest.fixture
def second(published: Published) -> ReleaseInputs:
    return full(release_inputs(last="2026-01", vintage=FEBRUARY, shift=1.04, previous=published.first))


def row(table: pd.DataFrame, series_id: str, year: int) -> pd.Series:
    return table[(table["series_id"] == series_id) & (table["year"] == year)].iloc[0]


def test_a_first_release_has_nothing_to_compare_with() -> None:
    tables = change_tables(full(release_inputs()))
    assert [len(table) for table in tables.values()] == [0, 0]
    assert causes(full(release_inputs())) == ()
    assert setting_changes(full(release_inputs())) == ()


def test_every_waterfall_adds_up_exactly(second: ReleaseInputs) -> None:
    changes = change_tables(second)["changes"]
    steps = changes[["new_months", "revised_history", "forecast_moved"]].sum(axis=1)
    assert (changes["previous_medio"] + steps == changes["medio"]).all()
    assert set(changes["series_id"]) == set(second.hierarchy.series_ids)
    assert set(changes["year"]) == set(range(2026, 2031))
    bands = second.tables["yearly_bands"].set_index(["series_id", "year"])["medio"]
    for item in changes.itertuples():
        assert item.medio == bands[(item.series_id, item.year)]


def test_new_months_are_observed_minus_what_was_expected(second: ReleaseInputs, published: Published) -> None:
    changes = change_tables(second)["changes"]
    january = pd.Timestamp("2026-01-01")
    bands = published.first.table("monthly_bands")
    history = second.tables["history"]

    def surprise(name: str) -> float:
        observed = history[(history["series_id"] == name) & (history["period"] == january)]["observed"].iloc[0]
        expected = bands[(bands["series_id"] == name) & (bands["period"] == january)]["medio"].iloc[0]
        return float(observed - expected)

    for name in second.hierarchy.base_ids:
        assert row(changes, name, 2026)["new_months"] == surprise(name)
        assert row(changes, name, 2027)["new_months"] == 0
    # A total's medio is its own quantile, so its surprise is observed total minus its own medio.
    parts = ("asylum_first", "asylum_repeat", "asylum_nareis")
    total = history[history["series_id"].isin(parts) & (history["period"] == january)]["observed"].sum()
    expected = bands[(bands["series_id"] == "asylum") & (bands["period"] == january)]["medio"].iloc[0]
    assert row(changes, "asylum", 2026)["new_months"] == total - expected


def test_restated_months_stand_apart(published: Published) -> None:
    """A second release on one vintage's months, with one month of the year restated."""
    december = full(release_inputs(last="2026-01", vintage=FEBRUARY, previous=published.second))
    history = december.tables["history"].copy()
    chosen = (history["series_id"] == "asylum_repeat") & (history["period"] == "2026-01-01")
    history.loc[chosen, "observed"] += 7
    restated = full(replace(december, history=History(FEBRUARY, history), tables=release_tables(december)))
    changes = change_tables(restated)["changes"]
    assert row(changes, "asylum_repeat", 2026)["revised_history"] == 7
    assert row(changes, "asylum", 2026)["revised_history"] == 7
    assert row(changes, "asylum_repeat", 2026)["new_months"] == 0
    assert row(changes, "asylum_first", 2026)["revised_history"] == 0
    assert row(changes, "asylum_repeat", 2027)["revised_history"] == 0
    assert set(changes["causes"]) == {"data"}


def release_tables(inputs: ReleaseInputs) -> dict[str, pd.DataFrame]:
    return {name: frame for name, frame in inputs.tables.items() if name != "history"}


def test_causes_are_those_that_manifests_prove(published: Published) -> None:
    same = full(release_inputs(previous=published.first))
    assert causes(same) == ()
    code = replace(same, code_version="0.2.0+sha256." + "e" * 64)
    assert causes(code) == ("code",)
    values = same.settings.model_dump()
    values["bands"]["maximum"] = 0.95
    values["forecast"]["workers"] = 5
    settings = replace(same, settings=Settings.model_validate(values))
    assert causes(settings) == ("settings",)
    assert [(item.path, item.before, item.after) for item in setting_changes(settings)] == [
        ("bands.maximum", 0.9, 0.95)
    ]
    newer = full(release_inputs(last="2026-01", vintage=FEBRUARY, previous=published.first))
    assert causes(newer) == ("data",)
    all_three = replace(newer, settings=settings.settings, code_version=code.code_version)
    assert causes(all_three) == ("data", "settings", "code")
    assert set(change_tables(all_three)["changes"]["causes"]) == {"data+settings+code"}


def test_planning_is_compared_measure_by_measure(second: ReleaseInputs, published: Published) -> None:
    table = change_tables(second)["changes_plan"]
    before = published.first.table("plan_yearly")
    assert ((table["previous_medio"] + table["change"]) - table["medio"]).abs().max() < 1e-6
    chosen = (table["measure"] == "staffing_fte") & (table["series_id"] == "all") & (table["year"] == 2026)
    old = (before["measure"] == "staffing_fte") & (before["series_id"] == "all") & (before["year"] == 2026)
    assert table[chosen]["previous_medio"].iloc[0] == before[old]["medio"].iloc[0]


def test_what_moved_a_measure_most_comes_first() -> None:
    rows = [
        ("staffing_fte", "all", 2026, 30.0), ("staffing_fte", "students", 2026, 10.0),
        ("staffing_fte", "asylum_first", 2026, -40.0), ("staffing_fte", "naturalisation", 2026, 0.0),
        ("staffing_fte", "asylum_repeat", 2027, 99.0), ("staffing_fte", "asylum_nareis", 2026, 1.0),
        ("staffing_fte", "knowledge_migrants", 2026, 2.0), ("budget_eur", "asylum_first", 2026, 17.0),
        ("budget_other_products_eur", "all", 2026, -15.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["measure", "series_id", "year", "change"])
    inputs = replace(release_inputs(), tables={"changes_plan": table})
    assert drivers(inputs, "staffing_fte", 2026) == [
        ("asylum_first", -40.0),
        ("students", 10.0),
        ("knowledge_migrants", 2.0),
    ]
    assert drivers(inputs, "budget_eur", 2026) == [("asylum_first", 17.0), ("budget_other_products_eur", -15.0)]
    assert drivers(inputs, "budget_eur", 2030) == []


def test_a_changed_previous_release_is_not_compared_with(
    second: ReleaseInputs, published: Published, tmp_path: Path
) -> None:
    import shutil

    copy = tmp_path / published.first.release_id
    shutil.copytree(published.first.path, copy)
    file = copy / "tables" / "quantiles.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-4] + b"PAR0")
    assert (
        hashlib.sha256(file.read_bytes()).hexdigest()
        != published.first.manifest["files"]["tables/quantiles.parquet"]
    )
    with pytest.raises(IntegrityError, match=r"quantiles\.parquet"):
        change_tables(replace(second, previous=replace(published.first, path=copy)))


def test_a_stream_that_is_new_is_not_compared(second: ReleaseInputs) -> None:
    bands = second.tables["yearly_bands"]
    extra = bands[bands["series_id"] == "students"].assign(series_id="family")
    tables = {**second.tables, "yearly_bands": pd.concat([bands, extra], ignore_index=True)}
    changes = change_tables(replace(second, tables=tables))["changes"]
    assert "family" not in set(changes["series_id"])
