"""Eurostat's dissemination service, SDMX 2.1 REST: which addresses are asked, and what it says instead of figures.

What belongs here: the key of a query from the table's own structure, the slow way for large extractions, faults as
sentences. What does not: retries and limits (``http``), words (``eurostat_words``), figures (``eurostat_rows``).

Sources of the protocol: ``docs/methods/network-sources.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from indforecast.domain.errors import InputError, SourceUnavailable
from indforecast.sources.grid import shown
from indforecast.sources.http import Answer, HttpRefusal, NotModified
from indforecast.sources.sdmx_xml import dimension_order, service_message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indforecast.sources.eurostat_words import EurostatWords
    from indforecast.sources.http import HttpClient

_CSV: Final = ("application/vnd.sdmx.data+csv", "text/csv")
_XML: Final = ("application/xml", "text/xml", "application/soap+xml")
_STRUCTURE: Final = ("application/vnd.sdmx.structure+xml", *_XML)
_SDMX_PATH: Final = "/sdmx/2.1"
_WAITING: Final = ("SUBMITTED", "PROCESSING", "QUEUED", "DATA_NOT_YET_AVAILABLE")
_LATER: Final = "Try again later; everything goes on with what is stored."


@dataclass(frozen=True)
class EurostatService:
    """One table of the service.

    Parameters
    ----------
    base_url : str
        Address of the SDMX 2.1 service, up to and with ``/sdmx/2.1``.
    words : EurostatWords
        The table and its dimensions.
    geo : str
        The reporting country.
    poll_seconds : float
        Wait between two questions after an extraction that takes longer.
    polls : int
        How often that is asked at most.
    """

    base_url: str
    words: EurostatWords
    geo: str
    poll_seconds: float
    polls: int

    def figures(
        self, http: HttpClient, validators: Mapping[str, str], on_progress: Callable[[str], None]
    ) -> Answer | NotModified:
        """The figures as SDMX-CSV, under the address of the question even where they came the slow way.

        Raises
        ------
        SourceUnavailable
            If the service cannot be reached, or an extraction is not ready in time.
        InputError
            If it refuses the question, or answers with neither figures nor a promise.
        """
        on_progress(f"Eurostat: structure of {self.words.table}")
        url = self.url(self._order(http))
        on_progress(f"Eurostat: figures of {self.words.table}, {self.geo}")
        answer = self._ask(http, url, (*_CSV, *_XML), validators)
        if isinstance(answer, NotModified) or answer.content_type in _CSV:
            return answer
        slow = self._slow(http, answer, on_progress)
        return Answer(url, slow.content, slow.content_type, answer.validator, answer.last_modified)

    def url(self, order: tuple[str, ...]) -> str:
        """Address of the figures.

        Parameters
        ----------
        order : tuple of str
            Dimensions as the table's structure orders them.

        Raises
        ------
        InputError
            If they are not the ones that are described.
        """
        words = self.words
        keys = [words.dimension_of.get(name.lower()) for name in order]
        if None in keys or len(keys) != len(words.dimensions) or set(keys) != set(words.dimensions):
            expected = ", ".join(one.names[0] for one in words.dimensions.values())
            raise InputError(
                f"Eurostat's table {words.table} has the dimensions {', '.join(map(shown, order))}"
                f" where {expected} were expected.",
                hint=f"If Eurostat changed the table, enter them under [dimensions] in {words.file}.",
            )
        codes = {key: one.code or "" for key, one in words.dimensions.items()} | {"geo": self.geo}
        # Applicant and citizen stay open: a renamed code is then seen and named, and not just refused.
        key = ".".join(codes[str(name)] for name in keys)
        return f"{self.base_url}/data/{words.table}/{key}?format=SDMX-CSV&compressed=false"

    def _order(self, http: HttpClient) -> tuple[str, ...]:
        words = self.words
        url = f"{self.base_url}/datastructure/{words.agency}/{words.table.upper()}"
        answer = self._ask(http, url, _STRUCTURE, {})
        assert isinstance(answer, Answer)  # nothing was asked conditionally
        return dimension_order(answer.content, f"Eurostat ({urlsplit(url).netloc})")

    def _ask(
        self, http: HttpClient, url: str, accept: tuple[str, ...], validators: Mapping[str, str]
    ) -> Answer | NotModified:
        try:
            return http.get(url, accept=accept, validators=validators)
        except HttpRefusal as refusal:
            fault = self._fault(refusal.body)
            if not fault:
                raise
            raise self._refused(fault) from None

    def _refused(self, fault: str) -> InputError:
        words = self.words
        hints = {
            "EXTRACTION_TOO_BIG": "Ask for one country (geo); the service gives five million cells at most.",
            "INVALID_QUERY_DIMENSION_VALUE": f"Mend it: geo in the settings, or [dimensions] in {words.file}.",
            "INVALID_QUERY_DIMENSION": f"Mend [dimensions] in {words.file}.",
            "NO_RESULTS": "Check geo in the settings, and that the table still exists.",
        }
        hint = next(
            (text for word, text in hints.items() if word in fault),
            "Check table and geo in the settings ([sources.eurostat]).",
        )
        return InputError(f"Eurostat refuses the question for {words.table}: {_sentence(fault)}.", hint=hint)

    def _fault(self, body: bytes) -> str:
        try:
            return service_message(body, "Eurostat").fault
        except InputError:
            return ""

    def _slow(self, http: HttpClient, answer: Answer, on_progress: Callable[[str], None]) -> Answer:
        """An extraction that the service prepares: its answer holds a key to ask for it with."""
        said = service_message(answer.content, "Eurostat")
        if said.fault:
            raise self._refused(said.fault)
        if not said.request or not self.base_url.endswith(_SDMX_PATH):
            raise InputError(
                f"Eurostat answers with XML that is neither figures nor a promise of them: {shown(answer.url)}.",
                hint="The service may have changed; the figures that are stored stay in use.",
            )
        # The address is made here: one that an answer named would not be followed.
        root = f"{self.base_url.removesuffix(_SDMX_PATH)}/1.0/async"
        self._wait(http, f"{root}/status/{said.request}", said.status, on_progress)
        ready = self._ask(http, f"{root}/data/{said.request}", (*_CSV, *_XML), {})
        if isinstance(ready, NotModified) or ready.content_type not in _CSV:
            raise SourceUnavailable("Eurostat said that the figures are ready, and then had none.", hint=_LATER)
        return ready

    def _wait(self, http: HttpClient, url: str, status: str, on_progress: Callable[[str], None]) -> None:
        for _ in range(self.polls):
            if status == "AVAILABLE":
                return
            if status not in _WAITING:
                raise SourceUnavailable(f"Eurostat gave up preparing the figures ({shown(status)}).", hint=_LATER)
            on_progress("Eurostat: is preparing the figures")
            http.sleep(self.poll_seconds)
            answer = self._ask(http, url, _XML, {})
            said = service_message(answer.content if isinstance(answer, Answer) else b"", "Eurostat")
            status = said.status or said.fault.split(":")[0]
        raise SourceUnavailable(
            f"Eurostat did not prepare the figures within {self.polls * self.poll_seconds:,.0f} seconds.",
            hint=_LATER,
        )


def _sentence(fault: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in fault).strip().rstrip(".")
    return plain if len(plain) <= 200 else f"{plain[:200]}…"
