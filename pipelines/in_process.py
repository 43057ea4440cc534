"""A job inside this process, for the command line: the run stands in the UI afterwards.

What belongs here: executing, and turning what Dagster reports into our own result and errors. What does not: words
on the console (the listener), choosing a vintage (``vintage_choice``).
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import dagster as dg

from assets.house import House
from assets.stage_log import StageListener
from pipelines.definitions import build_defs
from pipelines.instance import open_instance

if TYPE_CHECKING:
    from indforecast.domain.errors import IndforecastError

#: Under this name the code location stands in the UI, so that its job pages list runs made here.
_REPOSITORY: Final = {".dagster/repository": "__repository__@indforecast"}
_LOG_BYTES: Final = 2_000_000


@dataclass(frozen=True)
class StageDone:
    """One stage as it went."""

    stage: str
    seconds: float
    summary: str


@dataclass
class Report(StageListener):
    """Times every stage, keeps the error, and hands both to whoever prints.

    Parameters
    ----------
    on_begin, on_progress, on_end : callable
        Called with the stage; with (stage, what, done, total); with the finished stage.
    """

    on_begin: Callable[[str], None]
    on_progress: Callable[[str, str, int, int], None]
    on_end: Callable[[StageDone], None]
    done: list[StageDone] = field(default_factory=list)
    error: BaseException | None = None
    patient: bool = False
    _since: float = 0.0

    def begun(self, stage: str) -> None:
        """A stage begins."""
        self._since = time.perf_counter()
        self.on_begin(stage)

    def progressed(self, stage: str, what: str, done: int, total: int) -> None:
        """A stage has done so many of so many."""
        self.on_progress(stage, what, done, total)

    def ended(self, stage: str, summary: str) -> None:
        """A stage is done."""
        finished = StageDone(stage, time.perf_counter() - self._since, summary)
        self.done.append(finished)
        self.on_end(finished)

    def failed(self, stage: str, error: BaseException) -> None:  # noqa: ARG002 - a listener's signature
        """A stage failed; the first error is the one that counts."""
        if self.error is None:
            self.error = error


def execute(
    job_name: str,
    house: House,
    partition_key: str,
    report: Report,
    *,
    files: tuple[Path, ...] = (),
    tags: Mapping[str, str] | None = None,
) -> str:
    """Run a job to its end in this process and on the house's own Dagster instance.

    Parameters
    ----------
    job_name : str
        ``monthly_cycle`` or ``ingest_delivery``.
    house : House
        Where.
    partition_key : str
        Month of the vintage.
    report : Report
        Hears of every stage.
    files : tuple of Path
        Files to take in; what waits in the drop folder when empty.
    tags : mapping, optional
        Tags of the run, for people.

    Returns
    -------
    str
        The run's id in the UI.

    Raises
    ------
    IndforecastError
        What stopped the run; ``ValidationRejected`` when a check did.
    """
    # Without naming it here, Dagster would take its own console logger.
    run_config: dict[str, Any] = {"loggers": {"console": {}}}
    if files:
        run_config["ops"] = {"raw_delivery": {"config": {"files": [str(path.absolute()) for path in files]}}}
    with open_instance(house.path) as instance, house.store().lock(), _log_file(house.path) as logger:
        definitions = build_defs({"house": house, "listener": report}, loggers={"console": logger})
        result = definitions.resolve_job_def(job_name).execute_in_process(
            instance=instance,
            partition_key=partition_key,
            run_config=run_config,
            raise_on_error=False,
            tags={**_REPOSITORY, **(tags or {})},
        )
    if report.error is not None:
        raise report.error
    if not result.success:
        raise _what_stopped(result, house)
    return result.run_id


def _what_stopped(result: "dg.ExecuteInProcessResult", house: House) -> "IndforecastError":
    from indforecast.domain.errors import IndforecastError, ValidationRejected

    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed:
        deliveries = check.asset_key.to_user_string() == "staged_delivery"
        where = house.path / "quarantine" if deliveries else house.checks
        what = (
            "The file is kept with its reasons in"
            if deliveries
            else "Nothing was published. The page of the check is in"
        )
        return ValidationRejected(str(check.description), hint=f"{what} {where}.")
    errors = [event.message for event in result.all_events if event.is_failure]
    return IndforecastError(f"The run {result.run_id} failed: {errors[-1] if errors else 'no reason given'}.")


@contextmanager
def _log_file(home: Path) -> Iterator[dg.LoggerDefinition]:
    """Dagster's log goes into a file of the house; the console belongs to progress."""
    from indforecast.vintages.failures import explained

    folder = home / "logs"
    with explained(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "dagster.log", maxBytes=_LOG_BYTES, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.Logger("indforecast.dagster", logging.INFO)
    logger.addHandler(handler)
    try:
        yield dg.LoggerDefinition(lambda _: logger, description="A file of the house.")
    finally:
        handler.close()
