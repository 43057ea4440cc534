"""The requests that bring home one edition of a StatLine table.

What belongs here: which address is asked after which, pages and their guards. What does not: how a request is done
(``http``), what answers mean (``statline_rows``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from indforecast.domain.errors import InputError, SourceUnavailable
from indforecast.sources.http import HttpRefusal, NotModified
from indforecast.sources.statline_edition import edition_of
from indforecast.sources.statline_json import next_page, parsed, records_of
from indforecast.sources.statline_rows import COUNT, page_name, selected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indforecast.sources.http import Answer, HttpClient
    from indforecast.sources.statline_edition import Edition
    from indforecast.sources.statline_json import Record
    from indforecast.sources.statline_odata import Dialect
    from indforecast.sources.statline_table import TableDescription

_JSON: Final = "application/json"
#: How a server says that a question has too many conditions or is too long.
_TOO_MUCH: Final = (400, 414)
#: What may stand in an address as it is.
_PLAIN: Final = "%/:=&?~#+!$,;'@()*[]"


class Fetcher:
    """Asks one table's service.

    Parameters
    ----------
    http : HttpClient
        Does the requests.
    dialect : Dialect
        Version of the protocol.
    root : str
        The table's address.
    words : TableDescription
        What is expected of the table.
    most_pages : int
        Of one entity.
    on_progress : callable
        Told what is being fetched.
    """

    def __init__(
        self,
        http: HttpClient,
        dialect: Dialect,
        root: str,
        words: TableDescription,
        most_pages: int,
        on_progress: Callable[[str], None],
    ) -> None:
        self._http = http
        self._dialect = dialect
        self._root = root
        self._words = words
        self._most_pages = most_pages
        self._tell = on_progress
        self._host = urlsplit(root).netloc

    @property
    def edition_url(self) -> str:
        """The small request that tells whether there is a newer edition."""
        return self._url(self._dialect.edition)

    def edition(self, validators: Mapping[str, str] | None = None) -> tuple[Answer, Edition] | None:
        """Which edition is there now; None when the server says that it is still the one with these validators."""
        answer = self._http.get(self.edition_url, accept=_JSON, validators=validators or {})
        if isinstance(answer, NotModified):
            return None
        name = f"{self._host}, {self._dialect.edition}"
        return answer, edition_of(parsed(answer.content, name), self._dialect, self._words, name)

    def everything(self) -> dict[str, Answer]:
        """Description, codes and figures, by their names in a bundle.

        Raises
        ------
        SourceUnavailable, InputError
            As :meth:`indforecast.sources.publisher.Publisher.fetch`.
        """
        dialect, answers = self._dialect, dict[str, "Answer"]()
        records = {entity: self._entity(entity, self._url(entity), answers) for entity in dialect.structure}
        for dimension in dialect.described(records, self._host)[0]:
            entity = dialect.codes_entity(dimension.identifier)
            records[entity] = self._entity(entity, self._url(entity), answers)
        wanted = selected(records, dialect, self._words, self._host).wanted()
        *narrow, broad = dialect.queries(wanted)
        for query in narrow:
            try:
                return {**answers, **self._figures(query)}
            except HttpRefusal as refusal:
                if refusal.status not in _TOO_MUCH:
                    raise
                self._tell(f"CBS {self._words.table}: the service wants a simpler question")
        return {**answers, **self._figures(broad)}

    def _figures(self, query: str) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        self._entity(self._dialect.figures, f"{self._root}/{self._dialect.figures}?{query}", answers)
        self._count(query, answers)
        return answers

    def _url(self, entity: str) -> str:
        return f"{self._root}/{entity}" + (f"?{self._dialect.options}" if self._dialect.options else "")

    def _entity(self, entity: str, url: str, answers: dict[str, Answer]) -> list[Record]:
        """All pages of an entity."""
        records: list[Record] = []
        asked: set[str] = set()
        for page in range(1, self._most_pages + 1):
            self._tell(f"CBS {self._words.table}: {entity}" + (f", page {page}" if page > 1 else ""))
            asked.add(url)
            answer = self._get(url)
            name = f"{self._host}, {entity}, page {page}"
            content = parsed(answer.content, name)
            records += records_of(content, name)
            answers[page_name(entity, page)] = answer
            link = next_page(content, self._dialect.next_link, name)
            if link is None:
                return records
            url = self._followed(url, link, entity)
            if url in asked:
                raise InputError(
                    f"{name} names a page that was read already as its next one.",
                    hint="StatLine's service has a fault; try later, or the other api of the settings.",
                )
        raise InputError(
            f"{self._host} has more than {self._most_pages:,} pages of {entity}.",
            hint="The table may have grown beyond what is expected; compare it with StatLine.",
        )

    def _followed(self, url: str, link: str, entity: str) -> str:
        """The next page's address: of this host and entity, and never less safe than this one."""
        here = urlsplit(url)
        try:
            there = urlsplit(quote(urljoin(url, link.strip()), safe=_PLAIN))
            same = (there.hostname, there.port) == (here.hostname, here.port)
        except ValueError:
            there, same = here, False
        if not same or there.path.rpartition("/")[2].casefold() != entity.casefold() or there.username:
            raise InputError(
                f"{self._host} sends the reader of {entity} elsewhere for the next page, which is not followed.",
                hint="If the publisher has moved, enter its new address in the settings of this source.",
            )
        return urlunsplit(there._replace(scheme=here.scheme, fragment=""))

    def _count(self, query: str, answers: dict[str, Answer]) -> None:
        """The service's own count of records; one that does not count is believed without."""
        figures = self._dialect.figures
        try:
            answers[f"{figures}-{COUNT}"] = self._get(
                f"{self._root}/{figures}/$count?{query}", accept=("text/plain", _JSON)
            )
        except (HttpRefusal, SourceUnavailable):
            self._tell(f"CBS {self._words.table}: the service does not count its records")

    def _get(self, url: str, accept: str | tuple[str, ...] = _JSON) -> Answer:
        answer = self._http.get(url, accept=accept)
        if isinstance(answer, NotModified):  # pragma: no cover - the client answers so only to validators
            raise InputError(f"{self._host} answers that nothing changed without being asked.")
        return answer
