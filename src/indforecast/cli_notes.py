"""What planning commands say beside their figures: code of another day, simulated history, unknown names, money.

What belongs here: remarks and number forms that several planning commands share. What does not: figures, and what
one command alone says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.planning.measures import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from indforecast.config.settings import Settings
    from indforecast.publication.release import Release

OTHER_CODE: Final = (
    "This release was made by other code (or settings): figures are computed anew and may differ from its report."
)
SIMULATED: Final = "* history simulated, not validated"
#: These come from streams with reception alone, whose history is published.
_OF_RESIDENTS: Final = ("residents", "beds", "reception_cost_eur")
_MILLION: Final = 1e6


def made_by_other_code(release: Release, settings: Settings, *, own_file: bool = False) -> bool:
    """Whether figures made today need not be those that the release was published with.

    Parameters
    ----------
    release : Release
        What it was made by stands in its manifest.
    settings : Settings
        Those of today.
    own_file : bool
        Whether a file was given on purpose; settings then differ by intent and only code counts.
    """
    from indforecast.publication.code import code_version, split_code_version

    inputs = release.manifest["inputs"]
    if inputs["code"]["source_sha256"] != split_code_version(code_version())[1]:
        return True
    return not own_file and bool(inputs["settings_sha256"] != settings.sha256())


def made_otherwise(release: Release, settings_file: Path | None) -> bool:
    """The same of a command's options, for what a script gets."""
    from indforecast.config import load_settings

    return made_by_other_code(release, load_settings(settings_file), own_file=settings_file is not None)


def simulated_streams(release: Release) -> frozenset[str]:
    """Streams whose history is mainly simulated, and so whose forecasts nothing has judged."""
    from indforecast.domain.errors import NotFound

    try:
        scores = release.table("leaderboard")
    except NotFound:
        return frozenset()
    return frozenset(str(name) for name in scores.loc[scores["simulated"].astype(bool), "series_id"])


def marked(name: str, simulated: frozenset[str]) -> str:
    """A stream's name, or the total's, with a mark behind it when history in it is simulated."""
    return f"{name}*" if name in simulated or (name == ALL and simulated) else name


def footnote(table: pd.DataFrame, simulated: frozenset[str]) -> str:
    """The footnote to marks; of a total over streams it names those in it. Empty when nothing has a mark.

    Parameters
    ----------
    table : DataFrame
        What is printed, with ``measure`` and ``series_id``.
    simulated : frozenset of str
        Of :func:`simulated_streams`.
    """
    shown = set(table.loc[~table["measure"].isin(_OF_RESIDENTS), "series_id"])
    if ALL in shown and simulated:
        return f"{SIMULATED}: in the total, {', '.join(sorted(simulated))}"
    return SIMULATED if shown & simulated else ""


def refuse_unknown(option: str, name: str, known: Sequence[str], what: str) -> InputError:
    """What to raise for a name that is none of those known, which are listed once."""
    from indforecast.config.wording import unknown

    said = unknown(name, known, what).partition("; known here")[0]
    hint = f"Known: {', '.join(known)}." if known else None
    return InputError(f"{option}: {said}" if said.endswith("?") else f"{option}: {said}.", hint=hint)


def unit_shown(unit: str) -> str:
    """A unit as tables name it: money is in millions."""
    return "million EUR" if unit == "EUR" else unit


def figure(value: float, unit: str, *, signed: bool = False) -> str:
    """A figure as tables show it: money in million EUR with one decimal, shares with three."""
    scale, digits = {"EUR": (_MILLION, 1), "share": (1.0, 3)}.get(unit, (1.0, 0))
    shown = round(value / scale, digits) + 0.0  # no minus zero
    return f"{shown:{'+' if signed else ''},.{digits}f}"
