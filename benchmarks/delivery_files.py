"""Deliveries in every form that is read, made from one table: for the fuzzer, the tests and the samples.

What belongs here: the smallest writers of each form, the same bytes each time. What does not: mutations
(``fuzz``).
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = str | int | float | date | None

#: Labels of streams with the figures of three months: invented, like ``samples/2026-01.csv``.
STREAMS: Final[Mapping[str, tuple[int, int, int]]] = {
    "Eerste asielaanvragen": (2121, 1998, 2044),
    "Herhaalde asielaanvragen": (133, 120, 141),
    "Nareis (inreis gezinsleden)": (1554, 1490, 1602),
    "Studenten": (1198, 1010, 987),
}
MONTHS: Final = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
_STATLINE: Final = ("2026 januari", "2026 februari")
_DUTCH: Final = ("januari 2026", "februari 2026", "maart 2026")
_STAMP: Final = (2026, 1, 1, 0, 0, 0)
_NS: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns"


def streams_across(*, thousands: str = "", months: Sequence[Value] = _DUTCH) -> list[list[Value]]:
    """Months down and streams across, with a title, a total, a figure that is not given and a note."""

    def count(figure: int) -> str:
        return f"{figure:,}".replace(",", thousands)

    rows: list[list[Value]] = [["Instroom per maand, IND"], [], ["Periode", *STREAMS, "Totaal"]]
    for at, month in enumerate(months):
        figures = [column[at] for column in STREAMS.values()]
        rows.append([month, *map(count, figures), count(sum(figures))])
    rows[-1][2] = "x"
    rows.append(["Totaal", *(count(sum(column)) for column in STREAMS.values()), None])
    rows.append(["Bron: IND, voorlopige cijfers"])
    return rows


def months_across() -> list[list[Value]]:
    """Streams down and months across."""
    rows: list[list[Value]] = [["Stroom", "jan-26", "feb-26", "mrt-26"]]
    return [*rows, *([label, *map(str, figures)] for label, figures in STREAMS.items())]


def long() -> list[list[Value]]:
    """One row per month and stream."""
    rows: list[list[Value]] = [["Month", "Stream", "Applications"]]
    for label, figures in STREAMS.items():
        rows += [[f"{month:%Y-%m}", label, str(figure)] for month, figure in zip(MONTHS, figures, strict=True)]
    return rows


def years_over_months() -> list[list[Value]]:
    """Streams down and months across, the year once above its months; merge ``B1:C1`` and ``A1:A2``."""
    rows: list[list[Value]] = [["Stroom", 2025, None, 2026], [None, "nov", "dec", "jan"]]
    return [*rows, *([label, *map(str, figures)] for label, figures in STREAMS.items())]


def nationalities_below_streams() -> list[list[Value]]:
    """Months down, streams across and nationalities below them; merge ``A1:A2``, ``B1:D1`` and ``E1:F1``."""
    rows: list[list[Value]] = [["Periode", "Eerste asielaanvragen", None, None, "Herhaalde asielaanvragen", None]]
    rows.append([None, "Syrië", "Irak", "Totaal", "Syrië", "Totaal"])
    return [*rows, *([month, "275", "133", "2121", "12", "141"] for month in _DUTCH)]


def year_once() -> list[list[Value]]:
    """A year that stands once for its lines; merge ``A2:A3`` and ``A4:A5``."""
    return [
        ["Jaar", "Maand", *STREAMS],
        [2025, "november", "2121", "133", "1554", "1198"],
        [None, "december", "1998", "120", "1490", "1010"],
        [2026, "januari", "2044", "141", "1602", "987"],
        [None, "februari", "2100", "150", "1500", "1002"],
    ]


def statline(*, symbols: bool = True) -> bytes:
    """A table as StatLine's 'CSV met statistische symbolen' is laid out, or without symbols."""
    mark, none = ("*", ".") if symbols else ("", "")
    head = ["Geslacht", "Leeftijd", "Nationaliteit", "Perioden", "Eerste asielverzoeken (personen)"]
    lines = [["Asielverzoeken en nareizigers; nationaliteit, geslacht en leeftijd"], [""], [""]]
    lines.append([*head, "Nareizigers (personen)"])
    for sex in ("Totaal mannen en vrouwen", "Mannen"):
        for name, first, nareis in (("Totaal", "2120", "1555"), ("Syrisch", "275", none), ("Turks", "60", "15")):
            lines += [[sex, "Totaal", name, f"{month}{mark}", first, nareis] for month in _STATLINE]
    lines.append(["Bron: CBS"])
    return _quoted(lines, "utf-8-sig")


def statline_as_shown() -> bytes:
    """The same table as StatLine's 'CSV volgens tabelindeling' is laid out: lines of header as on the screen."""
    lines = [["Asielverzoeken en nareizigers; nationaliteit, geslacht en leeftijd"], [""], [""]]
    lines.append(["", "Geslacht", *["Totaal mannen en vrouwen"] * 4])
    lines.append(["", "Nationaliteit", "Totaal", "Totaal", "Syrisch", "Syrisch"])
    lines.append(["Onderwerp", "Perioden", *[f"{month}*" for month in _STATLINE] * 2])
    lines.append(["Eerste asielverzoeken", "personen", "2120", "2000", "275", "260"])
    lines.append(["Nareizigers", "personen", "1555", "1490", ".", "700"])
    lines.append(["Bron: CBS"])
    return _quoted(lines, "utf-8-sig")


def eurostat_tsv() -> bytes:
    """A table as Eurostat's TSV is laid out: all dimensions in the first cell, flags behind the figures."""
    lines = ["freq,unit,citizen,sex,applicant,age,geo\\TIME_PERIOD\t2026-01 \t2026-02 \t2026-03 "]
    for citizen, figure in (("TOTAL", 1120), ("SY", 275), ("TR", 60), ("EU27_2020", 5)):
        for applicant in ("FRST", "SSEQ"):
            lines += [
                f"M,PER,{citizen},T,{applicant},TOTAL,{geo}\t{figure + at} \t{figure + 5 + at} p\t: c"
                for at, geo in enumerate(("NL", "AT"))
            ]
    return "\n".join(lines).encode() + b"\n"


def eurostat_csv() -> bytes:
    """A table as Eurostat's linear CSV is laid out."""
    lines = [
        "DATAFLOW,LAST UPDATE,freq,unit,citizen,sex,applicant,age,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
    ]
    edition = "ESTAT:MIGR_ASYAPPCTZM(1.0),15/04/26 23:00:00,M,PER"
    for citizen, figure in (("TOTAL", 2120), ("AF", 35), ("SY", 275)):
        lines += [f"{edition},{citizen},T,FRST,TOTAL,NL,{month:%Y-%m},{figure},p," for month in MONTHS]
    return "\r\n".join(lines).encode() + b"\r\n"


def eurostat_sheets() -> dict[str, list[list[Value]]]:
    """Sheets as in Eurostat's spreadsheet; merge ``B9:C9`` and ``D9:E9``, a month with its flags."""
    sheets: dict[str, list[list[Value]]] = {
        "Summary": [["Asylum applicants by type - monthly data"], ["Contents"]]
    }
    for at, applicant in enumerate(("First-time applicant", "Subsequent applicant"), start=1):
        sheets[f"Sheet {at}"] = [
            ["Data extracted on 21/04/2026 09:15:36 from [ESTAT]"],
            ["Dataset: ", "Asylum applicants by type, citizenship, age and sex - monthly data [migr_asyappctzm]"],
            ["Last updated: ", "15/04/2026 23:00"],
            ["Time frequency", None, "Monthly"],
            ["Sex", None, "Total"],
            ["Applicant type", None, applicant],
            ["Geopolitical entity (reporting)", None, "Netherlands"],
            [],
            ["TIME", "2026-02", None, "2026-03", None],
            ["CITIZEN (Labels)", None, None, None, None],
            ["Total", 2120, None, 1045, "p"],
            ["Syria", 275 * at, None, ":", "c"],
            [],
            ["Special value"],
            [":", "not available"],
        ]
    return sheets


def _quoted(lines: Sequence[Sequence[str]], encoding: str) -> bytes:
    return "\r\n".join(";".join(f'"{cell}"' for cell in line) for line in lines).encode(encoding) + b"\r\n"


def typed(rows: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """The same with numbers as numbers, as a workbook holds them."""
    return [
        [int(cell) if isinstance(cell, str) and cell.isdigit() and len(cell) < 6 else cell for cell in row]
        for row in rows
    ]


def csv_file(rows: Sequence[Sequence[Value]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """Delimited text; a cell with the delimiter in it is quoted."""

    def cell(value: Value) -> str:
        text = "" if value is None else str(value)
        return f'"{text}"' if delimiter in text else text

    return "\r\n".join(delimiter.join(map(cell, row)) for row in rows).encode(encoding) + b"\r\n"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive with fixed times."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED if name != "mimetype" else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return sink.getvalue()


def xlsx_file(
    sheets: Mapping[str, Sequence[Sequence[Value]]], *, hidden: Sequence[str] = (), merged: Sequence[str] = ()
) -> bytes:
    """A workbook; dates carry the date format, a text that begins with ``=`` is a formula with stored value 1.

    ``merged`` names areas, such as ``B1:C1``, that are merged in every sheet.
    """
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    areas = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    names = list(sheets)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.worksheet+xml"/>'
        for at in range(1, len(names) + 1)
    )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
        for at, name in enumerate(names, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_REL}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
        f"{parts}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_NS}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
        f'<Relationship Id="rIdS" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_NS}"><fonts count="1"><font/></fonts><fills count="1"><fill>'
        "<patternFill/></fill>"
        '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs '
        'count="2"><xf numFmtId="0"/><xf numFmtId="17" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for at, rows in enumerate(sheets.values(), start=1):
        lines = "".join(_xlsx_row(line, row) for line, row in enumerate(rows, start=1))
        members[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{_NS}"><sheetData>{lines}</sheetData>{areas}</worksheet>'
        )
    return zipped({name: f'<?xml version="1.0" encoding="UTF-8"?>{text}' for name, text in members.items()})


def _xlsx_row(line: int, row: Sequence[Value]) -> str:
    cells = ""
    for column, value in enumerate(row):
        place = f"{chr(65 + column)}{line}"
        if isinstance(value, date):
            cells += f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        elif isinstance(value, int | float):
            cells += f'<c r="{place}"><v>{value}</v></c>'
        elif value is not None and value.startswith("="):
            cells += f'<c r="{place}"><f>{escape(value[1:])}</f><v>1</v></c>'
        elif value is not None:
            cells += f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<row r="{line}">{cells}</row>' if cells else ""


def sample_export(delivery: str) -> bytes:
    """A canonical CSV as a service would export it: Dutch words, dates, a title and a note.

    ``python -m benchmarks.delivery_files`` makes ``samples/2026-01-export.xlsx`` of ``samples/2026-01.csv``.
    """
    streams = {
        "asylum_first": "Eerste asielaanvragen", "asylum_repeat": "Herhaalde asielaanvragen",
        "asylum_nareis": "Nareis",
        "nareis_applications": "Nareisaanvragen", "knowledge_migrants": "Kennismigranten", "students": "Studie",
        "naturalisation": "Naturalisatieverzoeken",
    }  # fmt: skip
    countries = {
        "": "Totaal", "AFG": "Afghanistan", "ERI": "Eritrea", "IRQ": "Irak", "SOM": "Somalië",
        "SYR": "Syrië", "TUR": "Turkije", "YEM": "Jemen",
    }  # fmt: skip
    rows: list[list[Value]] = [["IND, instroom per maand: verzonnen cijfers"], []]
    rows.append(["Maand", "Soort", "Nationaliteit", "Aantal", "Basis", "Bron", "Peildatum"])
    for row in csv.DictReader(io.StringIO(delivery)):
        stream, _, code = row["series_id"].partition(".")
        month, day = date.fromisoformat(f"{row['period']}-01"), date.fromisoformat(row["available_from"])
        figures: list[Value] = [int(row["observed"]), row["basis"], row["source"], f"{day:%d-%m-%Y}"]
        rows.append([month, streams[stream], countries[code], *figures])
    return xlsx_file({"Data": [*rows, ["Geen van deze cijfers is gepubliceerd."]]})


def ods_file(
    sheets: Mapping[str, Sequence[Sequence[Value]]], *, hidden: Sequence[str] = (), merged: Sequence[str] = ()
) -> bytes:
    """A spreadsheet, with the million empty lines that programs write at the end of a sheet.

    ``merged`` names areas, such as ``B1:C1``, that are merged in every sheet.
    """
    spans = {place: span for area in merged for place, span in _spans(area).items()}
    tables = ""
    for name, rows in sheets.items():
        style = "ta2" if name in hidden else "ta1"
        cells = (
            "".join(_ods_cell(cell, spans.get((at, column))) for column, cell in enumerate(row))
            for at, row in enumerate(rows)
        )
        lines = "".join(f"<table:table-row>{line}</table:table-row>" for line in cells)
        tables += (
            f'<table:table table:name={quoteattr(name)} table:style-name="{style}">{lines}'
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
    names = " ".join(f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "table", "text", "style"))
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" '
        f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _spans(area: str) -> dict[tuple[int, int], tuple[int, int] | None]:
    """Per place (line and column from 0) of an area how many lines and columns its first cell spans, else None."""
    (left, top), (right, bottom) = ((ord(corner[0]) - 65, int(corner[1:]) - 1) for corner in area.split(":"))
    places = [(line, column) for line in range(top, bottom + 1) for column in range(left, right + 1)]
    covered = dict.fromkeys(places)
    return {**covered, (top, left): (bottom - top + 1, right - left + 1)}


def _ods_cell(value: Value, span: tuple[int, int] | None = None) -> str:
    if value is not None and span is not None:
        lines, columns = span
        spanned = f'table:number-rows-spanned="{lines}" table:number-columns-spanned="{columns}" '
        return _ods_cell(value).replace("<table:table-cell ", f"<table:table-cell {spanned}", 1)
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{value}"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    if value.startswith("="):
        return (
            f"<table:table-cell table:formula={quoteattr('of:' + value)} "
            'office:value-type="float" office:value="1">'
            "<text:p>1</text:p></table:table-cell>"
        )
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


if __name__ == "__main__":
    samples = Path(__file__).resolve().parents[1] / "samples"
    (samples / "2026-01-export.xlsx").write_bytes(sample_export((samples / "2026-01.csv").read_text("utf-8")))
