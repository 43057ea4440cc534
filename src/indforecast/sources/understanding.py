"""What was understood of a file: shown before anything is stored.

What belongs here: the report's form, as data and as lines for a reader. What does not: understanding
(``published_table``, ``file_drop``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from indforecast.domain.periods import month_label

if TYPE_CHECKING:
    from indforecast.sources.protocol import StagedDelivery

_MOST_LINES: Final = 8


@dataclass(frozen=True)
class ColumnMeaning:
    """One column: its letter, its header as it stands there, what it was taken for."""

    column: str
    header: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line, cell or column that gives no row, with its reason and what stands there."""

    line: int
    column: str
    reason: str
    text: str


@dataclass(frozen=True)
class SeriesRead:
    """One series that was found: the label in the file, its key, definition and rows."""

    label: str
    series_id: str
    definition: str
    rows: int


@dataclass(frozen=True)
class Understanding:
    """How a file was read.

    Parameters
    ----------
    name, delivery_id, publisher : str
        The file and who published it.
    form : str
        ``canonical CSV``, ``delimited text``, ``XLSX`` or ``ODS``.
    encoding, delimiter, sheet : str
        Empty where the form has none.
    orientation : str
        ``long``, ``streams across`` or ``months across``.
    header_line : int
        Line of the header, from 1.
    columns : tuple of ColumnMeaning
        Every column with a meaning.
    numbers : str
        Which marks were found in numbers.
    known_from : str
        Where the day from which rows are known comes from.
    rows : int
        Rows of the staged delivery.
    first_month, last_month : str
        ``YYYY-MM``.
    months : int
        Different months.
    series : tuple of SeriesRead
        In order of first appearance.
    dropped : tuple of Dropped
        Everything that was left out.
    remarks : tuple of str
        What else a reader should know.
    """

    name: str
    delivery_id: str
    publisher: str
    form: str
    orientation: str
    header_line: int
    columns: tuple[ColumnMeaning, ...]
    numbers: str
    known_from: str
    rows: int
    first_month: str
    last_month: str
    months: int
    series: tuple[SeriesRead, ...]
    dropped: tuple[Dropped, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All of it, for a program."""
        return asdict(self)

    def lines(self) -> list[str]:
        """All of it that a reader can take in; long lists are cut and counted."""
        form = ", ".join(
            part
            for part in (
                self.form,
                self.encoding,
                f"delimiter {self.delimiter}" if self.delimiter else "",
                f"sheet '{self.sheet}'" if self.sheet else "",
            )
            if part
        )
        found = [
            self.name,
            f"  form       {form}",
            f"  table      {self.orientation}, header in line {self.header_line}",
            f"  publisher  {self.publisher}",
            f"  known from {self.known_from}",
            f"  numbers    {self.numbers}",
            f"  rows       {self.rows:,} of {len(self.series)} series, {_counted(self.months, 'month')}"
            f" from {self.first_month} to {self.last_month}",
            "  columns",
            *_cut(
                [f"    {one.column:<3} {one.header or '(no header)'}  ->  {one.meaning}" for one in self.columns]
            ),
            "  series",
            *_cut(
                [
                    f"    {one.label}  ->  {one.series_id} ({one.definition}), {_counted(one.rows, 'row')}"
                    for one in self.series
                ]
            ),
        ]
        if self.dropped:
            reasons = Counter(one.reason for one in self.dropped)
            counted = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
            found.append(f"  left out   {counted}")
            found += _cut(
                [
                    f"    line {one.line}{', column ' + one.column if one.column else ''}: {one.reason}"
                    + (f" '{one.text}'" if one.text else "")
                    for one in self.dropped
                ]
            )
        return found + [f"  remark     {remark}" for remark in self.remarks]


def summary(staged: StagedDelivery, labels: dict[str, str]) -> dict[str, Any]:
    """What every understanding says of the rows.

    Parameters
    ----------
    staged : StagedDelivery
        The rows.
    labels : dict
        The file's words by ``series_id``.
    """
    frame = staged.frame
    counted = frame.groupby("series_id", sort=False).agg(rows=("row", "size"), definition=("definition", "first"))
    return {
        "name": staged.name,
        "delivery_id": staged.delivery_id,
        "publisher": staged.publisher,
        "rows": len(frame),
        "first_month": month_label(frame["period"].min()),
        "last_month": month_label(frame["period"].max()),
        "months": int(frame["period"].nunique()),
        "series": tuple(
            SeriesRead(labels.get(str(key), str(key)), str(key), str(definition), int(count))
            for key, count, definition in counted.itertuples()
        ),
    }


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES + 1:
        return lines
    return [*lines[:_MOST_LINES], f"    and {len(lines) - _MOST_LINES:,} more"]
