from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace

import pytest

from benchmarks import delivery_files as make
from indforecast.domain.errors import InputError
from indforecast.sources.archive import Archive
from indforecast.sources.file_drop import FileDrop
from indforecast.sources.limits import Stopwatch, TableLimits

GOOD = make.xlsx_file({"Data": make.typed(make.long())})
ODS = make.ods_file({"Data": make.typed(make.long())})
SHEET = "xl/worksheets/sheet1.xml"


def members(content=GOOD):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(old, new, content=GOOD, name=SHEET):
    parts = members(content)
    assert old in parts[name]
    return make.zipped({**parts, name: parts[name].replace(old, new, 1)})


def refusal(content, **limits):
    with pytest.raises(InputError) as caught:
        FileDrop(export_limits=TableLimits(**limits)).read(content, "f.xlsx")
    return str(caught.value)


def test_a_bomb_is_refused_before_it_is_inflated():
    bomb = make.zipped({**members(), "xl/media/zeros.bin": b"\0" * 20_000_000})
    assert len(bomb) < 50_000
    assert "would expand" in refusal(bomb)
    assert "would expand to" in refusal(GOOD, inflated_bytes=100)


def test_a_directory_that_lies_about_sizes_is_found_out():
    parts = members()
    sink = io.BytesIO(make.zipped({**parts, SHEET: parts[SHEET] + b" " * 100_000}))
    raw = bytearray(sink.getvalue())
    with zipfile.ZipFile(sink) as archive:
        size = archive.getinfo(SHEET).file_size
    raw = raw.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert "is damaged" in refusal(bytes(raw))


@pytest.mark.parametrize(
    "declared",
    [
        b"<!DOCTYPE a>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a [<!ENTITY e "x">]>',
    ],
)
@pytest.mark.parametrize(("content", "name"), [(GOOD, SHEET), (GOOD, "xl/workbook.xml"), (ODS, "content.xml")])
def test_a_document_type_is_refused(declared, content, name):
    assert "declares a document type" in refusal(changed(b"?>", b"?>" + declared, content, name))


def test_deep_nesting_is_refused():
    deep = b"<a>" * 100 + b"</a>" * 100
    assert "nests elements" in refusal(changed(b"<sheetData>", b"<sheetData>" + deep))


def test_too_many_members_sheets_and_double_names_are_refused():
    assert "members" in refusal(GOOD, entries=3)
    assert "more than 1 sheets" in refusal(make.xlsx_file({"A": [["x"]], "B": [["x"]]}), sheets=1)
    assert "more than 1 sheets" in refusal(make.ods_file({"A": [["x"]], "B": [["x"]]}), sheets=1)
    sink = io.BytesIO(GOOD)
    with zipfile.ZipFile(sink, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, "twice")
    assert "two members of one name" in refusal(sink.getvalue())


def test_encrypted_and_old_files_are_named():
    raw = bytearray(GOOD)
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    assert "is encrypted" in refusal(bytes(raw))
    assert "password-protected" in refusal(b"\xd0\xcf\x11\xe0" + b"\0" * 100)


@pytest.mark.parametrize("content", [GOOD[:200], GOOD[:-30], b"PK\x03\x04", make.zipped({"a.txt": "x"})])
def test_a_damaged_archive_is_one_sentence(content):
    assert "'f.xlsx'" in refusal(content)


def test_a_cell_far_away_costs_nothing():
    """Readers that lay a sheet out as a rectangle ask for half a terabyte here."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert "holds more than" in refusal(changed(b"</sheetData>", far))
    wide = b'<row r="900"><c r="XFD900"><v>1</v></c></row></sheetData>'
    assert "columns that are read" in refusal(changed(b"</sheetData>", wide))
    repeated = (
        b'table:number-rows-repeated="104857" table:style-name="x"><table:table-cell office:value-type="float" '
    )
    content = changed(
        b'table:number-rows-repeated="1048000"><table:table-cell ',
        repeated + b'office:value="1" ',
        ODS,
        "content.xml",
    )
    assert "columns that are read" in refusal(content)


def test_time_is_limited():
    archive = Archive(GOOD, "f.xlsx", TableLimits(), Stopwatch("f.xlsx", -1))
    with pytest.raises(InputError, match="was stopped"):
        archive.parse(SHEET, SimpleNamespace(start=print, text=print, end=print))
