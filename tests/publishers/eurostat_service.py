"""Eurostat's dissemination API, SDMX 2.1 REST, on loopback: as documented, with invented figures.

``Eurostat()`` is an application for ``LoopbackServer``; its fields are what it says, and can be changed between
two requests: a new edition, a renamed dimension, a code more. Invented figures, multiples of 5.
What belongs here: what the service says. What does not: bad days of HTTP (``server``).

Sources: Eurostat user guides "API - Detailed guidelines - SDMX2.1 API - data query" and "- Asynchronous API", and
answers of the service that public repositories quote (docs/methods/network-sources.md).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from tests.publishers.server import Reply, Request

CSV_TYPE = "application/vnd.sdmx.data+csv;version=1.0.0"
XML_TYPE = "application/xml"
STRUCTURE_TYPE = "application/vnd.sdmx.structure+xml;version=2.1"
ROOT = "/eurostat/api/dissemination"
REQUEST_ID = "98de05ea-540a-43d3-903b-7c9e14faf808"
MONTHS = tuple(f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13))[:21]
CITIZENS = ("TOTAL", "EU27_2020", "EXT_EU27_2020", "EL", "ER", "STLS", "SY", "TR", "UNK", "XK")
APPLICANTS = ("TOTAL", "FRST", "SSEQ")


@dataclass
class Eurostat:
    """The service with one table."""

    table: str = "MIGR_ASYAPPCTZM"
    updated: str = "18/11/26 23:00:00"
    dimensions: tuple[str, ...] = ("freq", "unit", "citizen", "sex", "applicant", "age", "geo")
    attributes: tuple[str, ...] = ("OBS_FLAG", "CONF_STATUS")
    citizens: tuple[str, ...] = CITIZENS
    applicants: tuple[str, ...] = APPLICANTS
    months: tuple[str, ...] = MONTHS
    geo: tuple[str, ...] = ("BE", "NL")
    #: Value, flag and confidentiality in the place of the invented ones, by (applicant, citizen, month).
    special: dict[tuple[str, str, str], tuple[str, str, str]] = field(default_factory=dict)
    #: States of an extraction, one per question, the last one stays; empty: figures come at once.
    slow: list[str] = field(default_factory=list)
    too_large: bool = False

    @property
    def base_path(self) -> str:
        return f"{ROOT}/sdmx/2.1"

    def __call__(self, request: Request) -> Reply:
        path = request.path.removeprefix(ROOT)
        if path == f"/sdmx/2.1/datastructure/ESTAT/{self.table}":
            return Reply(self.structure(), STRUCTURE_TYPE, etag=False)
        prefix = f"/sdmx/2.1/data/{self.table}/".lower()
        if path.lower().startswith(prefix):
            return self._data(path[len(prefix) :], request)
        if path == f"/1.0/async/status/{REQUEST_ID}":
            state = self._state()
            return Reply(_envelope("asyncResponse", f"<ns1:status>{state}</ns1:status>"), XML_TYPE, etag=False)
        if path == f"/1.0/async/data/{REQUEST_ID}":
            return Reply(self.figures("NL"), CSV_TYPE, etag=False)
        return _fault(404, "100", "NO_RESULTS: The requested resource is not available.")

    def _data(self, key: str, request: Request) -> Reply:
        if request.query.get("format") != "SDMX-CSV":
            return Reply(b"<m:GenericData/>", "application/vnd.sdmx.genericdata+xml", etag=False)
        parts = key.strip("/").split(".")
        if len(parts) != len(self.dimensions):
            return _fault(400, "140", "INVALID_QUERY_DIMENSION: The key does not fit the dimensions.")
        asked = dict(zip(self.dimensions, parts, strict=True))
        known = {"freq": {"M"}, "unit": {"PER"}, "sex": {"T", "F", "M"}, "age": {"TOTAL"}, "geo": set(self.geo)}
        for name, code in asked.items():
            if code and name in known and not set(code.split("+")) <= known[name]:
                return _fault(
                    400,
                    "150",
                    "INVALID_QUERY_DIMENSION_VALUE: Query is invalid as per its structure's definition."
                    f" The following values for dimension are not allowed: {name.upper()}={code}.",
                )
        if self.too_large or not asked.get("geo"):
            return _fault(
                413,
                "413",
                "EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 420709314 rows, max authorised"
                " is 5000000, please change your filters to reduce the extraction size",
            )
        if self.slow:
            queued = f"<queued><id>{REQUEST_ID}</id><status>{self._state()}</status></queued>"
            return Reply(_envelope("syncResponse", queued), XML_TYPE, etag=False)
        return Reply(self.figures(asked["geo"]), CSV_TYPE, last_modified=1_795_039_200.0)

    def _state(self) -> str:
        return self.slow.pop(0) if len(self.slow) > 1 else self.slow[0]

    def structure(self) -> bytes:
        """The data structure definition; its dimensions stand in another order than their positions."""
        dimensions = "".join(
            f'<s:Dimension id="{name}" position="{place}">'
            f'<s:ConceptIdentity><Ref id="{name}"/></s:ConceptIdentity></s:Dimension>'
            for place, name in sorted(enumerate(self.dimensions, start=1), key=lambda pair: pair[1])
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<m:Structure xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"'
            ' xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"'
            ' xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">'
            "<m:Header><m:ID>DSD</m:ID><m:Test>false</m:Test><m:Prepared>2026-11-21T10:00:00Z</m:Prepared></m:Header>"
            f'<m:Structures><s:DataStructures><s:DataStructure agencyID="ESTAT" id="{self.table}" version="42.0">'
            '<c:Name xml:lang="en">Asylum applicants by type, citizenship, age and sex - monthly data</c:Name>'
            f'<s:DataStructureComponents><s:DimensionList id="DimensionDescriptor">{dimensions}'
            f'<s:TimeDimension id="TIME_PERIOD" position="{len(self.dimensions) + 1}"/></s:DimensionList>'
            "</s:DataStructureComponents></s:DataStructure></s:DataStructures></m:Structures></m:Structure>"
        ).encode()

    def figures(self, geo: str = "NL") -> bytes:
        """SDMX-CSV 1.0 of one country."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ["DATAFLOW", "LAST UPDATE", *self.dimensions, "TIME_PERIOD", "OBS_VALUE", *self.attributes]
        )
        for applicant_at, applicant in enumerate(self.applicants):
            for citizen_at, citizen in enumerate(self.citizens):
                for month_at, month in enumerate(self.months):
                    codes = {
                        "freq": "M", "unit": "PER", "sex": "T", "age": "TOTAL", "geo": geo,
                        "citizen": citizen, "applicant": applicant, "asyl_app": applicant,
                    }  # fmt: skip
                    flag = "p" if month == self.months[-1] else ""
                    value = str(
                        5 * (7 * applicant_at + 3 * citizen_at + month_at + (500 if citizen == "TOTAL" else 0))
                    )
                    value, flag, secret = self.special.get((applicant, citizen, month), (value, flag, ""))
                    beside = {"OBS_FLAG": flag, "CONF_STATUS": secret}
                    writer.writerow(
                        [
                            f"ESTAT:{self.table}(1.0)",
                            self.updated,
                            *(codes.get(name, "X") for name in self.dimensions),
                            month,
                            value,
                            *(beside.get(name, "") for name in self.attributes),
                        ]
                    )
        return out.getvalue().encode()


def _envelope(kind: str, inner: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body>'
        f'<ns0:{kind} xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction"'
        f' xmlns:ns1="http://estat.ec.europa.eu/disschain/asynchronous">{inner}</ns0:{kind}></env:Body></env:Envelope>'
    ).encode()


def _fault(status: int, code: str, text: str) -> Reply:
    body = (
        '<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<faultcode>{code}</faultcode><faultstring>{text}</faultstring></S:Fault>"
    )
    return Reply(body.encode(), XML_TYPE, status=status, etag=False)
