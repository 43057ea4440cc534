"""How ``workbooks/`` was made: the table of ``benchmarks.delivery_files`` written by programs that are not ours.

Run where XlsxWriter (3.3.1; 3.2.9 for merged cells), openpyxl (3.1.5) and odfpy (1.4.1) are installed; the tests
need none of them.
"""

import sys
from datetime import date, datetime
from pathlib import Path

from benchmarks.delivery_files import MONTHS, nationalities_below_streams, streams_across, typed

FOLDER = Path(__file__).with_name("workbooks")
#: The merged cells of ``nationalities_below_streams``.
MERGED = ("A1:A2", "B1:D1", "E1:F1")


def xlsxwriter_file(path, rows):
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 1)})
    sheet, month = book.add_worksheet("Data"), book.add_format({"num_format": "mmm-yy"})
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), month)
            elif value is not None:
                sheet.write(line, column, value)
    sheet.write_formula(6, 1, "=SUM(B4:B6)", None, 6163)
    hidden = book.add_worksheet("Geheim")
    hidden.hide()
    hidden.write(0, 0, "x")
    book.close()


def openpyxl_file(path, rows):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in rows:
        book.active.append(row)
    for line in range(4, 7):
        book.active.cell(line, 1).number_format = "mmmm yyyy"
    book.save(path)


def odfpy_file(path, rows):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book, table = OpenDocumentSpreadsheet(), Table(name="Data")
    for row in rows:
        line = TableRow()
        for value in row:
            kinds = {date: ("date", "datevalue"), int: ("float", "value"), str: ("string", "stringvalue")}
            kind, name = kinds.get(type(value), ("", ""))
            cell = TableCell(valuetype=kind, **{name: str(value)}) if kind else TableCell()
            if kind:
                cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))


def xlsxwriter_merged_file(path, rows):
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 1)})
    sheet = book.add_worksheet("Data")
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(line, column, value)
    for area in MERGED:
        first = area.split(":")[0]
        sheet.merge_range(area, rows[int(first[1:]) - 1][ord(first[0]) - 65])
    book.close()


def openpyxl_merged_file(path, rows):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in rows:
        book.active.append(row)
    for area in MERGED:
        book.active.merge_cells(area)
    book.save(path)


def odfpy_merged_file(path, rows):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    book, table = OpenDocumentSpreadsheet(), Table(name="Data")
    spans = {(0, 0): (2, 1), (0, 1): (1, 3), (0, 4): (1, 2)}
    covered = {(1, 0), (0, 2), (0, 3), (0, 5)}
    for at, row in enumerate(rows):
        line = TableRow()
        for column, value in enumerate(row):
            if (at, column) in covered:
                line.addElement(CoveredTableCell())
                continue
            kind, name = ("float", "value") if isinstance(value, int) else ("string", "stringvalue")
            high, wide = spans.get((at, column), (1, 1))
            cell = TableCell(
                valuetype=kind, numberrowsspanned=high, numbercolumnsspanned=wide, **{name: str(value)}
            )
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    plain = ["xlsxwriter.xlsx", "openpyxl.xlsx", "odfpy.ods"]
    merged = [name.replace(".", "_merged.") for name in plain]
    for name in sys.argv[1:] or plain + merged:
        below = typed(nationalities_below_streams())
        table = below if "_merged" in name else typed(streams_across(months=MONTHS))
        globals()[f"{name.split('.')[0]}_file"](FOLDER / name, table)
