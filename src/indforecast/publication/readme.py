"""The short guide that stands in a release: which file answers which question.

What belongs here: filling in the release's own settings. What does not: its words (``texts.toml``), describing
columns (``data-dictionary.md``).
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from indforecast.domain.periods import month_label
from indforecast.publication.headline import TOTAL
from indforecast.publication.language import LANGUAGES, Language

if TYPE_CHECKING:
    from indforecast.publication.inputs import ReleaseInputs


def readme_bytes(inputs: ReleaseInputs, release_id: str) -> bytes:
    """The guide as Markdown, Dutch first."""
    pages = [_page(inputs, release_id, Language(code)) for code in LANGUAGES]
    return ("\n\n---\n\n".join(pages) + "\n").encode()


def _page(inputs: ReleaseInputs, release_id: str, language: Language) -> str:
    bands = inputs.settings.bands
    return language.text(
        "readme.page",
        release_id=release_id,
        vintage=inputs.vintage.isoformat(),
        origin=month_label(inputs.forecast_origin),
        total=TOTAL,
        minimum=_level(bands.minimum),
        medio=_level(bands.medio),
        maximum=_level(bands.maximum),
        probability=_level(bands.probability),
        months=bands.monthly_months,
    ).strip()


def _level(value: float) -> str:
    """A probability as it stands in the tables."""
    return f"{value:.6g}"


def dictionary() -> bytes:
    """The data dictionary as packaged."""
    return (resources.files("indforecast.publication") / "data-dictionary.md").read_bytes()
