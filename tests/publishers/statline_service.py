"""CBS StatLine on loopback: one table over OData 4 and OData 3, as the publisher documents them.

An application for ``server.LoopbackServer``. The figures are invented; names of dimensions and measures and codes
of totals are those of table 83102NED as far as they are public (docs/methods/network-sources.md).
What belongs here: the protocols with ``$filter``, ``$select``, ``$top``, ``$skip``, ``$count`` and paging, strict
where the publisher is (padded codes, functions of one version only, 10,000 records). What does not: HTTP and its
bad days (``server``).

    service = StatLineService(invented_table())
    with LoopbackServer(service) as server:
        StatLine(api="v4", base_url=service.base_url(server, "v4")).fetch(...)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from operator import eq
from typing import Any
from urllib.parse import quote

from tests.publishers.server import LoopbackServer, Reply, Request

V4_ROOT = "/odata/v1/CBS/"
V3_FEED = "/ODataFeed/odata/"
V3_API = "/ODataApi/odata/"
_CONDITION = re.compile(
    r"(\w+) eq '((?:[^']|'')*)'|contains\((\w+), ?'([^']*)'\)|substringof\('([^']*)', ?(\w+)\)"
)

#: A figure; None where the table has an empty cell; a text where something stands beside an absent figure.
Figure = int | float | str | None


@dataclass
class Code:
    """A code with the width that OData 3 pads it to."""

    identifier: str
    title: str
    width: int = 0
    status: str | None = None

    def padded(self) -> str:
        return self.identifier.ljust(self.width)


@dataclass
class Dimension:
    identifier: str
    title: str
    codes: list[Code]
    kind: str = "Dimension"


@dataclass
class Measure:
    """``identifier`` of OData 4 and ``key`` of OData 3."""

    identifier: str
    key: str
    title: str


@dataclass
class Table:
    """Dimensions in order; ``figures`` by their codes, one per measure."""

    identifier: str
    title: str
    modified: str
    dimensions: list[Dimension]
    measures: list[Measure]
    figures: dict[tuple[str, ...], list[Figure]] = field(default_factory=dict)


class Refused(Exception):
    """What the service answers to a query that it does not understand."""


class StatLineService:
    """The table's service.

    Parameters
    ----------
    table : Table
        May be replaced while it is being asked.
    page : int
        Records of one page.
    api_limit : int
        Records that ``ODataApi`` answers at most.
    counts : bool
        Whether ``$count`` is understood.

    ``conditions`` are those of one question at most; ``before`` is called with every request, before the answer.
    """

    def __init__(self, table: Table, page: int = 10_000, api_limit: int = 10_000, counts: bool = True) -> None:
        self.table = table
        self.page = page
        self.api_limit = api_limit
        self.counts = counts
        self.conditions = 1_000
        self.before: Callable[[Request], None] = lambda request: None

    @staticmethod
    def base_url(server: LoopbackServer, api: str) -> str:
        """What the settings of the source hold."""
        return server.address + (V4_ROOT.rstrip("/") if api == "v4" else "")

    def __call__(self, request: Request) -> Reply:
        self.before(request)
        try:
            for root, answer in ((V4_ROOT, self._v4), (V3_FEED, self._v3), (V3_API, self._v3)):
                if request.path.startswith(root + self.table.identifier):
                    entity = request.path.removeprefix(root + self.table.identifier).strip("/")
                    return answer(request, root, entity)
        except Refused as error:
            return _json({"error": {"code": "", "message": str(error)}}, status=400)
        return _json({"error": {"code": "", "message": "Not found"}}, status=404)

    def _v4(self, request: Request, root: str, entity: str) -> Reply:
        table, here = self.table, f"http://{request.headers['host']}{root}{self.table.identifier}"
        context = f"{here}/$metadata#{entity}"
        if entity == "":
            names = ["MeasureCodes", "Dimensions", "Observations", "Properties"]
            return _json({"@odata.context": context, "value": [{"name": name, "url": name} for name in names]})
        if entity == "Properties":
            cells = list(self._observations())
            return _json({"@odata.context": context, "Identifier": table.identifier, "Title": table.title,
                          "Description": "", "Language": "nl", "Catalog": "CBS", "Version": "202601300200",
                          "Status": "Regulier", "DatasetType": "Numeric", "Frequency": "Permaand",
                          "Modified": table.modified, "ObservationsModified": table.modified,
                          "ObservationCount": len(cells)})  # fmt: skip
        if entity == "Dimensions":
            records: list[dict[str, Any]] = [
                {"Identifier": one.identifier, "Title": one.title, "Description": "", "Kind": one.kind,
                 "ContainsGroups": False, "ContainsCodes": True, "CodesUrl": f"{here}/{one.identifier}Codes"}
                for one in table.dimensions
            ]  # fmt: skip
        elif entity == "MeasureCodes":
            records = [
                {"Identifier": one.identifier, "Index": at, "Title": one.title, "Description": "",
                 "DataType": "Long", "Unit": "aantal", "Decimals": 0, "PresentationType": "Absolute"}
                for at, one in enumerate(table.measures)
            ]  # fmt: skip
        elif entity in ("Observations", "Observations/$count"):
            records = self._chosen(request, list(self._observations()), "contains")
        else:
            records = [
                {"Identifier": code.identifier, "Index": at, "Title": code.title, "Description": "",
                 "DimensionGroupId": "0", **({} if code.status is None else {"Status": code.status})}
                for one in table.dimensions
                if entity == f"{one.identifier}Codes"
                for at, code in enumerate(one.codes)
            ]  # fmt: skip
            if not records:
                return _json({"error": {"code": "", "message": "Not found"}}, status=404)
        if entity.endswith("/$count"):
            return self._counted(records)
        return self._paged(request, records, {"@odata.context": context}, "@odata.nextLink")

    def _v3(self, request: Request, root: str, entity: str) -> Reply:
        table, here = self.table, f"http://{request.headers['host']}{root}{self.table.identifier}"
        if request.query.get("$format") != "json" and "json" not in request.headers.get("accept", ""):
            return Reply(b'<?xml version="1.0" encoding="utf-8"?><feed/>', "application/atom+xml")
        head = {"odata.metadata": f"{here}/$metadata#{entity}"}
        if entity == "TableInfos":
            records: list[dict[str, Any]] = [
                {"ID": 0, "Title": table.title, "ShortTitle": table.title, "Identifier": table.identifier,
                 "Summary": "", "Modified": table.modified[:19], "MetaDataModified": table.modified[:19],
                 "ReasonDelivery": "Actualisering", "Frequency": "Permaand", "Language": "nl", "Catalog": "CBS"}
            ]  # fmt: skip
        elif entity == "DataProperties":
            records = [
                {"odata.type": f"Cbs.OData.{one.kind}", "ID": at, "Position": at, "ParentID": None,
                 "Type": one.kind, "Key": one.identifier, "Title": one.title, "Description": ""}
                for at, one in enumerate(table.dimensions)
            ]  # fmt: skip
            records.append({"odata.type": "Cbs.OData.TopicGroup", "ID": 50, "Position": None, "ParentID": None,
                            "Type": "TopicGroup", "Key": "", "Title": table.title, "Description": ""})  # fmt: skip
            records += [
                {"odata.type": "Cbs.OData.Topic", "ID": 51 + at, "Position": 51 + at, "ParentID": 50,
                 "Type": "Topic", "Key": one.key, "Title": one.title, "Description": "", "Datatype": "Long",
                 "Unit": "aantal", "Decimals": 0, "Default": "."}
                for at, one in enumerate(table.measures)
            ]  # fmt: skip
        elif entity in ("TypedDataSet", "TypedDataSet/$count"):
            records = self._chosen(request, list(self._records()), "substringof")
            if root == V3_API and len(records) > self.api_limit:
                message = f"query returns more than {self.api_limit} records"
                error = {"code": "", "message": {"lang": "nl-NL", "value": message}}
                return _json({"odata.error": error}, status=500)
        else:
            records = [
                {"Key": code.padded(), "Title": code.title, "Description": None,
                 **({} if code.status is None else {"Status": code.status})}
                for one in table.dimensions
                if entity == one.identifier
                for code in one.codes
            ]  # fmt: skip
            if not records:
                return _json({"odata.error": {"message": {"value": "Not found"}}}, status=404)
        if entity.endswith("/$count"):
            return self._counted(records)
        return self._paged(request, records, head, "odata.nextLink")

    def _observations(self) -> Iterator[dict[str, Any]]:
        """OData 4: empty cells are not there; absent figures are, with the reason beside them."""
        at = 0
        for codes, figures in self.table.figures.items():
            for measure, figure in zip(self.table.measures, figures, strict=True):
                if figure is None:
                    continue
                marked = isinstance(figure, str)
                yield {
                    "Id": at,
                    "Measure": measure.identifier,
                    "ValueAttribute": figure if marked else "None",
                    "Value": None if marked else float(figure),
                    "StringValue": None,
                    **dict(zip((one.identifier for one in self.table.dimensions), codes, strict=True)),
                }
                at += 1

    def _records(self) -> Iterator[dict[str, Any]]:
        """OData 3: every combination, null where there is no figure."""
        width = {
            one.identifier: {code.identifier: code.padded() for code in one.codes} for one in self.table.dimensions
        }
        for at, (codes, figures) in enumerate(self.table.figures.items()):
            yield {
                "ID": at,
                **{
                    one.identifier: width[one.identifier].get(code, code)
                    for one, code in zip(self.table.dimensions, codes, strict=True)
                },
                **{
                    measure.key: None if isinstance(figure, str) else figure
                    for measure, figure in zip(self.table.measures, figures, strict=True)
                },
            }

    def _chosen(self, request: Request, records: list[dict[str, Any]], function: str) -> list[dict[str, Any]]:
        asked = 0
        for clause in filter(None, request.query.get("$filter", "").split(" and ")):
            conditions = _conditions(clause, function)
            asked += len(conditions)
            if asked > self.conditions:
                raise Refused(f"The node count limit of '{self.conditions}' has been exceeded.")
            for column, _ in conditions:
                if records and column not in records[0]:
                    raise Refused(f"Could not find a property named '{column}'")
            records = [one for one in records if any(test(str(one[column])) for column, test in conditions)]
        return records

    def _counted(self, records: list[dict[str, Any]]) -> Reply:
        if not self.counts:
            return _json({"error": {"message": "Not found"}}, status=404)
        return Reply(f"\ufeff{len(records)}".encode(), "text/plain;charset=utf-8")

    def _paged(self, request: Request, records: list[dict[str, Any]], head: dict[str, Any], link: str) -> Reply:
        unknown = set(request.query) - {"$filter", "$select", "$top", "$skip", "$format"}
        if unknown:
            raise Refused(f"The query parameter '{min(unknown)}' is not supported.")
        skip = int(request.query.get("$skip", "0"))
        most = int(request.query["$top"]) if "$top" in request.query else None
        wanted = records[skip:] if most is None else records[skip : skip + most]
        page = wanted[: self.page]
        if "$select" in request.query:
            columns = request.query["$select"].split(",")
            page = [{column: one[column] for column in columns} for one in page]
        answer: dict[str, Any] = {**head, "value": page}
        if len(wanted) > len(page):
            query = {**request.query, "$skip": str(skip + len(page))}
            written = "&".join(f"{name}={quote(value)}" for name, value in query.items())
            answer[link] = f"http://{request.headers['host']}{request.path}?{written}"
        return _json(answer)


def invented_table(months: int = 6, modified: str = "2026-01-30T02:00:00+01:00") -> Table:
    """Months up to 2025-12, whole quarters, years; figures of one sex or age end in 3, others in 0 or 5.

    Nationalities add up to their total, requests and family members to theirs, months to quarters. ``Eritrees`` of
    the last month is confidential, ``Jemenitisch`` of the first an empty cell.
    """
    every = [f"{year}MM{month:02}" for year in range(2015, 2026) for month in range(1, 13)][-months:]
    quarters = [_around(code)[0] for code in every[2:] if int(code[6:]) % 3 == 0]
    years = sorted({_around(code)[1] for code in every})
    periods = [
        Code(code, code, status="Voorlopig" if code.startswith("2025") else "Definitief")
        for code in sorted([*every, *quarters, *years])
    ]
    nationalities = [
        ("T001059", "Totaal"), ("NAT9278", "Afghaans"), ("NAT9326", "Eritrees"), ("NAT9350", "Iraaks"),
        ("NAT9351", "Iraans"), ("NAT9359", "Jemenitisch"), ("NAT9435", "Somalisch"), ("NAT9440", "Staatloos"),
        ("NAT9444", "Syrisch"), ("NAT9458", "Turks"), ("NAT9499", "Onbekend"),
    ]  # fmt: skip
    table = Table(
        "83102NED",
        "Asielverzoeken en nareizigers; nationaliteit, geslacht en leeftijd",
        modified,
        [
            Dimension("Geslacht", "Geslacht", [Code("T001038", "Totaal mannen en vrouwen", 9),
                                               Code("3000", "Mannen", 9), Code("4000", "Vrouwen", 9)]),
            Dimension("Leeftijd", "Leeftijd", [Code("10000", "Totaal", 7), Code("70100", "0 tot 20 jaar", 7)]),
            Dimension("Nationaliteit", "Nationaliteit", [Code(code, title, 9) for code, title in nationalities]),
            Dimension("Perioden", "Perioden", periods, "TimeDimension"),
        ],
        [
            Measure("M003531_1", "TotaalAsielverzoekenEnNareizigers_1", "Totaal asielverzoeken en nareizigers"),
            Measure("M003532", "EersteAsielverzoekenPersonen_2", "Eerste asielverzoeken (personen)"),
            Measure("M003533", "VolgendeAsielverzoeken_3", "Volgende asielverzoeken"),
            Measure("M003534", "NareizigersPersonen_4", "Nareizigers (personen)"),
        ],
    )  # fmt: skip
    sexes, ages = ([code.identifier for code in one.codes] for one in table.dimensions[:2])
    totals = (sexes[0], ages[0])
    for key in product(
        sexes, ages, (code for code, _ in nationalities), (period.identifier for period in periods)
    ):
        table.figures[key] = [13, 3, 3, 3]
    sums: dict[tuple[str, str], list[int]] = {}
    for (at, (code, _)), (when, month) in product(enumerate(nationalities[1:]), enumerate(every)):
        parts = [5 * ((at * 7 + when * 3 + kind * 5) % 40) for kind in range(3)]
        for who, period in product((code, "T001059"), (month, *_around(month))):
            known = sums.get((who, period), [0] * 4)
            sums[who, period] = [one + more for one, more in zip(known, [sum(parts), *parts], strict=True)]
    for key, summed in sums.items():
        # A quarter of which not all months are there has no code.
        if (*totals, *key) in table.figures:
            table.figures[(*totals, *key)] = list(summed)
    table.figures[(*totals, "NAT9326", every[-1])] = ["Confidential"] * 4
    table.figures[(*totals, "NAT9359", every[0])] = [None] * 4
    return table


def _around(month: str) -> tuple[str, str]:
    """Codes of the quarter and the year of a month."""
    return f"{month[:4]}KW{(int(month[6:]) + 2) // 3:02}", f"{month[:4]}JJ00"


def _conditions(clause: str, function: str) -> list[tuple[str, Callable[[str], bool]]]:
    """Columns and tests of one clause; any of them is enough."""
    found: list[tuple[str, Callable[[str], bool]]] = []
    for match in _CONDITION.finditer(clause):
        column, code, contained_in, part, piece, substring_of = match.groups()
        if not column and (function == "contains") != bool(contained_in):
            raise Refused(f"An unknown function was called; {function} is supported.")
        if column:
            found.append((column, partial(eq, code.replace("''", "'"))))
        else:
            found.append((contained_in or substring_of, partial(_holds, part if contained_in else piece)))
    rest = _CONDITION.sub("", clause).replace(" or ", "")
    if rest not in ("", "()") or not found:
        raise Refused(f"Syntax error in '{clause}'")
    return found


def _holds(piece: str, value: str) -> bool:
    return piece in value


def _json(answer: dict[str, Any], status: int = 200) -> Reply:
    body = json.dumps(answer, ensure_ascii=False).encode()
    return Reply(body, "application/json; odata.metadata=minimal; charset=utf-8", status, etag=status == 200)
