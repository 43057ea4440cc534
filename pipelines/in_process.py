"""A job inside this process, for the command line: the run stands in the UI afterwards.

What belongs here: executing, and turning what Dagster reports into our own result and errors. What does not: words
on the console (the listener), choosing a vintage (``vintage_choice``).
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import dagster as dg

from assets.house import House
from assets.stage_log import StageListener
from pipelines.checks import WHAT_TO_DO
from pipelines.definitions import build_defs
from pipelines.instance import open_instance

if TYPE_CHECKING:
    from indforecast.domain.errors import IndforecastError

#: Under this name the code location stands in the UI, so that its job pages list runs made here.
_REPOSITORY: Final = {".dagster/repository": "__repository__@indforecast"}
#: Runs made by a command carry its name.
_COMMAND: Final = "indforecast/command"
#: Runs that fetch carry the name of their source, which they hold instead of the store.
_SOURCE: Final = "indforecast/source"
_INTERRUPT: Final = "DagsterExecutionInterruptedError"
_LOG_BYTES: Final = 2_000_000
_FULL_DISK: Final = 1_000_000


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
    partition_key: str | None,
    report: Report,
    *,
    files: tuple[Path, ...] = (),
    command: str = "run",
    source: str | None = None,
    publisher: str | None = None,
) -> str:
    """Run a job to its end in this process and on the house's own Dagster instance.

    Whoever works on the store holds its lock all the while. A fetch holds its source instead, so that a slow
    publisher keeps nobody from the store.

    Parameters
    ----------
    job_name : str
        ``monthly_cycle``, ``ingest_delivery`` or ``fetch_<source>``.
    house : House
        Where.
    partition_key : str, optional
        Month of the vintage; a fetch has none.
    report : Report
        Hears of every stage.
    files : tuple of Path
        Files to take in; what waits in the drop folder when empty.
    command : str
        Which command makes the run, for people who look at it.
    source : str, optional
        The source on the network that is fetched.
    publisher : str, optional
        The mapping that ``files`` are read with.

    Returns
    -------
    str
        The run's id in the UI.

    Raises
    ------
    IndforecastError
        What stopped the run; ``ValidationRejected`` when a check did.
    KeyboardInterrupt
        If the operator did.
    """
    # Without naming it here, Dagster would take its own console logger.
    run_config: dict[str, Any] = {"loggers": {"console": {}}}
    if files:
        config = {"files": [str(path.absolute()) for path in files], "publisher": publisher or ""}
        run_config["ops"] = {"raw_delivery": {"config": config}}
    lock = house.store().lock() if source is None else house.downloads().held(source)
    tags = {**_REPOSITORY, _COMMAND: command, **({} if source is None else {_SOURCE: source})}
    with lock, _explained(house.path), _log_file(house.path) as logger:
        definitions = build_defs({"house": house, "listener": report}, loggers={"console": logger})
        with open_instance(house.path) as instance:
            _bury_the_dead(instance, house)
            result = definitions.resolve_job_def(job_name).execute_in_process(
                instance=instance,
                partition_key=partition_key,
                run_config=run_config,
                raise_on_error=False,
                tags=tags,
            )
        if report.error is not None:
            raise report.error
        if not result.success:
            raise _what_stopped(result, house)
    return result.run_id


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    """A full or forbidden disk, wherever in Dagster it comes up, as one sentence."""
    from sqlalchemy.exc import DBAPIError

    from indforecast.domain.errors import IndforecastError, StoreUnavailable

    try:
        yield
    except (IndforecastError, DBAPIError, OSError) as error:
        if shutil.disk_usage(home).free < _FULL_DISK and not isinstance(error, StoreUnavailable):
            raise StoreUnavailable(
                f"The disk is full: {home} could not be written, and nothing in the store was changed half-way.",
                hint="Free some space and run the same command again.",
            ) from error
        if not isinstance(error, DBAPIError):
            raise
        raise StoreUnavailable(
            f"Dagster's own records in {home / 'dagster'} cannot be written: {str(error).splitlines()[0]}.",
            hint="Check the folder's owner and rights; it may be moved away, it holds the record of runs only.",
        ) from error


def _bury_the_dead(instance: dg.DagsterInstance, house: House) -> None:
    """Runs of commands that were killed say for ever that they are at work; nobody is whose lock we can take."""
    from indforecast.domain.errors import StoreLocked

    at_work = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(filters=at_work):
        if _COMMAND not in run.tags:
            continue
        source = run.tags.get(_SOURCE)
        with suppress(StoreLocked), house.store().lock() if source is None else house.downloads().held(source):
            instance.report_run_failed(run, "The command that made this run was killed.")


def _is_interrupt(event: dg.DagsterEvent) -> bool:
    if event.is_step_up_for_retry:
        return _INTERRUPT in str(event.step_retry_data.error)
    return event.is_step_failure and _INTERRUPT in str(event.step_failure_data.error)


def _what_stopped(result: "dg.ExecuteInProcessResult", house: House) -> "IndforecastError":
    from indforecast.domain.errors import IndforecastError, ValidationRejected

    if any(_is_interrupt(event) for event in result.all_events):
        raise KeyboardInterrupt
    # A check that only warns stops nothing.
    failed = [
        check
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
    ]
    for check in failed:
        return ValidationRejected(str(check.description), hint=str(check.metadata[WHAT_TO_DO].value))
    errors = [str(event.message).rstrip(".") for event in result.all_events if event.is_failure]
    return IndforecastError(
        f"The run {result.run_id} failed: {errors[-1] if errors else 'no reason given'}.",
        hint=f"See {house.path / 'logs' / 'dagster.log'}, or the run in 'indforecast dev'.",
    )


@contextmanager
def _log_file(home: Path) -> Iterator[dg.LoggerDefinition]:
    """Dagster's log and all that is printed meanwhile go into files of the house; the console is for progress."""
    from indforecast.vintages.failures import explained

    folder = home / "logs"
    with ExitStack() as stack:
        with explained(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(folder / "dagster.log", maxBytes=_LOG_BYTES, backupCount=3)
            stack.callback(handler.close)
            printed = stack.enter_context((folder / "printed.log").open("w", encoding="utf-8", buffering=1))
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.Logger("indforecast.dagster", logging.INFO)
        logger.addHandler(handler)
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(printed))
        stack.enter_context(_descriptors_to(printed.fileno()))
        yield dg.LoggerDefinition(lambda _: logger, description="A file of the house.")


@contextmanager
def _descriptors_to(descriptor: int) -> Iterator[None]:
    """Libraries in other languages and worker processes print on descriptors, not on Python's streams."""
    saved = [(number, os.dup(number)) for number in (1, 2)]
    try:
        for number, _ in saved:
            os.dup2(descriptor, number)
        yield
    finally:
        for number, kept in saved:
            os.dup2(kept, number)
            os.close(kept)
