"""What a stage says while it works, and how its errors reach Dagster.

What belongs here: the one context manager that every stage body stands in, and the listener it talks to. What
does not: clocks and consoles, which a listener in ``pipelines`` brings.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import dagster as dg

from indforecast.domain.errors import IndforecastError, SourceUnavailable, StoreLocked, StoreUnavailable

#: Errors that may have passed when a stage is tried again.
_PASSING: Final = (SourceUnavailable, StoreLocked, StoreUnavailable)

#: What a stage does again when the store was busy or briefly out of reach; other errors would only come back.
BUSY_STORE = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


#: The pool of everything that works on the store: such runs wait for each other, and for nothing else.
STORE: Final = "store"


class StageListener:
    """Hears of every stage; this one keeps silent and lets a busy store be tried again.

    The command line hands in a listener that prints, keeps the error and fails at once.
    """

    patient: bool = True

    def begun(self, stage: str) -> None:
        """A stage begins."""

    def progressed(self, stage: str, what: str, done: int, total: int) -> None:
        """A stage has done so many of so many."""

    def ended(self, stage: str, summary: str) -> None:
        """A stage is done."""

    def failed(self, stage: str, error: BaseException) -> None:
        """A stage failed."""


@dataclass
class Stage:
    """One stage at work: it ends with a sentence about what it did."""

    name: str
    log: Any
    listener: StageListener
    summary: str = ""
    _tenth: int = field(default=-1, repr=False)

    def says(self, summary: str) -> None:
        """Set the sentence that stands in the log and on the console."""
        self.summary = summary

    def progressed(self, what: str, done: int, total: int) -> None:
        """Report progress, of 0 where nobody knows how much there is; the log gets every tenth of it."""
        self.listener.progressed(self.name, what, done, total)
        if not total:
            self.log.info(what)
            return
        tenth = 10 * done // max(total, 1)
        if tenth != self._tenth:
            self._tenth = tenth
            self.log.info(f"{what} {done}/{total}")


@contextmanager
def stage(context: Any, listener: StageListener, name: str) -> Iterator[Stage]:
    """Everything a stage does stands in here.

    Parameters
    ----------
    context : AssetExecutionContext or AssetCheckExecutionContext
        Of the asset or check at work.
    listener : StageListener
        Who hears of it.
    name : str
        As shown to readers.

    Raises
    ------
    dagster.Failure
        For an error a user can act on: its sentence, without a retry where a retry cannot help.
    """
    work = Stage(name, context.log, listener)
    again: int = getattr(getattr(context, "op_execution_context", context), "retry_number", 0)
    if again and not listener.patient:
        # An interrupt between two stages reaches Dagster, which takes it for a reason to try the stage again.
        raise dg.Failure(description="Interrupted between two stages.", allow_retries=False)
    listener.begun(name)
    try:
        yield work
    except IndforecastError as error:
        listener.failed(name, error)
        if listener.patient and isinstance(error, _PASSING):
            raise
        raise dg.Failure(
            description=str(error),
            metadata={"hint": error.hint or "", "exit_code": error.exit_code},
            allow_retries=False,
        ) from error
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        # Dagster would take an interrupt for a reason to try again, and go on as if nobody had pressed Ctrl-C.
        listener.failed(name, KeyboardInterrupt())
        if listener.patient:
            raise
        raise dg.Failure(description="Interrupted.", allow_retries=False) from None
    except Exception as error:
        listener.failed(name, error)
        if listener.patient:
            raise
        raise dg.Failure(description=f"{type(error).__name__}: {error}", allow_retries=False) from error
    context.log.info(work.summary or f"{name} done")
    listener.ended(name, work.summary)
