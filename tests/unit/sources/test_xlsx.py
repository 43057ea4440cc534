"""Sheets of XLSX as their XML says them; archives that would do harm are in ``test_archive``."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from benchmarks import delivery_files as make
from indforecast.domain.errors import InputError
from indforecast.sources.archive import Archive
from indforecast.sources.grid import Broken, Sheet
from indforecast.sources.limits import Stopwatch, TableLimits
from indforecast.sources.merged import Area
from indforecast.sources.xlsx import read_xlsx

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"


def workbook(rows: str = "", **parts: str) -> bytes:
    """A workbook whose first sheet has these rows; parts are replaced or added by name."""
    with zipfile.ZipFile(io.BytesIO(make.xlsx_file({"Data": [], "Ander": []}))) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name).decode() for name in archive.namelist()}
    members[SHEET] = str(members[SHEET]).replace("<sheetData></sheetData>", f"<sheetData>{rows}</sheetData>")
    names = {"book": BOOK, "styles": STYLES}
    members |= {names.get(name, name): content for name, content in parts.items()}
    return make.zipped(members)


def read(content: bytes) -> tuple[list[Sheet], list[str]]:
    return read_xlsx(Archive(content, "f.xlsx", TableLimits(), Stopwatch("f.xlsx", 60)), TableLimits())


def cells(rows: str, **parts: str) -> list[object]:
    return [cell for row in read(workbook(rows, **parts))[0][0].rows for cell in row.cells]


def row(*values: str) -> str:
    return f'<row r="1">{"".join(values)}</row>'


@pytest.mark.parametrize(
    ("xml", "cell"),
    [
        ('<c r="A1"><v>5</v></c>', 5),
        ('<c r="A1"><v>5.5</v></c>', 5.5),
        ('<c r="A1" t="n"><v>1E3</v></c>', 1000),
        ('<c r="A1" s="1"><v>45292</v></c>', date(2024, 1, 1)),
        ('<c r="A1" s="1"><v>45292.75</v></c>', date(2024, 1, 1)),
        ('<c r="A1" s="1"><v>0</v></c>', 0),
        ('<c r="A1" t="d"><v>2024-01-01</v></c>', "2024-01-01"),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A1" t="inlineStr"><is><t>a</t><rPh><t>x</t></rPh></is></c>', "a"),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', "a"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="A1"><f>1+1</f></c>', Broken("a formula without a stored value")),
        ('<c r="A1"><f>1+1</f><v></v></c>', Broken("a formula without a stored value")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Broken("the error #REF!")),
        ('<c r="A1" t="b"><v>1</v></c>', Broken("a logical value")),
    ],
)
def test_a_cell_is_the_value_that_was_stored(xml: str, cell: object) -> None:
    assert cells(row(xml)) == [cell]
    assert type(cells(row(xml))[0]) is type(cell)


def test_shared_texts_are_looked_up_and_must_be_there() -> None:
    rich = "<si><r><t>tw</t></r><r><t>ee</t></r><rPh><t>x</t></rPh></si>"
    texts = f'<sst xmlns="x"><si><t>een</t></si>{rich}</sst>'
    relations = (
        '<Relationships xmlns="x"><Relationship Id="rId1" Type="a/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="t" Type="a/sharedStrings" Target="/xl/texts.xml"/>'
        '<Relationship Id="out" Type="a/styles" Target="http://a.example/x" TargetMode="External"/>'
        "</Relationships>"
    )
    parts = {"xl/texts.xml": texts, "xl/_rels/workbook.xml.rels": relations}
    found = cells(row('<c r="A1" t="s"><v>1</v></c>', '<c r="B1" t="s"><v>0</v></c>'), **parts)
    assert found == ["twee", "een"]
    for place in ("2", "-1", "x"):
        with pytest.raises(InputError, match="line 1 names a text that is not there"):
            cells(row(f'<c r="A1" t="s"><v>{place}</v></c>'), **parts)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy\\-mm", True),
        ("mmm yy", True),
        ("[$-413]mmmm yyyy", True),
        ("dd/mm", True),
        ("General", False),
        ("0.00", False),
        ("h:mm", False),
        ("mm:ss", False),
        ('0 "dagen"', False),
        ("[Red]0", False),
        ("#,##0_);(#,##0)", False),
    ],
)
def test_a_number_is_a_day_where_its_format_shows_one(code: str, is_date: bool) -> None:
    quoted = code.replace('"', "&quot;")
    styles = (
        f'<styleSheet xmlns="x"><numFmts><numFmt numFmtId="164" formatCode="{quoted}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    found = cells(row('<c r="A1" s="1"><v>45292</v></c>', '<c r="B1" s="0"><v>45292</v></c>'), styles=styles)
    assert found == [date(2024, 1, 1) if is_date else 45292, 45292]


def test_days_may_count_from_1904() -> None:
    book = read(workbook())[0]
    assert [sheet.name for sheet in book] == ["Data", "Ander"]
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        text = archive.read(BOOK).decode()
    old = text.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert cells(row('<c r="A1" s="1"><v>43830</v></c>'), book=old) == [date(2024, 1, 1)]


def test_cells_and_lines_without_their_place_follow_each_other() -> None:
    sheet = read(workbook("<row><c><v>1</v></c><c><v>2</v></c></row><row r='4'><c r='C4'><v>3</v></c></row>"))[0][
        0
    ]
    assert [(one.line, one.cells) for one in sheet.rows] == [(1, (1, 2)), (4, (None, None, 3))]


@pytest.mark.parametrize("place", ["A2", "A0", "a1", "AAAA1", "1A", "A1:B1", ""])
def test_a_cell_that_says_it_stands_elsewhere_is_damage(place: str) -> None:
    with pytest.raises(InputError, match="says that it stands somewhere else"):
        cells(row(f'<c r="{place}"><v>1</v></c>'))


def test_merged_cells_are_known() -> None:
    content = make.xlsx_file({"Data": [["a", None], ["b", "c"]]}, merged=["A1:B1", "A2:A3"])
    assert read(content)[0][0].areas == (Area(1, 0, 1, 1), Area(2, 0, 3, 0))


@pytest.mark.parametrize("area", ["A1", "B1:A1", "A2:A1", "A1:A1:A1", "A1:XFD", "", "x" * 99])
def test_an_area_that_is_none_is_damage(area: str) -> None:
    with pytest.raises(InputError, match="is no area of merged cells"):
        read(make.xlsx_file({"Data": [["a"]]}, merged=[area]))


def test_hidden_sheets_are_named_and_not_read() -> None:
    content = make.xlsx_file({"Data": [["a"]], "Geheim": [["b"]]}, hidden=["Geheim"])
    sheets, hidden = read(content)
    assert ([sheet.name for sheet in sheets], hidden) == (["Data"], ["Geheim"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read(BOOK).decode().replace('state="hidden"', 'state="veryHidden"')
    assert read(workbook(book=book))[1] == ["Geheim"]
