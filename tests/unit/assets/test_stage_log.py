from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from assets.stage_log import StageListener, stage
from indforecast.domain.errors import InputError, StoreLocked, StoreUnavailable


class Heard(StageListener):
    """Writes down what it hears."""

    def __init__(self, patient: bool) -> None:
        self.patient = patient
        self.calls: list[tuple[Any, ...]] = []

    def begun(self, stage: str) -> None:
        self.calls.append(("begun", stage))

    def progressed(self, stage: str, what: str, done: int, total: int) -> None:
        self.calls.append(("progressed", stage, done, total))

    def ended(self, stage: str, summary: str) -> None:
        self.calls.append(("ended", stage, summary))

    def failed(self, stage: str, error: BaseException) -> None:
        self.calls.append(("failed", stage, error))


CONTEXT = SimpleNamespace(log=logging.getLogger("test"))


def test_a_listener_hears_beginning_progress_and_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    heard = Heard(patient=True)
    with stage(CONTEXT, heard, "history") as work:
        for done in range(101):
            work.progressed("fits", done, 100)
        work.says("all known")
    assert heard.calls[0] == ("begun", "history")
    assert heard.calls[-1] == ("ended", "history", "all known")
    assert len(heard.calls) == 103
    # The Dagster log is for people: it gets every tenth, and the sentence.
    assert [record.message for record in caplog.records] == [
        *(f"fits {done}/100" for done in range(0, 101, 10)),
        "all known",
    ]


@pytest.mark.parametrize("patient", [True, False])
def test_a_mistake_of_the_user_fails_at_once_with_its_sentence(patient: bool) -> None:
    heard = Heard(patient)
    error = InputError("Line 3 is odd.", hint="Mend it.")
    with pytest.raises(dg.Failure) as raised, stage(CONTEXT, heard, "staged delivery"):
        raise error
    assert raised.value.description == "Line 3 is odd. Mend it."
    assert raised.value.allow_retries is False
    assert raised.value.metadata["exit_code"].value == 2
    assert heard.calls[-1] == ("failed", "staged delivery", error)


@pytest.mark.parametrize("error", [StoreLocked("busy"), StoreUnavailable("gone")])
def test_a_store_that_is_busy_is_tried_again_by_the_daemon_and_not_by_a_command(error: Exception) -> None:
    with pytest.raises(type(error)), stage(CONTEXT, Heard(patient=True), "history"):
        raise error
    with pytest.raises(dg.Failure) as raised, stage(CONTEXT, Heard(patient=False), "history"):
        raise error
    assert raised.value.allow_retries is False


def test_an_interrupt_of_a_command_is_not_tried_again() -> None:
    heard = Heard(patient=False)
    with pytest.raises(dg.Failure) as raised, stage(CONTEXT, heard, "history"):
        raise dg.DagsterExecutionInterruptedError
    assert raised.value.allow_retries is False
    assert isinstance(heard.calls[-1][2], KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt), stage(CONTEXT, Heard(patient=True), "history"):
        raise KeyboardInterrupt


def test_a_mistake_of_ours_keeps_its_name() -> None:
    with (
        pytest.raises(dg.Failure, match="ZeroDivisionError: by zero"),
        stage(CONTEXT, Heard(patient=False), "plan"),
    ):
        raise ZeroDivisionError("by zero")
    with pytest.raises(ZeroDivisionError), stage(CONTEXT, Heard(patient=True), "plan"):
        raise ZeroDivisionError("by zero")


@pytest.mark.parametrize("depth", ["asset", "check"])
def test_the_command_line_never_tries_again_what_was_interrupted_between_stages(depth: str) -> None:
    again = SimpleNamespace(log=CONTEXT.log, retry_number=1)
    context = again if depth == "asset" else SimpleNamespace(log=CONTEXT.log, op_execution_context=again)
    heard = Heard(patient=False)
    with pytest.raises(dg.Failure) as raised, stage(context, heard, "history"):
        pytest.fail("the stage was run again")
    assert not raised.value.allow_retries
    assert heard.calls == []
    with stage(context, Heard(patient=True), "history") as work:
        work.says("a daemon may try again")
