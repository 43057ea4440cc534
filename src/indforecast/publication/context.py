"""What every section of the report is written from.

What belongs here: the inputs, the language and the charts drawn so far. What does not: any section.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from indforecast.publication import drawing
from indforecast.publication.headline import headline_year
from indforecast.publication.observed import observed_months

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from indforecast.publication.inputs import ReleaseInputs
    from indforecast.publication.language import Language


@dataclass(frozen=True)
class Facts:
    """What does not depend on the language; computed once for all.

    Parameters
    ----------
    inputs : ReleaseInputs
        With the tables as they are published, changes included.
    record : mapping
        ``manifest.inputs_record`` of the inputs.
    release_id : str
        The release's name.
    next_release : date
        Day of the next release.
    edition : int
        Which release on this vintage it is.
    """

    inputs: ReleaseInputs
    record: Mapping[str, Any]
    release_id: str
    next_release: date
    edition: int
    specs: dict[str, drawing.Spec] = field(default_factory=dict)

    @cached_property
    def observed(self) -> pd.DataFrame:
        """History per stream, totals included: :func:`observed.observed_months`."""
        return observed_months(self.inputs.tables["history"], self.inputs.hierarchy)

    @cached_property
    def simulated(self) -> frozenset[str]:
        """Streams whose history is mainly simulated, as the replay judged them: no hit rate is shown for them."""
        leaderboard = self.table("leaderboard")
        return frozenset(leaderboard.loc[leaderboard["simulated"].astype(bool), "series_id"])

    @cached_property
    def year(self) -> int:
        """The calendar year that the release is about."""
        return headline_year(self.inputs.forecast_origin)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Calendar years that bands are published for: the only ones that planning's tables are shown for too."""
        return tuple(sorted(set(self.table("yearly_bands")["year"].astype(int))))

    def table(self, name: str) -> pd.DataFrame:
        """One of the published tables."""
        return self.inputs.tables[name]


@dataclass(frozen=True)
class ReportContext:
    """Facts seen in one language.

    Parameters
    ----------
    facts : Facts
        Shared between the languages.
    language : Language
        For words, numbers and axes.
    """

    facts: Facts
    language: Language

    def draw(self, key: str, build: Callable[[], drawing.Spec]) -> Markup:
        """A chart as markup; its specification is built once for all languages."""
        if key not in self.facts.specs:
            self.facts.specs[key] = build()
        return Markup(drawing.svg(self.facts.specs[key], self.language))  # noqa: S704 - made by the renderer

    def stream_label(self, series_id: str) -> str:
        """A stream's name; all streams together for ``all``."""
        if series_id == "all":
            return self.language.text("plan.all_streams")
        try:
            stream = self.facts.inputs.hierarchy.stream(series_id)
        except KeyError:
            return series_id
        return self.language.pick(stream.label_nl, stream.label_en)

    def odds(self) -> str:
        """The stated probability of a band in words."""
        return self.language.odds(self.facts.inputs.settings.bands.probability)
