import errno
import os

import pytest

from indforecast.domain.errors import InputError, StoreUnavailable
from indforecast.vintages.failures import WriteConflict, explained


def raised(error):
    with pytest.raises(StoreUnavailable) as caught, explained("table 'observations'"):
        raise error
    return str(caught.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_by_number(number):
    sentence = raised(OSError(number, os.strerror(number)))
    assert sentence.startswith("The disk is full: table 'observations' could not be written")


@pytest.mark.parametrize(
    "text", ["Generic error: No space left on device (os error 28)", "IO error: File too large (os error 27)"]
)
def test_a_full_disk_by_text(text):
    assert raised(Exception(text)).startswith("The disk is full")


@pytest.mark.parametrize(
    "error",
    [PermissionError(errno.EACCES, "x"), Exception("Permission denied (os error 13)"), OSError(errno.EROFS, "")],
)
def test_no_permission(error):
    assert raised(error).startswith("No permission to read or write table 'observations'.")


def test_anything_else_is_one_line_without_colours():
    sentence = raised(Exception("Kernel error\n \x1b[31m↳\x1b[0m Json error: " + "0: <unknown> " * 100))
    assert sentence.startswith(
        "The store is damaged or cannot be reached, at table 'observations': Kernel error: Json"
    )
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 450


def test_an_error_without_text_is_named():
    assert ": ValueError." in raised(ValueError())


def test_a_panic_of_a_rust_library_is_explained():
    panic = type("PanicException", (BaseException,), {})
    assert "called unwrap" in raised(panic("called unwrap on None"))


@pytest.mark.parametrize("error", [InputError("x"), WriteConflict("x"), KeyboardInterrupt(), SystemExit(1)])
def test_what_is_explained_already_or_not_ours_passes(error):
    with pytest.raises(type(error)) as caught, explained("x"):
        raise error
    assert caught.value is error
