"""Wrong settings in plain words: what pydantic found, said to somebody who wrote TOML.

What belongs here: one sentence per kind of mistake. What does not: where in which file it
stands (``config.loader``).
"""

from __future__ import annotations

import difflib
import types
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from indforecast.config.kinds import Kind
from indforecast.config.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WHOLE = frozenset({"int_type", "int_parsing", "int_from_float"})
_NUMBER = frozenset({"float_type", "float_parsing", "finite_number"})
_DATE = frozenset({"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"})
_TABLE = frozenset({"model_type", "model_attributes_type", "dict_type"})
_LIST = frozenset({"tuple_type", "list_type"})


def first_of(errors: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The error to tell first: a misspelt field, because a missing one is often the same slip."""
    return next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])


def in_words(error: Mapping[str, Any], root: type[BaseModel]) -> str:
    """One error without full stop.

    Parameters
    ----------
    error : mapping
        One item of ``ValidationError.errors()``.
    root : type
        The model that was validated, to name its fields and units.
    """
    loc, kind, given = error["loc"], error["type"], error.get("input")
    if kind == "extra_forbidden":
        return unknown(str(loc[-1]), _fields(_type_at(root, loc[:-1])))
    if kind == "missing":
        model = _bare(_type_at(root, loc[:-1]))[0]
        rest = "; a figure has value, unit and one of source and assumption" if model is Parameter else ""
        return f"'{loc[-1]}' is missing{rest}"
    if kind in _TABLE:
        return _wants_table(_type_at(root, loc), given)
    if kind in _LIST:
        return f"must be a list in square brackets, not {_shown(given)}"
    if kind in _WHOLE:
        return f"must be a whole number, not {_shown(given)}"
    if kind in _NUMBER:
        return f"must be a number, not {_shown(given)}" + ("; leave out the quotes" if _is_numeric(given) else "")
    if kind in _DATE:
        return f"must be a date such as 2026-01-31, not {_shown(given)}"
    if kind == "bool_type" or kind == "bool_parsing":
        return f"must be true or false, not {_shown(given)}"
    if kind == "string_type":
        return f"must be text in quotes, not {_shown(given)}"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        return f"{_shown(given)} is not written as it should be ({error['ctx']['pattern']})"
    told = str(error["msg"])
    if told.startswith("Value error, "):
        return told.removeprefix("Value error, ").rstrip(".")
    if told.startswith("Input should be "):
        return f"must be {told.removeprefix('Input should be ')}, not {_shown(given)}"
    return told.rstrip(".")


def unknown(name: str, known: Sequence[str], what: str = "field") -> str:
    """What to say of a name that is none of those known: the one that was probably meant, else all of them."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"unknown {what} '{name}'; did you mean '{near[0]}'?"
    return f"unknown {what} '{name}'; known here: {', '.join(known)}" if known else f"unknown {what} '{name}'"


def _wants_table(wanted: Any, given: Any) -> str:
    bare, kind = _bare(wanted)
    if bare is Parameter:
        return f"write it as {_example(given, kind)}"
    if get_origin(bare) is dict:
        inner, kind = _bare(get_args(bare)[1])
        if inner is Parameter:
            key = "2026" if kind is not None and kind.unit == "EUR/year" else "2026-01"
            return f'has a figure per date; write it as {{ "{key}" = {_example(given, kind)} }}'
    fields = _fields(wanted)
    return f"must be a table, not {_shown(given)}" + (f"; its fields are {', '.join(fields)}" if fields else "")


def _example(given: Any, kind: Kind | None) -> str:
    value = given if isinstance(given, int | float) and not isinstance(given, bool) else "…"
    return f'{{ value = {value}, unit = "{kind.unit if kind else "…"}", source = "…" }}'


def _type_at(root: Any, loc: Sequence[int | str]) -> Any:
    """The declared type of a field; None where there is none."""
    here: Any = root
    for part in loc:
        bare, _ = _bare(here)
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            field = bare.model_fields.get(str(part))
            here = None if field is None else field.rebuild_annotation()
        elif get_origin(bare) is dict:
            here = get_args(bare)[1]
        elif get_origin(bare) in (tuple, list):
            here = get_args(bare)[0]
        else:
            return None
    return here


def _bare(wanted: Any) -> tuple[Any, Kind | None]:
    """A type without annotations and without "or none", and the kind of figure among the annotations."""
    kind: Kind | None = None
    while True:
        if get_origin(wanted) is Annotated:
            wanted, *marks = get_args(wanted)
            kind = next((mark for mark in marks if isinstance(mark, Kind)), kind)
        elif get_origin(wanted) in (Union, types.UnionType):
            wanted = next(item for item in get_args(wanted) if item is not type(None))
        else:
            return wanted, kind


def _fields(wanted: Any) -> tuple[str, ...]:
    bare, _ = _bare(wanted)
    return tuple(bare.model_fields) if isinstance(bare, type) and issubclass(bare, BaseModel) else ()


def _shown(given: Any) -> str:
    if isinstance(given, dict):
        return "a table"
    if isinstance(given, list | tuple):
        return "a list"
    if isinstance(given, bool):
        return str(given).lower()
    return f"'{given}'" if isinstance(given, str) else str(given)


def _is_numeric(given: Any) -> bool:
    try:
        float(given)
    except (TypeError, ValueError):
        return False
    return isinstance(given, str)
