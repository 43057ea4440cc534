"""Eurostat as a publisher: asylum applicants in one country by month, type and citizenship.

What belongs here: fetching the newest edition, reading a download of it. What does not: the service's protocol
(``eurostat_service``), its files (``eurostat_rows``), what codes mean (``eurostat_words`` and ``tables/``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError
from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.sources.bundle import AnswerSource, Bundle, read_bundle
from indforecast.sources.eurostat_rows import Reader
from indforecast.sources.eurostat_service import EurostatService
from indforecast.sources.eurostat_words import load_words
from indforecast.sources.http import NotModified
from indforecast.sources.protocol import StagedDelivery
from indforecast.sources.publisher import Download, Seen
from indforecast.sources.understanding import Understanding, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indforecast.sources.eurostat_rows import Rows
    from indforecast.sources.eurostat_words import EurostatWords
    from indforecast.sources.http import HttpClient

_NAME: Final = "eurostat"
_FIGURES: Final = "figures.csv"
_BASE_URL: Final = "https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1"


@dataclass(frozen=True)
class Eurostat:
    """One table of Eurostat for one country; see :class:`indforecast.sources.publisher.Publisher`.

    Parameters
    ----------
    base_url : str
        Address of the SDMX 2.1 service.
    table : str
        Eurostat's identifier.
    geo : str
        Code of the reporting country.
    folder : Path, optional
        Where the user's description of the table may stand.
    poll_seconds : float
        Wait between two questions after an extraction that takes longer.
    polls : int
        How often that is asked at most.
    """

    base_url: str = _BASE_URL
    table: str = "migr_asyappctzm"
    geo: str = "NL"
    folder: Path | None = None
    poll_seconds: float = 10.0
    polls: int = 30

    @property
    def name(self) -> str:
        """Stable key of the source."""
        return _NAME

    @cached_property
    def words(self) -> EurostatWords:
        """What the table's columns and codes mean."""
        return load_words(self.table, self.folder)

    def fetch(self, http: HttpClient, seen: Seen, on_progress: Callable[[str], None]) -> Download | None:
        """Bring home the newest edition; see :meth:`indforecast.sources.publisher.Publisher.fetch`.

        Two requests: the table's structure, for the order of its dimensions, and its figures. What cannot be read
        is not kept, so that the next fetch asks for it again.

        Raises
        ------
        SourceUnavailable
            If Eurostat cannot be reached, or does not prepare the figures in time.
        InputError
            If it refuses the question, or answers with something else than this table.
        """
        service = EurostatService(self.base_url.rstrip("/"), self.words, self.geo, self.poll_seconds, self.polls)
        answer = service.figures(http, seen.validators, on_progress)
        if isinstance(answer, NotModified):
            return None
        published = Reader(self.words, self.geo, f"Eurostat {self.words.table}").edition(answer.content)
        bundle = Bundle(
            _NAME,
            self.words.table,
            published,
            {_FIGURES: answer.content},
            {_FIGURES: AnswerSource(answer.url, answer.content_type)},
            self.words.licence,
        )
        content = bundle.to_bytes()
        if seen.published is not None and (
            published < seen.published
            or (published == seen.published and sha256_hex(content) == seen.content_sha256)
        ):
            return None
        self.read(content, bundle.name)
        validators = {answer.url: answer.validator} if answer.validator is not None else {}
        return Download(bundle.name, content, published, Seen(published, validators, sha256_hex(content)))

    def read(self, content: bytes, name: str) -> StagedDelivery:
        """Understand a download; see :class:`indforecast.sources.protocol.Source`.

        Raises
        ------
        InputError
            If it is no download of this table, or holds something that its description does not know.
        """
        return self.understand(content, name)[0]

    def understand(self, content: bytes, name: str) -> tuple[StagedDelivery, Understanding]:
        """Understand a download, and say how, and what was left out.

        Raises
        ------
        InputError
            As :meth:`read`.
        """
        plain = plain_file_name(name)
        bundle = read_bundle(content, plain)
        words = self.words
        if (
            bundle.source != _NAME
            or bundle.table.lower() != words.table.lower()
            or set(bundle.answers) != {_FIGURES}
        ):
            raise InputError(
                f"'{plain}' is no download of Eurostat's table {words.table}.", hint="Fetch it again."
            )
        rows = Reader(words, self.geo, f"{plain}, {_FIGURES}").read(bundle.answers[_FIGURES])
        if rows.published != bundle.published:
            raise InputError(
                f"'{plain}' says it is the edition of {bundle.published}, its figures say {rows.published}.",
                hint="Fetch it again.",
            )
        staged = StagedDelivery(sha256_hex(content), plain, words.publisher, _frame(rows, words.source))
        flags = ", ".join(f"{count:,} {words.flags.delivered[one]}" for one, count in sorted(rows.flags.items()))
        return staged, Understanding(
            form=f"download of Eurostat {words.table}, SDMX-CSV",
            encoding="UTF-8",
            delimiter="comma",
            orientation="long",
            header_line=1,
            columns=rows.columns,
            numbers="whole, rounded to the nearest 5 by Eurostat",
            known_from=f"the edition's day, {bundle.published}",
            dropped=tuple(rows.dropped),
            remarks=(f"licence: {bundle.licence}", *((f"flagged and delivered: {flags}",) if flags else ())),
            **summary(staged, rows.labels),
        )


def _frame(rows: Rows, source: str) -> pd.DataFrame:
    """A delivery frame; every row is known from the edition's day."""
    count = len(rows.row)
    published = np.datetime64(rows.published, "D").astype("datetime64[ns]")
    frame = pd.DataFrame(
        {
            "series_id": np.array(rows.series_id, dtype=object),
            "period": np.array(rows.period, dtype="datetime64[D]").astype("datetime64[ns]"),
            "observed": np.array(rows.observed, dtype=np.int64),
            "basis": np.full(count, Basis.PUBLISHED.value, dtype=object),
            "definition": np.array(rows.definition, dtype=object),
            "source": np.full(count, source, dtype=object),
            "available_from": np.full(count, published),
        }
    )[list(DELIVERY_COLUMNS)]
    return frame.assign(row=np.array(rows.row, dtype=np.int64))
