"""Changes as they are written on a command line: parsed, known, and plausible.

What belongs here: text to levers, and refusing those that cannot be pulled. What does not: what a lever does
(``planning.levers``), bounds (``planning.lever_limits``), what a command prints (``cli_what_if``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from indforecast.cli_notes import refuse_unknown
from indforecast.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.levers import Lever, LeverKind

_FORM: Final = re.compile(
    r"^(?P<target>[a-z_]+)=(?P<sign>[+-]?)(?P<number>\d+(?:\.\d+)?)(?P<percent>%?)"
    r"(?:@(?P<start>\d{4}-(?:0[1-9]|1[0-2]))(?::(?P<end>\d{4}-(?:0[1-9]|1[0-2])))?)?$"
)
_PERCENT_LIMIT: Final = 10_000
_EXAMPLES: Final = {
    "inflow": "asylum_first=+20%",
    "hours": "asylum_first=34",
    "decisions": "asylum_first=2200@2027-01",
    "hires": "asylum=25@2026-03:2026-08",
    "grants": "all=0.5",
    "housing": "all=3.2",
}


def levers_of(changes: Mapping[str, Iterable[str]]) -> list[Lever]:
    """Levers from texts, by kind of lever.

    Raises
    ------
    InputError
        If there is none, or one is not written as a change is.
    """
    levers = [lever for kind, texts in changes.items() for lever in _levers(kind, texts)]
    if not levers:
        raise InputError(
            "No change was given.", hint="For example: indforecast what-if --inflow asylum_first=+20%"
        )
    return levers


def known_and_plausible(levers: Sequence[Lever], case: PlanningCase) -> list[str]:
    """Refuse unknown targets, months that are not forecast, and what no service will see.

    Returns
    -------
    list of str
        Sentences to print about levers that are pulled.

    Raises
    ------
    InputError
        With what is known or plausible.
    """
    from indforecast.planning.lever_limits import check_levers

    _check_targets(levers, case)
    return check_levers(levers, case)


def _levers(kind: str, texts: Iterable[str]) -> Iterator[Lever]:
    import numpy as np

    from indforecast.planning.levers import Lever

    for text in texts:
        found = _FORM.match(text.strip())
        if found is None:
            raise InputError(
                f"--{kind} {text}: this is not a change.",
                hint=f"Write WHAT=CHANGE[@FROM[:UNTIL]], for example --{kind} {_EXAMPLES[kind]}",
            )
        value = float(found["number"]) * (-1 if found["sign"] == "-" else 1)
        if found["percent"] and abs(value) > _PERCENT_LIMIT:
            raise InputError(
                f"--{kind} {text}: more than {_PERCENT_LIMIT:,} per cent.", hint="Write a value instead."
            )
        if found["percent"] and not found["sign"]:
            raise InputError(
                f"--{kind} {text}: a percentage needs a sign.",
                hint=f"Write +{found['number']}% or -{found['number']}%.",
            )
        how = "percent" if found["percent"] else "add" if found["sign"] else "set"
        start, end = (np.datetime64(found[name], "M") if found[name] else None for name in ("start", "end"))
        if start is not None and end is not None and end < start:
            raise InputError(f"--{kind} {text}: it ends before it begins.", hint="Put the earlier month first.")
        yield Lever(_kind(kind), found["target"], how, value, start, end)  # type: ignore[arg-type]


def _kind(name: str) -> LeverKind:
    from indforecast.planning.levers import KINDS

    return next(kind for kind in KINDS if kind == name)


def _check_targets(levers: Sequence[Lever], case: PlanningCase) -> None:
    """Targets that exist and months that are forecast; a change without effect would look like a finding."""
    from indforecast.planning.what_if import targets_of

    known = targets_of(case)
    for lever in levers:
        if lever.target not in known[lever.kind]:
            raise refuse_unknown(f"--{lever.kind} {lever.target}", lever.target, known[lever.kind], "name")
        if not lever.acts_in(case.periods, case.periods[0]).any():
            raise InputError(
                f"--{lever.kind} {lever.target}: no forecast month lies in {_span(lever)}.",
                hint=f"This release forecasts {case.periods[0]} to {case.periods[-1]}.",
            )


def _span(lever: Lever) -> str:
    return f"{lever.start or 'the beginning'} to {lever.end or 'the end'}"
