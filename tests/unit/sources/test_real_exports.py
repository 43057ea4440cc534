"""Whole files as publishers' sites and offices export them: see ``benchmarks.delivery_files``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import delivery_files as make
from indforecast.domain.errors import InputError
from indforecast.sources.file_drop import FileDrop

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "workbooks"
MERGED = {
    "years": (make.years_over_months(), ["A1:A2", "B1:C1"]),
    "streams": (make.nationalities_below_streams(), ["A1:A2", "B1:D1", "E1:F1"]),
    "lines": (make.year_once(), ["A2:A3", "A4:A5"]),
}


def counts(content: bytes, name: str = "f.csv", **words: str) -> dict[tuple[str, str], int]:
    frame = FileDrop(**words).read(content, name).frame
    return {(row.series_id, f"{row.period:%Y-%m}"): row.observed for row in frame.itertuples()}


def refusal(content: bytes | str, **words: str) -> str:
    with pytest.raises(InputError) as caught:
        FileDrop(**words).read(content.encode() if isinstance(content, str) else content, "f.csv")
    assert "\n" not in caught.value.message
    return str(caught.value)


@pytest.mark.parametrize("table", list(MERGED))
def test_merged_cells_say_in_workbooks_what_empty_ones_say_in_text(table: str) -> None:
    rows, areas = MERGED[table]
    as_text = counts(make.csv_file(rows))
    for write, name in ((make.xlsx_file, "f.xlsx"), (make.ods_file, "f.ods")):
        assert counts(write({"Data": make.typed(rows)}, merged=areas), name) == as_text
        assert counts(write({"Data": make.typed(rows)}), name) == as_text
    assert len(as_text) == {"years": 12, "streams": 15, "lines": 16}[table]


@pytest.mark.parametrize("name", ["xlsxwriter_merged.xlsx", "openpyxl_merged.xlsx", "odfpy_merged.ods"])
def test_merged_cells_of_other_programs_are_read(name: str) -> None:
    content = (GOLDEN / name).read_bytes()
    assert counts(content, name) == counts(make.csv_file(make.nationalities_below_streams()))


def test_a_header_of_two_lines_names_streams_and_nationalities() -> None:
    found = counts(make.csv_file(make.nationalities_below_streams()))
    assert {key: found[key, "2026-03"] for key, month in found if month == "2026-03"} == {
        "asylum_first.SYR": 275, "asylum_first.IRQ": 133, "asylum_first": 2121, "asylum_repeat.SYR": 12,
        "asylum_repeat": 141,
    }  # fmt: skip


def test_a_year_that_stands_once_is_told() -> None:
    content = make.csv_file(make.year_once())
    assert counts(content)["students", "2026-02"] == 1002
    told = FileDrop().understand(content, "f.csv")[1]
    assert told.remarks == ("labels that stand once for several lines: filled in 2 times",)


@pytest.mark.parametrize("write", [make.xlsx_file, make.ods_file])
def test_a_figure_that_is_merged_over_cells_is_nobodys(write) -> None:
    rows = [["Periode", "HASA", "Studie"], ["2026-01", 5, None], ["2026-02", 6, 7]]
    name = "f.xlsx"
    with pytest.raises(InputError, match="line 2, column B: the figure is merged over 2 cells"):
        FileDrop().read(write({"Data": rows}, merged=["B2:C2"]), name)
    with pytest.raises(InputError, match="line 2, column B: the figure is merged over 2 cells"):
        FileDrop().read(write({"Data": rows}, merged=["B2:B3"]), name)
    # What is stored below a merged cell is seen by nobody.
    rows[1] = ["2026-01", "x", 9]
    told = FileDrop().understand(write({"Data": rows}, merged=["B2:C2"]), name)[1]
    assert ("C", "hidden below a merged cell") in {(one.column, one.reason) for one in told.dropped}


@pytest.mark.parametrize("content", [make.statline(), make.statline(symbols=False)], ids=["with", "without"])
def test_statline_with_and_without_symbols(content: bytes) -> None:
    found = counts(content)
    assert found == {
        ("asylum_first", "2026-01"): 2120, ("asylum_first", "2026-02"): 2120,
        ("asylum_nareis", "2026-01"): 1555, ("asylum_nareis", "2026-02"): 1555,
        ("asylum_first.SYR", "2026-01"): 275, ("asylum_first.SYR", "2026-02"): 275,
        ("asylum_first.TUR", "2026-01"): 60, ("asylum_first.TUR", "2026-02"): 60,
        ("asylum_nareis.TUR", "2026-01"): 15, ("asylum_nareis.TUR", "2026-02"): 15,
    }  # fmt: skip
    told = FileDrop().understand(content, "f.csv")[1]
    assert told.publisher == "CBS"
    reasons = [one.reason for one in told.dropped]
    assert (reasons.count("another sex"), reasons.count("not given"), reasons[-1]) == (6, 2, "note")


def test_statline_as_it_is_shown_on_the_screen() -> None:
    assert counts(make.statline_as_shown()) == {
        ("asylum_first", "2026-01"): 2120, ("asylum_first", "2026-02"): 2000,
        ("asylum_first.SYR", "2026-01"): 275, ("asylum_first.SYR", "2026-02"): 260,
        ("asylum_nareis", "2026-01"): 1555, ("asylum_nareis", "2026-02"): 1490,
        ("asylum_nareis.SYR", "2026-02"): 700,
    }  # fmt: skip


def test_a_stream_is_named_without_its_months() -> None:
    told = FileDrop().understand(make.statline_as_shown(), "f.csv")[1]
    assert [one.label for one in told.series] == [
        "Eerste asielverzoeken", "SYR, Eerste asielverzoeken", "Nareizigers", "SYR, Nareizigers",
    ]  # fmt: skip


def test_a_breakdown_alone_is_no_total() -> None:
    only = make.statline().decode("utf-8-sig").replace("Totaal mannen en vrouwen", "Vrouwen")
    assert "has a header but no figures" in refusal(only)
    unnamed = make.statline().decode("utf-8-sig").replace('"Totaal mannen en vrouwen";"Totaal"', '"";"Totaal"')
    assert "column A: the line does not say of which sex" in refusal(unnamed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CBS\nPerioden;Eerste asielverzoeken (x 1 000)\n2026-01;5\n", "is not known to the mapping of CBS"),
        ("CBS\nPerioden;Eerste asielverzoeken\n;x 1 000\n2026-01;5\n", "line 3: 'x 1 000' says"),
        ("CBS, aantallen x 1 000\nPerioden;Eerste asielverzoeken\n2026-01;5\n", "line 1, above the table"),
        ("CBS\nPerioden;Eerste asielverzoeken\n2026-01;5\nIn duizendtallen\n", "line 4: 'In duizendtallen' says"),
    ],
)
def test_figures_in_thousands_are_refused_wherever_that_is_said(text: str, words: str) -> None:
    assert words in refusal(text)


def test_a_second_header_behind_an_empty_line_is_not_overlooked() -> None:
    text = ";HASA;Studie\n\nPeriode;Syrië;Syrië\n2026-01;1;2\n"
    assert "line 3, column B: 'Syrië' is a header below the header" in refusal(text)


def test_a_line_of_units_is_a_note() -> None:
    assert counts(b"CBS\nPerioden;Eerste asielverzoeken\n;aantal\n2026-01;5\n") == {("asylum_first", "2026-01"): 5}


def test_eurostat_tsv_has_its_dimensions_in_one_cell_and_flags_behind_figures() -> None:
    content = make.eurostat_tsv()
    found = counts(content, "estat.tsv")
    assert found["eurostat_first_time_applicants", "2026-01"] == 1120
    assert found["eurostat_subsequent_applicants.SYR", "2026-02"] == 280
    assert not [key for key in found if key[1] == "2026-03"]
    staged, told = FileDrop().understand(content, "estat.tsv")
    assert (staged.publisher, told.delimiter) == ("Eurostat", "tab")
    assert set(staged.frame["definition"]) == {"eurostat_first_time_applicant", "eurostat_subsequent_applicant"}
    assert "flags of the publisher beside figures: p 6" in told.remarks
    reasons = [one.reason for one in told.dropped]
    assert (reasons.count("another country"), reasons.count("remainder")) == (8, 2)


def test_eurostat_csv_says_itself_when_it_was_renewed() -> None:
    staged = FileDrop().read(make.eurostat_csv(), "f.csv")
    assert set(staged.frame["available_from"]) == {pd.Timestamp("2026-04-15")}
    assert counts(make.eurostat_csv())["eurostat_first_time_applicants.AFG", "2026-02"] == 35
    gone = make.eurostat_csv().replace(b",35,p,", b",35,z,")
    assert not [key for key in counts(gone) if key[0].endswith(".AFG")]
    for old, new in (
        (b",NL,", b",AT,"),
        (b"M,PER", b"A,PER"),
        (b",TOTAL,NL", b",Y18-34,NL"),
        (b",T,FRST", b",F,FRST"),
    ):
        assert "no figures below it" in refusal(make.eurostat_csv().replace(old, new))


@pytest.mark.parametrize("write", [make.xlsx_file, make.ods_file])
def test_eurostat_spreadsheets_have_a_table_per_sheet(write) -> None:
    content = write(make.eurostat_sheets(), merged=["B9:C9", "D9:E9"])
    staged, told = FileDrop().understand(content, "f.xlsx")
    assert counts(content, "f.xlsx") == {
        ("eurostat_first_time_applicants", "2026-02"): 2120, ("eurostat_first_time_applicants", "2026-03"): 1045,
        ("eurostat_first_time_applicants.SYR", "2026-02"): 275,
        ("eurostat_subsequent_applicants", "2026-02"): 2120, ("eurostat_subsequent_applicants", "2026-03"): 1045,
        ("eurostat_subsequent_applicants.SYR", "2026-02"): 550,
    }  # fmt: skip
    assert set(staged.frame["available_from"]) == {pd.Timestamp("2026-04-15")}
    assert set(staged.frame["source"]) == {
        "Eurostat migr_asyappctzm download: f.xlsx, sheet Sheet 1",
        "Eurostat migr_asyappctzm download: f.xlsx, sheet Sheet 2",
    }
    assert told.remarks == ("tables of 2 sheets: Sheet 1, Sheet 2", "not read, no table: Summary")


def test_old_office_files_are_refused_with_what_to_do() -> None:
    words = refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert "is an old (.xls) or password-protected Office file" in words
    assert "save it as .xlsx or .csv" in words
    assert "is a binary workbook (.xlsb)" in refusal(make.zipped({"xl/workbook.bin": "x"}))
    assert "is a web page or XML" in refusal("<html><table><tr><td>Periode</td></tr></table></html>")


def test_an_operator_may_say_whose_a_file_is() -> None:
    text = b"Periode;Nareizigers\n2026-01;1555\n"
    assert FileDrop().read(text, "f.csv").publisher == "IND"
    staged = FileDrop(chosen="cbs").read(text, "f.csv")
    assert staged.publisher == "CBS"
    assert set(staged.frame["source"]) == {"CBS StatLine download: f.csv"}
    assert "is not known to the mapping of CBS" in refusal(
        "IND\nPeriode;HASA;Nareizigers\n2026-01;5;6\n", chosen="cbs"
    )


def test_a_canonical_file_is_said_to_come_from_the_publisher_that_was_named() -> None:
    text = b"series_id,period,observed,available_from\nstudents,2026-01,5,2026-02-20\n"
    assert FileDrop().read(text, "f.csv").publisher == "file drop"
    assert FileDrop(chosen="cbs").read(text, "f.csv").publisher == "CBS"


@pytest.mark.parametrize("text", ["Periode;HASA\n2026-01;5\n", "series_id,period\n"])
def test_a_publisher_that_is_not_known_is_refused_with_those_that_are(text: str) -> None:
    words = refusal(text, chosen="nope")
    assert "'nope' is no publisher that is known" in words
    assert "Known are cbs, eurostat, ind." in words
