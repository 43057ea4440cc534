"""How ``workbooks/`` was made: the table of ``benchmarks.delivery_files`` written by programs that are not ours.

Run where XlsxWriter (3.3.1), openpyxl (3.1.5) and odfpy (1.4.1) are installed; the tests need none of them.
"""

import sys
from datetime import date, datetime
from pathlib import Path

from benchmarks.delivery_files import MONTHS, streams_across, typed

FOLDER = Path(__file__).with_name("workbooks")


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


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    table = typed(streams_across(months=MONTHS))
    for name in sys.argv[1:] or ["xlsxwriter.xlsx", "openpyxl.xlsx", "odfpy.ods"]:
        globals()[f"{name.split('.')[0]}_file"](FOLDER / name, table)
