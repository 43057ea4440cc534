"""Whole files, in the forms that people export."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import delivery_files as make
from indforecast.domain.errors import InputError
from indforecast.sources.file_drop import FileDrop
from indforecast.sources.limits import TableLimits

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "workbooks"
COUNTS = {
    ("asylum_first", "2026-01"): 2121, ("asylum_first", "2026-02"): 1998, ("asylum_first", "2026-03"): 2044,
    ("asylum_nareis", "2026-01"): 1554, ("asylum_nareis", "2026-02"): 1490, ("asylum_nareis", "2026-03"): 1602,
    ("asylum_repeat", "2026-01"): 133, ("asylum_repeat", "2026-02"): 120, ("asylum_repeat", "2026-03"): 141,
    ("students", "2026-01"): 1198, ("students", "2026-02"): 1010, ("students", "2026-03"): 987,
}  # fmt: skip
#: In the wide tables one figure is 'x'.
NOT_GIVEN = ("asylum_repeat", "2026-03")
DATED = make.typed(make.streams_across(months=make.MONTHS))


def counts(content, name="f.csv", **words):
    frame = FileDrop(**words).read(content, name).frame
    return {(row.series_id, f"{row.period:%Y-%m}"): row.observed for row in frame.itertuples()}


def refusal(content, name="f.csv", **words):
    with pytest.raises(InputError) as caught:
        FileDrop(**words).read(content, name)
    assert str(caught.value).startswith(f"'{name}'") or f"'{name}'" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("table", ["wide", "across", "long"])
def test_delimited_text_in_every_form_gives_the_same_counts(delimiter, encoding, table):
    rows = {"wide": make.streams_across(), "across": make.months_across(), "long": make.long()}[table]
    rows = [["Cijfers Syrië"], *rows]
    expected = COUNTS if table != "wide" else {key: value for key, value in COUNTS.items() if key != NOT_GIVEN}
    assert counts(make.csv_file(rows, delimiter, encoding)) == expected


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_workbooks_give_the_same_counts(kind):
    write = make.xlsx_file if kind == "xlsx" else make.ods_file
    wide = {key: value for key, value in COUNTS.items() if key != NOT_GIVEN}
    assert counts(write({"Data": DATED}), f"f.{kind}") == wide
    assert counts(write({"Data": make.typed(make.months_across())}), f"f.{kind}") == COUNTS
    assert counts(write({"Uitleg": [["lees dit"]], "Data": make.typed(make.long())}), f"f.{kind}") == COUNTS


@pytest.mark.parametrize("name", ["xlsxwriter.xlsx", "openpyxl.xlsx", "odfpy.ods"])
def test_workbooks_of_other_programs_are_read(name):
    wide = {key: value for key, value in COUNTS.items() if key != NOT_GIVEN}
    assert counts((GOLDEN / name).read_bytes(), name) == wide


def test_a_thousands_point_is_understood():
    assert counts(make.csv_file(make.streams_across(thousands=".")))["asylum_first", "2026-01"] == 2121


def test_what_was_understood_is_told():
    content = make.csv_file(make.streams_across(thousands="."), ";", "cp1252")
    staged, told = FileDrop().understand(content, "f.csv")
    assert (told.form, told.delimiter, told.orientation, told.header_line) == (
        "delimited text", "semicolon", "streams across", 3,
    )  # fmt: skip
    assert (told.publisher, told.numbers, told.rows, told.months) == ("IND", "thousands '.'", 11, 3)
    assert {(one.line, one.column, one.reason, one.text) for one in told.dropped} == {
        (1, "", "above the table", "Instroom per maand, IND"),
        (3, "F", "column: total", "Totaal"),
        (6, "C", "not given", "x"),
        (7, "", "total", "Totaal"),
        (8, "", "note", "Bron: IND, voorlopige cijfers"),
    }
    assert [(one.label, one.series_id, one.rows) for one in told.series][:2] == [
        ("Eerste asielaanvragen", "asylum_first", 3), ("Herhaalde asielaanvragen", "asylum_repeat", 2),
    ]  # fmt: skip
    assert len(staged.frame) == told.rows


def test_rows_carry_definition_source_and_line():
    frame = FileDrop().read(make.csv_file(make.long()), "maand.csv").frame
    assert frame["definition"].unique().tolist() == [
        "first_application_signed", "repeat_application", "nareis_arrival", "study_application",
    ]  # fmt: skip
    assert set(frame["source"]) == {"IND monthly export: maand.csv"}
    assert frame["row"].tolist() == list(range(2, 14))
    # The newest month is March: the whole file shows what was known twenty days after it.
    assert set(frame["available_from"]) == {pd.Timestamp("2026-04-20")}


@pytest.mark.parametrize(
    "line",
    [
        "Publicatiedatum: 22-04-2026",
        "Stand per 22 april 2026",
        "Published on;2026-04-22",
        "Peildatum;22-04-2026",
    ],
)
def test_a_day_above_the_table_is_when_it_was_known(line):
    content = line.encode() + b"\r\n" + make.csv_file(make.long())
    assert set(FileDrop().read(content, "f.csv").frame["available_from"]) == {pd.Timestamp("2026-04-22")}


def test_a_column_says_when_each_row_was_known():
    text = b"Maand;Stroom;Aantal;Peildatum\n2026-01;Studie;5;20-02-2026\n2026-01;HASA;6;\n"
    days = FileDrop().read(text, "f.csv").frame["available_from"]
    assert days.tolist() == [pd.Timestamp("2026-02-20"), pd.Timestamp("2026-02-20")]
    assert "not a day" in refusal(text.replace(b"20-02-2026", b"morgen"))


def test_nationalities_stand_below_their_stream():
    text = (
        "Periode;Soort;Nationaliteit;Aantal\n2026-01;Eerste aanvragen;Syrië;275\n"
        "2026-01;Eerste aanvragen;Totaal;2121\n"
        "2026-01;Eerste aanvragen;Overig;400\n"
    )
    assert counts(text.encode("cp1252")) == {
        ("asylum_first.SYR", "2026-01"): 275, ("asylum_first", "2026-01"): 2121,
    }  # fmt: skip
    assert "nationality 'Mars' is not known" in refusal(text.replace("Syrië", "Mars").encode())


def test_a_table_of_statline_is_told_by_its_words():
    text = (
        '"Asielverzoeken; nationaliteit"\n"Nationaliteit";"Perioden";"Eerste asielverzoeken (aantal)"\n'
        '"Syrisch";"2026 januari*";"275"\n"Totaal";"2026 januari*";"2120"\n"Totaal";"2026 1e kwartaal*";"6000"\n'
        '"Bron: CBS"\n'
    ).replace(" (aantal)", "")
    staged = FileDrop().read(text.encode(), "f.csv")
    assert staged.publisher == "CBS"
    assert counts(text.encode()) == {("asylum_first.SYR", "2026-01"): 275, ("asylum_first", "2026-01"): 2120}


def test_year_and_month_may_stand_apart():
    assert counts(b"Jaar;Maand;Studie\n2026;jan;5\n2026;2;6\n") == {
        ("students", "2026-01"): 5, ("students", "2026-02"): 6,
    }  # fmt: skip


@pytest.mark.parametrize("cell", ["", "x", "X", ".", "-", "–", ":", "n.b.", "n/a", "NaN", "…"])
def test_a_figure_that_is_not_given_is_never_zero(cell):
    staged, told = FileDrop().understand(f"Periode;Studie;HASA\n2026-01;{cell};5\n".encode(), "f.csv")
    assert staged.frame[["series_id", "observed"]].to_numpy().tolist() == [["asylum_repeat", 5]]
    assert [one.reason for one in told.dropped] == ["not given"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Periode;Foo\n2026-01;5\n", "line 1, column B: 'Foo' is not known to the mapping of IND. Known streams"),
        ("Periode;Stroom;Aantal\n2026-01;Foo;5\n", "line 2, column B: stream 'Foo' is not known"),
        ("Stroom;jan-26;feb-26\nFoo;5;6\n", "line 2, column A: stream 'Foo' is not known"),
        ("Periode;Studie\n2026-01;1.234\n", "line 2, column B: '#.###' may be thousands or a fraction"),
        ("Periode;Studie\n2026-01;12,5\n", "'##,#' is not a whole number"),
        ("Periode;Studie\n2026-01;vijf\n", "line 2, column B: 'vijf' is not a number"),
        ("Periode;Studie\n2026-13;5\n", "line 2, column A: '2026-13' is not a month"),
        ("Periode;Studie\n;5\n", "column A: '' is not a month"),
        ("Periode;Studie;Studenten\n2026-01;5;6\n", "column C: 'Studenten' is students, and so is column B"),
        ("Stroom;jan-26;2026-01\nStudie;5;6\n", "column C: '2026-01' is 2026-01, and so is column B"),
        ("Periode;Maand;Periode;Studie\n2026-01;1;2026-01;5\n", "means period, and so does column A"),
        ("Periode;Studie\n2026-01;2;121\n", "column C: a figure stands where the header has nothing"),
        ("Periode;Studie\n", "has a header but no figures below it"),
        ("Periode;Studie\n2026-01;x\n", "has a header but no figures below it"),
        ("<html><body>503</body></html>", "is a web page or XML, not a table"),
        ("alleen tekst\nzonder tabel\n", "no line is a header that any mapping knows"),
        (";;;\n", "is empty"),
    ],
)
def test_what_cannot_be_understood_is_one_sentence(text, words):
    assert words in refusal(text.encode())


def test_more_mistakes_are_counted():
    assert "(and 1 more like it)" in refusal(b"Periode;Studie\n2026-01;a\n2026-02;b\n")


def test_two_tables_in_one_workbook_are_refused_and_hidden_ones_not_read():
    book = {"Een": DATED, "Twee": DATED}
    assert "more than one table: sheets 'Een' and 'Twee'" in refusal(make.xlsx_file(book), "f.xlsx")
    for write in (make.xlsx_file, make.ods_file):
        told = FileDrop().understand(write(book, hidden=["Twee"]), "f.xlsx")[1]
        assert told.remarks == ("not read, hidden: Twee",)


def test_a_formula_is_its_stored_value_and_never_run():
    for write in (make.xlsx_file, make.ods_file):
        content = write({"Data": [["Periode", "Studie"], [date(2026, 1, 1), '=WEBSERVICE("http://a.example")']]})
        staged, told = FileDrop().understand(content, "f.xlsx")
        assert staged.frame["observed"].tolist() == [1]
        assert "cells with a formula: 1;" in told.remarks[0]


def test_publishers_that_fit_alike_are_refused(publishers):
    two = {"a": publishers["cbs"], "b": publishers["cbs"]}
    text = b"Periode;Eerste asielverzoeken\n2026-01;5\n"
    assert "fits the mappings of CBS and CBS" in refusal(text, publishers=two)


def test_limits_hold():
    assert "more than the 10 that are read" in refusal(
        make.csv_file(make.long()), export_limits=TableLimits(bytes=10)
    )
    for limits in (TableLimits(rows=3), TableLimits(cells=5), TableLimits(columns=2)):
        if limits.columns > 2:
            assert "more than" in refusal(make.csv_file(make.long()), export_limits=limits)
        for write in (make.xlsx_file, make.ods_file):
            assert "more than" in refusal(write({"Data": make.long()}), "f.xlsx", export_limits=limits)
    assert "was stopped" in refusal(make.csv_file(make.long()), export_limits=TableLimits(seconds=-1))


def test_sparse_tables_cannot_ask_for_more_places_than_cells():
    months = ";".join(f"{month}-{year}" for year in range(2000, 2010) for month in range(1, 13))
    text = f"Stroom;{months}\n" + "Studie;1\n" * 10
    assert "places for more than 1,000" in refusal(
        text.encode(), export_limits=TableLimits(cells=1_000, columns=200)
    )


def test_the_sample_export_says_what_the_sample_delivery_says():
    samples = Path(__file__).resolve().parents[3] / "samples"
    export, csv = samples / "2026-01-export.xlsx", samples / "2026-01.csv"
    said, meant = (
        FileDrop().read(path.read_bytes(), path.name).frame.drop(columns="row") for path in (export, csv)
    )
    pd.testing.assert_frame_equal(said, meant)
    made = counts(make.sample_export(csv.read_text(encoding="utf-8")), "f.xlsx")
    assert made == counts(export.read_bytes(), "f.xlsx")
