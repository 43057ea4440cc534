"""Errors a user can cause or must act on; every one prints as one sentence, never as a stack trace.

What belongs here: one class per *kind of action the reader must take*, with the exit code of the command line.
What does not: programming errors, which stay ordinary Python exceptions.
"""

from __future__ import annotations


class IndforecastError(Exception):
    """Base of all errors shown to users.

    Parameters
    ----------
    message : str
        What is wrong and where, in one sentence.
    hint : str, optional
        What to do about it, in one sentence.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message} {self.hint}"


class InputError(IndforecastError):
    """A file, argument or table handed in by the user cannot be understood."""

    exit_code = 2


class ValidationRejected(IndforecastError):
    """A delivery or a band failed a critical check; nothing was changed but the quarantine."""

    exit_code = 3


class StoreLocked(IndforecastError):
    """Another process is writing to the store."""

    exit_code = 4


class StoreUnavailable(IndforecastError):
    """The store cannot be read or written: disk full, no permission, damaged, unreachable."""

    exit_code = 5


class NotFound(IndforecastError):
    """A release, vintage, series or delivery that was asked for does not exist."""

    exit_code = 6


class ConfigError(IndforecastError):
    """A configuration file has a wrong value; the message names file, line and field."""

    exit_code = 7


class IntegrityError(IndforecastError):
    """Published bytes are not the bytes that were published."""

    exit_code = 8


class SourceUnavailable(IndforecastError):
    """A publisher cannot be reached, does not answer in time, or keeps failing; what is stored is untouched."""

    exit_code = 9


class ClusterUnavailable(IndforecastError):
    """The cluster that was named cannot do the work: out of reach, without workers, or of other versions."""

    exit_code = 10
