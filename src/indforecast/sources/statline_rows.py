"""A StatLine download into rows of a delivery.

What belongs here: the answers of a bundle as one table, known to be whole. What does not: how a version of OData
spells things (``statline_odata``), which codes are wanted (``statline_metadata``), figures (``statline_figures``).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from indforecast.domain.errors import InputError
from indforecast.sources.grid import shown
from indforecast.sources.statline_edition import Edition, edition_of
from indforecast.sources.statline_figures import Reading, Row
from indforecast.sources.statline_json import next_page, parsed, records_of
from indforecast.sources.statline_metadata import Chooser, Selection
from indforecast.sources.statline_odata import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.sources.quarters import QuarterRead
    from indforecast.sources.statline_json import Record
    from indforecast.sources.statline_odata import Dialect, Dimension
    from indforecast.sources.statline_table import TableDescription
    from indforecast.sources.understanding import Dropped

COUNT: Final = "count.txt"
_WHOLE: Final = re.compile(r"\s*([0-9]{1,12})\s*", re.ASCII)
_AGAIN: Final = "Fetch it again; if it stays, StatLine's service has changed."


@dataclass(frozen=True)
class TableRead:
    """All that a download says.

    Parameters
    ----------
    api : str
        Version of the protocol.
    edition : Edition
        Which one it is.
    selection : Selection
        How it was understood.
    rows : tuple of Row
        By series and month.
    quarters : tuple of QuarterRead
        What the months must add up to.
    dropped : tuple of Dropped
        Months of a wanted series without a figure, by record.
    remarks : tuple of str
        What else a reader should know.
    """

    api: str
    edition: Edition
    selection: Selection
    rows: tuple[Row, ...]
    quarters: tuple[QuarterRead, ...]
    dropped: tuple[Dropped, ...]
    remarks: tuple[str, ...]


def page_name(entity: str, page: int) -> str:
    """Name of an answer in a bundle."""
    return f"{entity}-{page:04d}.json"


def selected(
    records: Mapping[str, list[Record]], dialect: Dialect, words: TableDescription, name: str
) -> Selection:
    """How a table's own description is understood.

    Parameters
    ----------
    records : mapping of str to list
        Per entity; every dimension's codes among them.
    dialect : Dialect
        Version of the protocol.
    words : TableDescription
        What is expected.
    name : str
        The download or service, for messages.

    Raises
    ------
    InputError
        If they do not fit.
    """
    dimensions, measures = dialect.described(records, name)
    _apart([one.identifier for one in dimensions], name)
    with_codes = [_with_codes(one, records, dialect, name) for one in dimensions]
    return Chooser(words, f"{name}: table {words.table}").select(with_codes, measures)


def read_table(answers: Mapping[str, bytes], words: TableDescription, name: str) -> TableRead:
    """Understand a whole download.

    Parameters
    ----------
    answers : mapping of str to bytes
        By name, see :func:`page_name`.
    words : TableDescription
        What is expected.
    name : str
        The download, for messages.

    Raises
    ------
    InputError
        If a page is missing, a column or code is gone, or a figure is none.
    """
    dialect = next((one for one in DIALECTS.values() if page_name(one.edition, 1) in answers), None)
    if dialect is None:
        raise InputError(f"'{name}' holds no description of a StatLine table.", hint="Fetch it again.")
    quoted = f"'{name}'"
    first = page_name(dialect.edition, 1)
    edition = edition_of(parsed(answers[first], f"{quoted}, {first}"), dialect, words, f"{quoted}, {first}")
    records = {entity: _whole_entity(answers, entity, dialect, quoted) for entity in dialect.structure}
    for dimension in dialect.described(records, quoted)[0]:
        entity = dialect.codes_entity(dimension.identifier)
        records[entity] = _whole_entity(answers, entity, dialect, quoted)
    selection = selected(records, dialect, words, quoted)
    figures = _whole_entity(answers, dialect.figures, dialect, quoted)
    _check_count(answers, len(figures), edition, dialect, quoted)
    reading = Reading(selection, words, f"{quoted}, {dialect.figures}")
    for at, record in enumerate(figures, start=1):
        reading.take(record, at, dialect)
    rows, remarks = reading.result()
    return TableRead(
        api=dialect.api,
        edition=edition,
        selection=selection,
        rows=rows,
        quarters=reading.quarters(),
        dropped=tuple(reading.dropped),
        remarks=(*selection.remarks, *remarks),
    )


def _whole_entity(answers: Mapping[str, bytes], entity: str, dialect: Dialect, name: str) -> list[Record]:
    """Records of all pages, known to be all of them."""
    found: list[Record] = []
    page = 1
    while (member := page_name(entity, page)) in answers:
        answer = parsed(answers[member], f"{name}, {member}")
        found += records_of(answer, f"{name}, {member}")
        if next_page(answer, dialect.next_link, f"{name}, {member}") is None:
            if page_name(entity, page + 1) in answers:
                raise InputError(f"{name} has a page after the last one of {entity}, page {page}.", hint=_AGAIN)
            return found
        page += 1
    raise InputError(f"{name} lacks page {page} of {entity}.", hint=_AGAIN)


def _with_codes(
    dimension: Dimension, records: Mapping[str, list[Record]], dialect: Dialect, name: str
) -> Dimension:
    entity = dialect.codes_entity(dimension.identifier)
    codes = tuple(dialect.code(record, f"{name}, {entity}") for record in records[entity])
    _apart([code.key for code in codes], f"{name}, {entity}")
    return replace(dimension, codes=codes)


def _apart(identifiers: list[str], name: str) -> None:
    for identifier, count in Counter(identifiers).items():
        if count > 1:
            raise InputError(f"{name} names '{shown(identifier)}' twice.", hint=_AGAIN)


def _check_count(
    answers: Mapping[str, bytes], records: int, edition: Edition, dialect: Dialect, name: str
) -> None:
    """The service's own count, where it gave one; a count of the whole table is none of the question."""
    content = answers.get(f"{dialect.figures}-{COUNT}")
    if content is None:
        return
    match = _WHOLE.fullmatch(content.decode("utf-8-sig", errors="replace"))
    if match is None or int(match[1]) in (records, edition.cells):
        return
    raise InputError(
        f"{name} holds {records:,} records of {dialect.figures} where StatLine counts {int(match[1]):,}: a page is"
        " missing or came twice.",
        hint=_AGAIN,
    )
