"""The command ``plan waiting``: when someone who applies, or applied, in a month may expect a decision.

What belongs here: its options and what is printed. What does not: the distribution (``planning.waiting``).
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_notes import SIMULATED, made_otherwise, marked, refuse_unknown, simulated_streams
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from indforecast.planning.case import PlanningCase
    from indforecast.planning.waiting import WaitingTimes

_LEVELS = (0.1, 0.5, 0.9)


@click.command(
    epilog="""\b
Examples:
  indforecast plan waiting --stream asylum_first --month 2026-03
  indforecast plan waiting --stream asylum_first --month 2024-03     who applied then and still waits
  indforecast plan waiting --stream asylum_first --month 2026-03 --track general --json
  indforecast plan waiting --stream asylum_first --decisions 2200     beside it, at another capacity
"""
)
@release_argument
@click.option("--stream", default="asylum_first", show_default=True, help="A stream that is work.")
@click.option("--month", help="Month of application, YYYY-MM; the first forecast month without it.")
@click.option("--track", help="One track of the stream; all of them without it.")
@click.option(
    "--decisions",
    type=click.IntRange(1, 200_000),
    help="A second capacity, decisions a month; without it as many as come in.",
)
@settings_option
@json_option
@click.pass_obj
def waiting(
    home: Path,
    release_id: str,
    stream: str,
    month: str | None,
    track: str | None,
    decisions: int | None,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """How long someone waits for a decision who applies, or applied, in a month.

    RELEASE_ID may be its beginning, or 'latest'. Who applied before the forecast is taken to be waiting still.
    """
    from indforecast.domain.errors import InputError
    from indforecast.planning.waiting_table import waiting_in

    release, case = load_case(home, release_id, settings_file)
    _known("--stream", stream, case.work, "stream")
    applied = _month(month, case)
    tracks = waiting_in(case, only=[stream])[stream]
    if track is not None:
        _known("--track", track, list(tracks), "track")
        tracks = {track: tracks[track]}
    found = _all(tracks, applied)
    held = _held(case, stream)
    if held is None and decisions is not None:
        raise InputError(
            f"--decisions: {stream} is decided within set months, whatever the capacity.", hint="Leave it out."
        )
    second = None if held is None else decisions or _coming_in(case, stream)
    other: dict[str, dict[str, Any]] = {}
    if second is not None:
        waits = waiting_in(case, only=[stream], capacity_factor={stream: _factor(case, stream, second)})[stream]
        other = _all({name: waits[name] for name in tracks}, applied)
    if as_json:
        figures = case.settings.streams[stream]
        content = {
            "release_id": release.release_id, "made_by_other_code": made_otherwise(release, settings_file),
            "stream": stream, "applied": str(applied),
            "still_open": bool(applied < case.periods[0]), "paths": case.paths, "reading": figures.reading,
            "capacity": None if held is None else {"decisions_a_month": held[0], "since": held[1]},
            "tracks": found,
            "second_capacity": None if second is None else {"decisions_a_month": second, "tracks": other},
        }  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    simulated = simulated_streams(release)
    _print(release.release_id, marked(stream, simulated), applied, case, found)
    if found and held is not None:
        click.echo(
            f"Capacity is held at {held[0]:,.0f} decisions a month, the figure of {_month_in_words(held[1])}. "
            + (
                f"With {second:,} a month:"
                if decisions
                else f"With {second:,} (--decisions {second}), as come in:"
            )
        )
        click.echo("  " + (_reading(next(iter(other.values()))) if other else "Nobody of them would still wait."))
    if stream in simulated:
        click.echo(SIMULATED)


def _known(option: str, name: str, known: Any, what: str) -> None:
    if name not in known:
        raise refuse_unknown(option, name, list(known), what)


def _all(tracks: dict[str, WaitingTimes], applied: np.datetime64) -> dict[str, dict[str, Any]]:
    return {name: one for name, wait in tracks.items() if (one := _one(wait, applied)) is not None}


def _held(case: PlanningCase, stream: str) -> tuple[float, str] | None:
    """The last dated capacity and its month; nothing of a stream that is decided within set months."""
    figures = case.settings.streams[stream]
    if figures.discipline != "capacity" or not figures.decided_per_month:
        return None
    since = max(figures.decided_per_month)
    return figures.decided_per_month[since].value, since


def _coming_in(case: PlanningCase, stream: str) -> int:
    """What comes in a month in the first year, on average, in whole hundreds above it."""
    return max(100, math.ceil(float(case.inflow[stream][:, :12].mean()) / 100) * 100)


def _factor(case: PlanningCase, stream: str, decisions: int) -> NDArray[np.float64]:
    import numpy as np

    from indforecast.config.planning import value_at

    dated = case.settings.streams[stream].decided_per_month or {}
    present = np.array([value_at(dated, str(month)) for month in case.periods])
    return np.asarray(decisions / np.maximum(present, 1.0))


def _month_in_words(month: str) -> str:
    from indforecast.publication.language import Language

    return Language("en").month(month)


def _month(text: str | None, case: PlanningCase) -> np.datetime64:
    import numpy as np

    from indforecast.config.kinds import is_month
    from indforecast.domain.errors import InputError

    if text is None:
        first: np.datetime64 = case.periods[0]
        return first
    if not is_month(text):
        raise InputError(f"--month: '{text}' is not a month.", hint="Write it as 2026-03.")
    applied = np.datetime64(text, "M")
    if applied > case.periods[-1]:
        raise InputError(
            f"--month: {text} lies after the release's last month, {case.periods[-1]}.",
            hint="Ask about an earlier one.",
        )
    return applied


def _one(wait: WaitingTimes, applied: np.datetime64) -> dict[str, Any] | None:
    """What is said of one month of application, or nothing when nobody of it waits."""
    import numpy as np

    index = int((applied - wait.applied[0]).astype(np.int64))
    if index < 0 or wait.cases[index] <= 0:
        return None
    waited = {level: wait.quantile(level)[index] for level in _LEVELS}
    in_term = float(wait.share_in_term[index])
    decided = wait.decided[index]
    return {
        "cases": round(float(wait.cases[index]), 1),
        "term_months": int(wait.term[index]) if wait.in_term is None else None,
        "quantiles": [
            {
                "quantile_level": level,
                "months_waited": None if math.isnan(months) else int(months),
                "decided_by": None if math.isnan(months) else str(applied + int(months)),
                "censored": math.isnan(months),
            }
            for level, months in waited.items()
        ],
        "share_in_term": None if math.isnan(in_term) else round(in_term, 4),
        "share_beyond": round(float(wait.censored[index]), 4),
        "beyond": str(wait.months[-1]),
        "decided_by_month": {
            str(when): round(float(share), 4)
            for when, share, before in zip(wait.months, decided, [0.0, *decided[:-1]], strict=True)
            if share != before
        },
    }


def _print(
    release_id: str, stream: str, applied: np.datetime64, case: PlanningCase, found: dict[str, dict[str, Any]]
) -> None:
    before = applied < case.periods[0]
    who = "applied and still waiting" if before else "who apply"
    click.echo(f"Release {release_id}: {stream}, {who} in {applied}, {case.paths:,} paths\n")
    if not found:
        click.echo(
            f"By this model nobody who applied in {applied} still waits at the end of {case.origin}: every case "
            "has been decided.\nSomeone who does wait is an exception to deciding the oldest application first."
        )
        return
    click.echo(
        f"{'track':<14} {'cases':>7} {'term':>5}   {'1 in 10 by':<17} {'half by':<17} {'9 in 10 by':<17} in term"
    )
    for name, one in found.items():
        term = "" if one["term_months"] is None else one["term_months"]
        when = " ".join(f"{_when(quantile, one['beyond']):<17}" for quantile in one["quantiles"])
        in_term = "not known" if one["share_in_term"] is None else f"{one['share_in_term']:.0%}"
        click.echo(f"{name:<14} {one['cases']:>7,.0f} {term:>5}   {when} {in_term}")
    click.echo("\n" + _reading(next(iter(found.values()))))
    click.echo(
        "Assumed: oldest application first within a track, capacity held after the last dated figure, and the "
        "figures marked\n'assumption' in planning_streams and planning_terms (track shares, hours, months until a "
        "case is ready)."
    )


def _when(quantile: dict[str, Any], beyond: str) -> str:
    if quantile["censored"]:
        return f"after {beyond}"
    return f"{quantile['decided_by']} ({quantile['months_waited']} m)"


def _within(months: int) -> str:
    if months == 0:
        return "in the month they apply"
    return "within a month" if months == 1 else f"within {months} months"


def _reading(one: dict[str, Any]) -> str:
    half = next(quantile for quantile in one["quantiles"] if quantile["quantile_level"] == 0.5)
    said = (
        f"Half of them have no decision by {one['beyond']}, so how long half of them wait is not known."
        if half["censored"]
        else f"Half of them have a decision {_within(half['months_waited'])}, by the end of {half['decided_by']}."
    )
    if one["share_beyond"] > 0:
        said += f" For {one['share_beyond']:.1%} it comes after {one['beyond']}, when the model ends."
    return said
