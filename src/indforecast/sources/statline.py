"""CBS StatLine as a publisher: one table, over OData 4 or 3.

What belongs here: is there something newer, bring it home, read it. What does not: requests (``statline_fetch``),
the meaning of answers (``statline_rows``), a table's words (``tables/*.toml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.errors import InputError, SourceUnavailable
from indforecast.domain.files import canonical_json, plain_file_name, sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.sources.bundle import bundled, read_bundle
from indforecast.sources.protocol import StagedDelivery
from indforecast.sources.publisher import Download, Seen
from indforecast.sources.quarters import controls
from indforecast.sources.statline_fetch import Fetcher
from indforecast.sources.statline_odata import DIALECTS
from indforecast.sources.statline_rows import page_name, read_table
from indforecast.sources.statline_table import load_table
from indforecast.sources.understanding import ColumnMeaning, Understanding, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from indforecast.sources.http import Answer, HttpClient
    from indforecast.sources.statline_edition import Edition
    from indforecast.sources.statline_odata import Api
    from indforecast.sources.statline_rows import TableRead
    from indforecast.sources.statline_table import TableDescription

_BASE: Final[dict[Api, str]] = {"v4": "https://datasets.cbs.nl/odata/v1/CBS", "v3": "https://opendata.cbs.nl"}
#: How often a table is begun anew when it is replaced while it is being fetched.
_BEGINNINGS: Final = 2


@dataclass(frozen=True)
class StatLine:
    """One table of CBS StatLine.

    Parameters
    ----------
    table : str
        The publisher's identifier.
    api : str
        ``v4``, or ``v3`` while that service lives; only for fetching, both are read.
    base_url : str
        Address below which tables stand; the publisher's own when empty.
    description : TableDescription, optional
        What the table's words mean; the packaged one when omitted.
    most_pages : int
        Pages of one entity that are fetched at most.
    """

    table: str = "83102NED"
    api: Api = "v4"
    base_url: str = ""
    description: TableDescription | None = None
    most_pages: int = 200

    @property
    def name(self) -> str:
        """Stable key of the source."""
        return "cbs"

    @cached_property
    def words(self) -> TableDescription:
        """What the table's words mean."""
        return load_table(self.table) if self.description is None else self.description

    @cached_property
    def _fingerprint(self) -> str:
        return sha256_hex(canonical_json(self.words.model_dump()).encode())

    def fetch(self, http: HttpClient, seen: Seen, on_progress: Callable[[str], None]) -> Download | None:
        """Bring home the newest edition; see :class:`indforecast.sources.publisher.Publisher`.

        The edition is asked before and after: a table that is replaced in between is begun anew once. The same
        edition is fetched again for a description that changed: a download holds what its description names.

        Raises
        ------
        SourceUnavailable
            If the service cannot be reached, or replaces the table again and again.
        InputError
            If its answers are not what it documents, or the table is not what its description says.
        """
        dialect = DIALECTS[self.api]
        root = dialect.root(self.base_url or _BASE[self.api], self.table)
        fetcher = Fetcher(http, dialect, root, self.words, self.most_pages, on_progress)
        if seen.validators.get(_words_of(fetcher.edition_url), self._fingerprint) != self._fingerprint:
            seen = Seen()
        on_progress(f"CBS {self.table}: which edition")
        now = fetcher.edition(seen.validators)
        if now is None or _is_known(now[1], seen, fetcher.edition_url):
            return None
        for _ in range(_BEGINNINGS):
            answer, edition = now
            problem: InputError | None = None
            try:
                download = self._download(answer, edition, fetcher)
            except InputError as error:
                problem = error
            on_progress(f"CBS {self.table}: still the same edition")
            after = fetcher.edition()
            now = after if after is not None else now
            if now[1].moment == edition.moment:
                if problem is not None:
                    raise problem
                return download
        raise SourceUnavailable(
            f"CBS replaced table {self.table} {_BEGINNINGS} times while it was being fetched.",
            hint="Fetch it again in a quarter of an hour; everything goes on with what is stored.",
        )

    def read(self, content: bytes, name: str) -> StagedDelivery:
        """Read a download; see :class:`indforecast.sources.protocol.Source`.

        Rows are sorted by series and month and numbered from 1: a download has no lines.

        Raises
        ------
        InputError
            If it is no download of this table, is damaged, or not what its description says.
        """
        return self._staged(content, name)[0]

    def understand(self, content: bytes, name: str) -> tuple[StagedDelivery, Understanding]:
        """Read a download, and say how it was understood.

        Raises
        ------
        InputError
            As :meth:`read`.
        """
        staged, found = self._staged(content, name)
        return staged, self._understanding(staged, found)

    def _download(self, answer: Answer, edition: Edition, fetcher: Fetcher) -> Download:
        answers = {page_name(DIALECTS[self.api].edition, 1): answer, **fetcher.everything()}
        bundle = bundled(self.name, self.table, edition.published, answers, self.words.licence)
        content = bundle.to_bytes()
        # What cannot be read again is not kept.
        self.read(content, bundle.name)
        url = fetcher.edition_url
        validators = {_moment_of(url): edition.moment, _words_of(url): self._fingerprint}
        if answer.validator is not None:
            validators[answer.url] = answer.validator
        seen = Seen(edition.published, validators, sha256_hex(content))
        return Download(bundle.name, content, edition.published, seen)

    def _staged(self, content: bytes, name: str) -> tuple[StagedDelivery, TableRead]:
        plain = plain_file_name(name)
        bundle = read_bundle(content, plain)
        if (bundle.source, bundle.table) != (self.name, self.table):
            raise InputError(
                f"'{plain}' holds {bundle.source} {bundle.table} where {self.name} {self.table} is read.",
                hint="Set the table of this source to it, or leave the file out.",
            )
        found = read_table(bundle.answers, self.words, plain)
        if bundle.published != found.edition.published:
            raise InputError(
                f"'{plain}' says that it was published on {bundle.published}, its answers say"
                f" {found.edition.published}.",
                hint="Fetch it again.",
            )
        frame = self._frame(found)
        checks = controls(found.quarters, frame["series_id"].tolist(), frame["observed"].tolist())
        staged = StagedDelivery(
            sha256_hex(content), plain, self.words.publisher, frame, checks if len(checks) else None
        )
        return staged, found

    def _frame(self, found: TableRead) -> pd.DataFrame:
        count = len(found.rows)
        published = np.datetime64(found.edition.published, "D").astype("datetime64[ns]")
        frame = pd.DataFrame(
            {
                "series_id": np.array([row.series_id for row in found.rows], dtype=object),
                "period": np.array([row.period for row in found.rows], dtype="datetime64[D]").astype(
                    "datetime64[ns]"
                ),
                "observed": np.array([row.observed for row in found.rows], dtype=np.int64),
                "basis": np.full(count, Basis.PUBLISHED.value, dtype=object),
                "definition": np.array([row.definition for row in found.rows], dtype=object),
                "source": np.full(count, self.words.source, dtype=object),
                "available_from": np.full(count, published),
            }
        )[list(DELIVERY_COLUMNS)]
        return frame.assign(row=np.arange(1, count + 1, dtype=np.int64))

    def _understanding(self, staged: StagedDelivery, found: TableRead) -> Understanding:
        chosen = found.selection
        labels = {key: chosen.labels[key.split(".")[0]] for key in staged.frame["series_id"].unique()}
        meanings = {chosen.time: "month", chosen.nationality: "nationality"}
        columns = [
            ColumnMeaning("", chosen.labels[one], meanings.get(one, f"only {chosen.totals.get(one)}"))
            for one in chosen.dimensions
        ] + [ColumnMeaning("", chosen.labels[series], series) for series in chosen.measures.values()]
        return Understanding(
            form=f"download of StatLine, OData {found.api}",
            orientation="a record per figure" if found.api == "v4" else "measures across",
            header_line=1,
            columns=tuple(columns),
            numbers=f"whole, rounded to {self.words.rounded_to} by the publisher",
            known_from=f"Modified, {found.edition.published}",
            dropped=found.dropped,
            remarks=found.remarks,
            **summary(staged, labels),
        )


def _moment_of(url: str) -> str:
    """Where the edition's own moment is kept among validators: an address never holds what follows '#'."""
    return f"{url}#Modified"


def _words_of(url: str) -> str:
    """Where the fingerprint of the description is kept."""
    return f"{url}#Description"


def _is_known(edition: Edition, seen: Seen, url: str) -> bool:
    if seen.published is None:
        return False
    moment = seen.validators.get(_moment_of(url))
    if edition.published == seen.published:
        return moment is None or moment == edition.moment
    # An older edition than the one that is known is what a server says that lags behind another one.
    return edition.published < seen.published
