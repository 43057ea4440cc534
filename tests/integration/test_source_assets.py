"""Sources as Dagster sees them: assets with lineage, a schedule, a pool, a check on the newest period."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.instance.config import PoolGranularity
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from assets.house import House
from assets.network_sources import ASSET_OF_SOURCE
from pipelines.automation import drop_folder
from pipelines.definitions import build_defs
from pipelines.instance import open_instance, prepare_instance
from tests.publishers import eurostat_service
from tests.publishers.server import LoopbackServer, unavailable
from tests.publishers.statline_service import StatLineService, invented_table

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Network:
    """Both publishers on loopback, a house, and a gate that keeps CBS waiting while it is shut."""

    def __init__(self, cbs: LoopbackServer, eurostat: LoopbackServer, home: Path, settings_file: Path) -> None:
        self.cbs, self.eurostat = cbs, eurostat
        self.house = House(home=str(home), settings_file=str(settings_file))
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()

    def definitions(self) -> dg.Definitions:
        return build_defs({"house": self.house})

    def fetch(self, source: str, instance: dg.DagsterInstance | None = None) -> Any:
        job = self.definitions().resolve_job_def(f"fetch_{source}")
        if instance is not None:
            return job.execute_in_process(instance=instance, run_config=SILENT, raise_on_error=False)
        with dg.DagsterInstance.ephemeral() as own:
            return job.execute_in_process(instance=own, run_config=SILENT, raise_on_error=False)


@pytest.fixture
def network(reference_home: Any, tmp_path: Path) -> Iterator[Network]:
    shutil.copytree(reference_home.home, tmp_path / "home")
    statline = StatLineService(invented_table(months=3, modified="2026-02-13T02:00:00+01:00"))
    service = eurostat_service.Eurostat(updated="18/02/26 23:00:00", months=eurostat_service.MONTHS[:12])
    with LoopbackServer(statline) as cbs, LoopbackServer(service) as eurostat:
        file = tmp_path / "network.toml"
        file.write_text(
            f'[sources.cbs]\nbase_url_v4 = "{statline.base_url(cbs, "v4")}"\npatience.attempts = 1\n'
            f'[sources.eurostat]\nbase_url = "{eurostat.address}{service.base_path}"\npatience.attempts = 1\n',
            encoding="utf-8",
        )
        made = Network(cbs, eurostat, tmp_path / "home", file)

        def before(request: object) -> None:
            made.arrived.set()
            assert made.gate.wait(120)

        statline.before = before
        yield made
        made.gate.set()


def retries(result: Any) -> int:
    return len([event for event in result.all_events if event.is_step_up_for_retry])


def failures(result: Any) -> str:
    return " ".join(str(event.event_specific_data) for event in result.all_events if event.is_failure)


def check_of(result: Any) -> Any:
    (check,) = result.get_asset_check_evaluations()
    return check


def test_every_source_is_an_asset_before_the_raw_delivery_and_its_schedule_is_off() -> None:
    definitions = build_defs()
    graph = definitions.resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get(dg.AssetKey("raw_delivery")).parent_keys} == {
        "file_drop",
        *ASSET_OF_SOURCE.values(),
    }
    schedules = {one.name: one for one in definitions.get_repository_def().schedule_defs}
    for source in ASSET_OF_SOURCE:
        schedule = schedules[f"ask_{source}"]
        assert schedule.execution_timezone == "Europe/Amsterdam"
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    for key in (*ASSET_OF_SOURCE.values(), "file_drop"):
        assert dg.AssetCheckKey(dg.AssetKey(key), "newest_period") in graph.asset_check_keys
    # The cycle asks nobody.
    cycle = definitions.resolve_job_def("monthly_cycle").asset_layer.selected_asset_keys
    assert not {dg.AssetKey(key) for key in ASSET_OF_SOURCE.values()} & cycle


def test_a_schedule_follows_the_settings_and_a_source_that_is_off_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[sources.cbs]\nenabled = false\nschedule = "5 9 * * 1"\n')
    definitions = build_defs({"house": House(home=str(tmp_path), settings_file=str(tmp_path / "mine.toml"))})
    schedules = {one.name: one for one in definitions.get_repository_def().schedule_defs}
    assert schedules["ask_cbs"].cron_schedule == "5 9 * * 1"
    with dg.build_schedule_context() as context:
        off = schedules["ask_cbs"].evaluate_tick(context)
        on = schedules["ask_eurostat"].evaluate_tick(context)
    assert "enabled is false" in off.skip_message
    assert len(on.run_requests) == 1


@pytest.mark.parametrize("source", ["cbs", "eurostat"])
def test_an_edition_is_fetched_and_waits_until_the_sensor_has_it_taken_in(network: Network, source: str) -> None:
    result = network.fetch(source)
    assert result.success
    (event,) = result.get_asset_materialization_events()
    assert event.asset_key.to_user_string() == ASSET_OF_SOURCE[source]
    metadata = event.materialization.metadata
    assert metadata["newer"].value is True
    assert metadata["published"].value.startswith("2026-02-1")
    download = Path(metadata["download"].value)
    assert "waiting to be taken in" in str(check_of(result).description)
    assert network.house.waiting() == [download]

    def tick(cursor: str | None) -> Any:
        with dg.build_sensor_context(cursor=cursor, resources={"house": network.house}) as context:
            return drop_folder(context)

    (request,) = tick(tick(None).cursor).run_requests
    assert request.partition_key == "2026-02"
    assert request.run_config["ops"]["raw_delivery"]["config"]["files"] == [str(download)]
    (nothing,) = network.fetch(source).get_asset_materialization_events()
    assert nothing.materialization.metadata["newer"].value is False


def test_only_a_publisher_out_of_reach_is_tried_again(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    # Dagster waits by the clock between two tries.
    monkeypatch.setattr(dg.RetryPolicy, "calculate_delay", lambda policy, attempt: 0.0)
    network.cbs.bad(unavailable(), unavailable())
    recovered = network.fetch("cbs")
    assert recovered.success
    assert retries(recovered) == 2

    network.eurostat.always(unavailable())
    down = network.fetch("eurostat")
    assert not down.success
    assert retries(down) == 3
    network.eurostat.always(lambda exchange: exchange.whole(200, b"<html>", {"Content-Type": "text/html"}))
    wrong = network.fetch("eurostat")
    assert not wrong.success
    assert retries(wrong) == 0
    assert network.house.waiting_of("eurostat") == []


def test_the_check_looks_at_the_newest_month_in_the_store_and_warns(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2026, 3, 1)
    monkeypatch.setattr("pipelines.vintage_choice.today", lambda: day)
    job = network.definitions().resolve_job_def("ingest_delivery")
    network.fetch("cbs")
    with dg.DagsterInstance.ephemeral() as instance:

        def taken_in() -> dict[str, Any]:
            result = job.execute_in_process(
                instance=instance, partition_key="2026-02", run_config=SILENT, raise_on_error=False
            )
            assert result.success, failures(result)
            return {
                one.asset_key.to_user_string(): one
                for one in result.get_asset_check_evaluations()
                if one.check_name == "newest_period"
            }

        in_time = taken_in()
        assert in_time["cbs_statline"].passed
        assert "up to 2025-12; 2026-01 is due by 2026-03-17" in in_time["cbs_statline"].description
        assert in_time["eurostat_asylum"].passed
        assert "nothing was taken in from it yet" in in_time["eurostat_asylum"].description
        day = date(2026, 3, 18)
        late = taken_in()
        assert not late["cbs_statline"].passed
        assert late["cbs_statline"].severity is dg.AssetCheckSeverity.WARN
        assert "OVERDUE: 2026-01 was due on 2026-03-17" in late["cbs_statline"].description
        assert not late["file_drop"].passed


def test_a_slow_publisher_holds_up_neither_another_nor_the_store(network: Network) -> None:
    assert yaml.safe_load((ROOT / "dagster.yaml").read_text())["concurrency"]["pools"]["granularity"] == "run"
    definitions = network.definitions()
    with open_instance(network.house.path) as instance:
        config = instance.get_concurrency_config()
        assert config.pool_config.pool_granularity is PoolGranularity.RUN
        network.gate.clear()
        slow: list[Any] = []
        thread = threading.Thread(target=lambda: slow.append(network.fetch("cbs", instance)), daemon=True)
        thread.start()
        assert network.arrived.wait(120)

        def queued(job: str, **arguments: Any) -> str:
            made = instance.create_run_for_job(
                definitions.resolve_job_def(job),
                status=dg.DagsterRunStatus.QUEUED,
                remote_job_origin=RemoteJobOrigin(location, job),
                **arguments,
            )
            return made.run_id

        location = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("indforecast"), "__repository__")
        again = queued("fetch_cbs")
        other = queued("fetch_eurostat")
        month = {"dagster/partition": "2026-02"}
        first, second = (queued("ingest_delivery", tags=month) for _ in range(2))
        with QueuedRunCoordinatorDaemon(interval_seconds=5) as daemon:
            started = {run.run_id for run in daemon._get_runs_to_dequeue(instance, config, None)}
        assert started == {other, first}
        assert not {again, second} & started

        # And the other one goes its way while CBS is still being waited for, store included.
        assert network.fetch("eurostat", instance).success
        with network.house.store().lock():
            pass
        assert thread.is_alive()
        assert slow == []
        network.gate.set()
        thread.join(120)
        assert slow[0].success


def test_a_dagster_yaml_of_before_that_nobody_changed_is_renewed(tmp_path: Path) -> None:
    folder = prepare_instance(tmp_path)
    before = Path(__file__).with_name("dagster_before_pools.yaml").read_bytes()
    (folder / "dagster.yaml").write_bytes(before)
    prepare_instance(tmp_path)
    assert (folder / "dagster.yaml").read_bytes() == (ROOT / "dagster.yaml").read_bytes()
    (folder / "dagster.yaml").write_bytes(before + b"# mine\n")
    prepare_instance(tmp_path)
    assert (folder / "dagster.yaml").read_bytes() == before + b"# mine\n"
