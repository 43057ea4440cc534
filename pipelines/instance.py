"""The Dagster instance of a house: everything Dagster keeps stands in ``<home>/dagster``.

What belongs here: preparing and opening that folder. What does not: what runs in it.
"""

import os
from pathlib import Path
from typing import Final

import dagster as dg

from pipelines.resources import ROOT

#: The same instance for runs inside a command: its progress lines are not to be captured into files.
_IN_PROCESS: Final = "in_process.yaml"
_NO_CAPTURE: Final = """
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def prepare_instance(home: Path) -> Path:
    """Make ``<home>/dagster`` with a copy of the checkout's ``dagster.yaml``; an existing copy is the operator's.

    Returns
    -------
    Path
        The folder, for ``DAGSTER_HOME``.

    Raises
    ------
    StoreUnavailable
        If it cannot be written.
    """
    from indforecast.vintages.atomic import write_atomically
    from indforecast.vintages.failures import explained

    folder = home.absolute() / "dagster"
    with explained(str(folder)):
        config = folder / "dagster.yaml"
        if not config.exists():
            write_atomically(config, (ROOT / "dagster.yaml").read_bytes())
        in_process = config.read_bytes() + _NO_CAPTURE.encode()
        if b"\ncompute_logs:" in config.read_bytes():
            in_process = config.read_bytes()
        if not (folder / _IN_PROCESS).exists() or (folder / _IN_PROCESS).read_bytes() != in_process:
            write_atomically(folder / _IN_PROCESS, in_process)
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance for a run inside this process."""
    return dg.DagsterInstance.from_config(str(prepare_instance(home)), _IN_PROCESS)


def runs_at_work(home: Path) -> tuple[list[str], int]:
    """Ids of the runs that say they are at work, and how many runs are kept in all."""
    with open_instance(home) as instance:
        running = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        return [run.run_id for run in running], instance.get_runs_count()
