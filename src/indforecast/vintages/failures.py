"""What went wrong below us, said in one sentence that tells the reader what to do.

What belongs here: the translation of errors of the operating system, Delta Lake and Arrow. What does not:
mistakes in a delivery, which are ``InputError`` where they are found.
"""

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from indforecast.domain.errors import IndforecastError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
# Delta Lake and Arrow carry the system's error as text only.
_FULL_TEXT = re.compile(
    r"no space left|disk quota exceeded|file too large|storage ?full|\b(?:os error|errno) (?:28|122|27)\b", re.I
)
_FORBIDDEN_TEXT = re.compile(
    r"permission denied|operation not permitted|read-only file system|access ?denied|forbidden"
    r"|\b(?:os error|errno) (?:1|13|30)\b",
    re.I,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ARROW = re.compile(r"\s*↳")
_LONGEST_DETAIL = 240


class WriteConflict(Exception):
    """Another writer committed since we read; read again and try again."""


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn failures of the storage below into :class:`StoreUnavailable`.

    Wrap calls to the storage only: every exception from inside is taken for the storage's.

    Parameters
    ----------
    where : str
        Folder, file or table as the reader knows it.

    Raises
    ------
    StoreUnavailable
        Disk full, no permission, damaged, unreachable.
    """
    try:
        yield
    except (IndforecastError, WriteConflict):
        raise
    except Exception as error:
        raise explain(error, where) from error
    except BaseException as error:
        # A panic in a Rust library is a BaseException; interrupts and exits are not ours to explain.
        if type(error).__name__ != "PanicException":
            raise
        raise explain(error, where) from error


def explain(error: BaseException, where: str) -> StoreUnavailable:
    """The sentence for ``error`` at ``where``; see :func:`explained`."""
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if number in _FULL or _FULL_TEXT.search(text):
        return StoreUnavailable(
            f"The disk is full: {where} could not be written, and nothing in it was changed.",
            hint="Free some space and run the same command again.",
        )
    if number in _FORBIDDEN or _FORBIDDEN_TEXT.search(text):
        return StoreUnavailable(
            f"No permission to read or write {where}.",
            hint="Check its owner and rights, or name another folder with INDFORECAST_HOME.",
        )
    detail = " ".join(_ARROW.sub(":", _COLOUR.sub("", text)).split()) or type(error).__name__
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[:_LONGEST_DETAIL]}…"
    return StoreUnavailable(
        f"The store is damaged or cannot be reached, at {where}: {detail.rstrip('. ')}.",
        hint="Restore it from a backup, or check the address and the connection.",
    )
