"""The wiring as Dagster sees it: the code location, automation, and stages that are run by themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from assets.house import House
from assets.partitions import VINTAGES, as_of_day
from indforecast.domain.errors import InputError, NotFound
from pipelines.automation import drop_folder, release_schedule
from pipelines.definitions import build_defs
from pipelines.instance import open_instance, prepare_instance

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "2026-01.csv"
HEADER = "series_id,period,observed,basis,definition,source,available_from\n"


def house_of(small: Any) -> House:
    return House(home=str(small.home), settings_file=str(small.settings_file))


def materialize(house: House, *assets: str, partition: str = "2026-01", files: tuple[Path, ...] = ()) -> Any:
    """Run some stages alone, with their checks, as somebody may in the UI."""
    job = dg.define_asset_job("some", selection=dg.AssetSelection.assets(*assets))
    definitions = dg.Definitions.merge(build_defs({"house": house}), dg.Definitions(jobs=[job]))
    config = {"ops": {"raw_delivery": {"config": {"files": [str(path) for path in files]}}}} if files else {}
    with dg.DagsterInstance.ephemeral() as instance:
        return definitions.resolve_job_def("some").execute_in_process(
            instance=instance,
            partition_key=partition,
            run_config={**config, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )


def failures(result: Any) -> str:
    return " ".join(
        str(event.step_failure_data.error)
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.error
    )


@pytest.fixture
def copy_of(first_month: Any, tmp_path: Path) -> Any:
    shutil.copytree(first_month.home, tmp_path / "home")
    return type(first_month)(tmp_path / "home", first_month.settings_file)


def test_the_code_location_loads_from_any_folder_and_leaves_nothing_there(tmp_path: Path) -> None:
    here = tmp_path / "somewhere else"
    here.mkdir()
    environment = {**os.environ, "INDFORECAST_HOME": str(tmp_path / "home")}
    environment["DAGSTER_HOME"] = str(prepare_instance(tmp_path / "home"))
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(ROOT / "workspace.yaml")],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "indforecast" in done.stdout + done.stderr
    assert list(here.iterdir()) == []


def test_loading_imports_no_library_that_a_stage_needs() -> None:
    code = (
        "import sys, pipelines.definitions\n"
        "heavy = {'great_expectations', 'prophet', 'statsmodels', 'altair', 'deltalake', 'xarray', 'scipy'}\n"
        "sys.exit(' '.join(sorted(heavy & sys.modules.keys())) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_telemetry_is_off_and_everything_stays_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert settings["telemetry"] == {"enabled": False}
    assert settings["run_monitoring"]["enabled"]
    with open_instance(tmp_path) as instance:
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 2
        assert Path(instance.root_directory).is_relative_to(tmp_path)


def test_an_operators_own_instance_settings_are_kept(tmp_path: Path) -> None:
    folder = prepare_instance(tmp_path)
    (folder / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    prepare_instance(tmp_path)
    assert (folder / "dagster.yaml").read_text() == "telemetry:\n  enabled: false\n"


def test_a_run_of_the_command_line_stands_in_the_ui_with_its_metadata(first_month: Any) -> None:
    with open_instance(first_month.home) as instance:
        (run,) = instance.get_runs(filters=dg.RunsFilter(job_name="monthly_cycle"))
        assert run.status is dg.DagsterRunStatus.SUCCESS
        assert run.tags["dagster/partition"] == "2026-01"

        def metadata(key: str) -> dict[str, Any]:
            event = instance.get_latest_materialization_event(dg.AssetKey(key))
            assert event is not None
            assert event.asset_materialization is not None
            return dict(event.asset_materialization.metadata)

        assert metadata("staged_delivery")["dagster/row_count"].value > 4000
        assert "data:image/png;base64," in metadata("history")["picture"].value
        assert "data:image/png;base64," in metadata("scenario_bands")["picture"].value
        assert "| asylum |" in metadata("joint_paths")["leaderboard"].value
        assert metadata("release")["report"].value.endswith("report.html")
        assert Path(metadata("release")["folder"].value).is_dir()
        for asset, check in (
            ("staged_delivery", "delivery_expectations"),
            ("scenario_bands", "bands_expectations"),
        ):
            (record,) = instance.event_log_storage.get_asset_check_execution_history(
                dg.AssetCheckKey(dg.AssetKey(asset), check), limit=5
            )
            assert record.status.value == "SUCCEEDED"


def test_the_record_of_a_killed_command_is_closed_by_the_next_one(copy_of: Any) -> None:
    with open_instance(copy_of.home) as instance:
        job = build_defs({"house": house_of(copy_of)}).resolve_job_def("monthly_cycle")
        dead = instance.create_run_for_job(
            job, status=dg.DagsterRunStatus.STARTED, tags={"indforecast/command": "run"}
        )
    found = {check["name"]: check for check in copy_of("doctor", "--json").json["checks"]}
    assert found["dagster"]["status"] == "warn"
    assert dead.run_id[:8] in found["dagster"]["message"]
    assert copy_of("ingest", str(SAMPLE)).code == 0
    with open_instance(copy_of.home) as instance:
        run = instance.get_run_by_id(dead.run_id)
        assert run is not None
        assert run.status is dg.DagsterRunStatus.FAILURE


def test_a_failed_check_stops_what_is_downstream_in_its_own_run(copy_of: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{HEADER}asylum_first,2026-01,-1,simulated,t,t,2026-02-20\n")
    result = materialize(
        house_of(copy_of), "raw_delivery", "staged_delivery", "observations", partition="2026-02", files=(bad,)
    )
    assert not result.success
    materialized = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert materialized == {"raw_delivery", "staged_delivery"}
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.ERROR
    assert "line 2" in str(check.description)


def test_a_later_run_of_the_store_alone_is_held_to_the_same_verdict(copy_of: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{HEADER}asylum_first,2026-01,-1,simulated,t,t,2026-02-20\n")
    house = house_of(copy_of)
    materialize(house, "raw_delivery", "staged_delivery", partition="2026-02", files=(bad,))
    before = copy_of.content()
    alone = materialize(house, "observations", partition="2026-02")
    assert not alone.success
    assert "bad.csv was not appended" in failures(alone)
    assert copy_of.content() == before


def test_a_release_is_refused_when_its_bands_were_never_checked(copy_of: Any) -> None:
    shutil.rmtree(copy_of.home / "verdicts" / "bands")
    result = materialize(house_of(copy_of), "release")
    assert not result.success
    assert "was never checked" in failures(result)


def test_a_release_is_refused_when_its_work_tables_do_not_belong_together(copy_of: Any) -> None:
    house = house_of(copy_of)
    assert copy_of("ingest", str(SAMPLE)).code == 0
    stages = house.stages("2026-01")
    about = stages.read_json("history")
    stages.write_json("history", {**about, "sha256": "0" * 64})
    result = materialize(house, "release")
    assert not result.success
    assert "the forecast" in failures(result)
    assert "was made from other history" in failures(result)


def test_stages_run_again_by_themselves_and_publish_the_same_release(copy_of: Any) -> None:
    before = copy_of.content()
    result = materialize(house_of(copy_of), "scenario_bands", "workload_plan", "release")
    assert result.success, failures(result)
    assert copy_of.content() == before


def test_a_stage_without_its_input_says_what_to_run(tmp_path: Path, first_month: Any) -> None:
    result = materialize(House(home=str(tmp_path), settings_file=str(first_month.settings_file)), "scenario_bands")
    assert not result.success
    assert "indforecast run" in failures(result)


def test_a_busy_store_is_tried_again_and_a_wrong_file_is_not(copy_of: Any, tmp_path: Path) -> None:
    house = house_of(copy_of)
    wrong = materialize(house, "raw_delivery", files=(tmp_path / "nowhere.csv",))
    assert not wrong.success
    assert not [event for event in wrong.all_events if event.is_step_up_for_retry]

    from indforecast.vintages.store import Store

    attempts: list[int] = []
    real = Store.lock

    def busy_once(store: Store, wait_seconds: float = 0) -> Any:
        from indforecast.domain.errors import StoreLocked

        attempts.append(1)
        if len(attempts) == 1:
            raise StoreLocked("The store is being written by another process.")
        return real(store, wait_seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "lock", busy_once)
        patch.setattr("time.sleep", lambda seconds: None)
        result = materialize(house, "raw_delivery", files=(SAMPLE,))
    assert result.success, failures(result)
    assert len([event for event in result.all_events if event.is_step_up_for_retry]) == 1


@pytest.mark.parametrize(
    ("partition", "newest", "expected"),
    [
        ("2024-02", "2026-01-30", "2024-02-29"),
        ("2026-01", "2026-01-30", "2026-01-30"),
        ("2026-02", "2026-02-20", "2026-02-20"),
    ],
)
def test_a_partition_looks_from_its_last_day_but_never_ahead(partition: str, newest: str, expected: str) -> None:
    assert as_of_day(partition, datetime.fromisoformat(newest).date()).isoformat() == expected


def test_a_partition_of_an_empty_store_or_before_the_first_says_so() -> None:
    with pytest.raises(NotFound, match="no observations"):
        as_of_day("2024-01", None)
    with pytest.raises(InputError, match="2016-01"):
        as_of_day("2015-12", datetime(2026, 1, 1, tzinfo=UTC).date())


def test_partitions_run_from_2016_to_the_running_month() -> None:
    keys = VINTAGES.get_partition_keys(current_time=datetime(2026, 2, 21, tzinfo=UTC))
    assert (keys[0], keys[-1]) == ("2016-01", "2026-02")


def test_the_sensor_asks_once_per_content_and_moves_nothing(copy_of: Any) -> None:
    house = house_of(copy_of)
    house.drop.mkdir()

    def tick(cursor: str | None) -> Any:
        with dg.build_sensor_context(cursor=cursor, resources={"house": house}) as context:
            return drop_folder(context)

    assert isinstance(tick(None), dg.SkipReason)
    shutil.copy(SAMPLE, house.drop / "january.csv")
    first = tick(None)
    assert first.run_requests == []  # it may still be on its way
    second = tick(first.cursor)
    (request,) = second.run_requests
    assert request.partition_key == "2026-02"
    assert request.run_config["ops"]["raw_delivery"]["config"]["files"] == [str(house.drop / "january.csv")]

    shutil.copy(SAMPLE, house.drop / "the same again.csv")
    third = tick(second.cursor)
    assert {one.run_key for one in third.run_requests} == {request.run_key}
    assert len(list(house.drop.iterdir())) == 2

    assert copy_of("ingest", str(SAMPLE)).code == 0
    assert isinstance(tick(third.cursor), dg.SkipReason)


def test_the_sensor_waits_for_a_file_that_still_grows(copy_of: Any) -> None:
    house = house_of(copy_of)
    house.drop.mkdir()
    growing = house.drop / "growing.csv"
    cursor = None
    for size in (10, 20, 30):
        growing.write_bytes(SAMPLE.read_bytes()[: size * 20])
        with dg.build_sensor_context(cursor=cursor, resources={"house": house}) as context:
            result = drop_folder(context)
        assert result.run_requests == []
        cursor = result.cursor


def test_the_schedule_respects_the_release_day_and_skips_when_nothing_is_new(copy_of: Any) -> None:
    schedule = release_schedule(28)
    assert schedule.cron_schedule == "0 6 28 * *"
    assert schedule.execution_timezone == "Europe/Amsterdam"
    house = house_of(copy_of)
    house.drop.mkdir()

    def tick() -> Any:
        with dg.build_schedule_context(
            scheduled_execution_time=datetime(2026, 2, 28, 5, tzinfo=UTC),
            repository_def=build_defs({"house": house}).get_repository_def(),
            resources={"house": house},
        ) as context:
            return schedule.evaluate_tick(context)

    nothing = tick()
    assert nothing.run_requests == []
    assert "Nothing new" in nothing.skip_message
    shutil.copy(SAMPLE, house.drop / "january.csv")
    (request,) = tick().run_requests
    assert request.partition_key == "2026-02"
    assert request.run_key == "release-2026-02"


def test_the_release_day_of_the_definitions_is_the_one_in_settings(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[release]\nday_of_month = 7\n")
    house = House(home=str(tmp_path), settings_file=str(tmp_path / "mine.toml"))
    schedules = {one.name: one for one in build_defs({"house": house}).get_repository_def().schedule_defs}
    assert schedules["release_day"].cron_schedule == "0 6 7 * *"
