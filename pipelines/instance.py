"""The Dagster instance of a house: everything Dagster keeps stands in ``<home>/dagster``.

What belongs here: preparing and opening that folder. What does not: what runs in it.
"""

import os
from pathlib import Path
from typing import Final

import dagster as dg

from assets.network_sources import ASSET_OF_SOURCE
from assets.stage_log import STORE
from pipelines.resources import ROOT

#: Runs wait for each other within one of these, and nowhere else.
POOLS: Final = frozenset({STORE, *ASSET_OF_SOURCE})

#: The same instance for runs inside a command: its progress lines are not to be captured into files.
_IN_PROCESS: Final = "in_process.yaml"
#: Hashes of the ``dagster.yaml`` of earlier versions, in which all runs waited for each other.
_FORMER: Final = frozenset({"3092ce00f661b5d7726f172b4bd48e8522dd69622289e7eb8a2ae22ed8b97e26"})
_NO_CAPTURE: Final = """
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def prepare_instance(home: Path) -> Path:
    """Make ``<home>/dagster`` with a copy of the checkout's ``dagster.yaml``.

    A copy that somebody changed stays; one of an earlier version that nobody touched is renewed.

    Returns
    -------
    Path
        The folder, for ``DAGSTER_HOME``.

    Raises
    ------
    StoreUnavailable
        If it cannot be written.
    """
    from indforecast.domain.files import sha256_hex
    from indforecast.vintages.atomic import write_atomically
    from indforecast.vintages.failures import explained

    folder = home.absolute() / "dagster"
    with explained(str(folder)):
        config = folder / "dagster.yaml"
        if not config.exists() or sha256_hex(config.read_bytes()) in _FORMER:
            write_atomically(config, (ROOT / "dagster.yaml").read_bytes())
        in_process = config.read_bytes() + _NO_CAPTURE.encode()
        if b"\ncompute_logs:" in config.read_bytes():
            in_process = config.read_bytes()
        if not (folder / _IN_PROCESS).exists() or (folder / _IN_PROCESS).read_bytes() != in_process:
            write_atomically(folder / _IN_PROCESS, in_process)
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance for a run inside this process, with every pool known to it."""
    instance = dg.DagsterInstance.from_config(str(prepare_instance(home)), _IN_PROCESS)
    # The daemon learns of a pool by looking at the first runs that stand in it, and lets those pass.
    if instance.get_concurrency_config().pool_config.default_pool_limit is not None:
        storage = instance.event_log_storage
        for pool in POOLS - {limit.name for limit in storage.get_pool_limits()}:
            storage.initialize_concurrency_limit_to_default(pool)
    return instance


def runs_at_work(home: Path) -> tuple[list[str], int]:
    """Ids of the runs that say they are at work, and how many runs are kept in all."""
    with open_instance(home) as instance:
        running = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        return [run.run_id for run in running], instance.get_runs_count()
