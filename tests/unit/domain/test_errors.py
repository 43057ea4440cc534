"""Every error a user sees is one sentence with what to do, and has its own exit code."""

from __future__ import annotations

from indforecast.domain import errors


def test_exit_codes_are_distinct() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


def test_the_hint_follows_the_message() -> None:
    error = errors.InputError("Line 3 is empty.", hint="Fill it.")
    assert str(error) == "Line 3 is empty. Fill it."
    assert str(errors.InputError("Line 3 is empty.")) == "Line 3 is empty."
