"""Progress of a run on the console.

What belongs here: one line per stage, live on a terminal. What does not: what a stage says (``assets``).
"""

from __future__ import annotations

import os
import sys
import textwrap
import time
from typing import IO, TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from pipelines.in_process import StageDone

_STAGE_WIDTH: Final = 18
_SUMMARY_WIDTH: Final = 110
#: Without a terminal, progress within a stage is a line per so many seconds.
_QUIET_SECONDS: Final = 10.0


class Console:
    """Progress of a run: one line per stage on standard error.

    Parameters
    ----------
    total : int
        Stages of the run.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self._stream = _own_stream()
        self._live = sys.stderr.isatty()
        self._said = 0.0

    def begin(self, stage: str) -> None:
        """A stage begins."""
        self._number += 1
        self._said = time.monotonic()
        if self._live:
            self._write(f"\r\x1b[K{self._head(stage)}  …")

    def progress(self, stage: str, what: str, done: int, total: int) -> None:
        """Progress within a stage; ``total`` is 0 where nobody knows how much there is."""
        text = f"{done}/{total} {what}" if total else what
        if self._live:
            self._write(f"\r\x1b[K{self._head(stage)}  {text}")
        elif time.monotonic() - self._said >= _QUIET_SECONDS and (done < total or not total):
            self._said = time.monotonic()
            self._write(f"{self._head(stage)}  {text}\n")

    def end(self, done: StageDone) -> None:
        """A stage is done."""
        lead = "\r\x1b[K" if self._live else ""
        summary = textwrap.shorten(done.summary, _SUMMARY_WIDTH, placeholder=" …")
        self._write(f"{lead}{self._head(done.stage)}  {done.seconds:5.1f} s  {summary}\n")

    def close(self) -> None:
        """End a line that was left open."""
        if self._live:
            self._write("\r\x1b[K")

    def _head(self, stage: str) -> str:
        return f"  {self._number:2d}/{self._total}  {stage:<{_STAGE_WIDTH}}"

    def _write(self, text: str) -> None:
        click.echo(text, file=self._stream, nl=False)


def _own_stream() -> IO[str]:
    """Standard error as it is now: during a run everything else that prints is led into a log."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return sys.stderr  # Not a file: a test or another program listens.
    return os.fdopen(descriptor, "w", encoding=sys.stderr.encoding, errors="replace")
