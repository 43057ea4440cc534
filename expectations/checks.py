"""A check: one expectation with its severity and its words, and how it becomes a Great Expectations object.

What belongs here: the type, helper ("flag") columns, and the translation to a suite. What does not: what is
expected of a table (``delivery``, ``bands``) and how a suite is run (``runner``).

Great Expectations knows no gap, outlier or revision. Such a rule is computed as a column of booleans, named after
the check, and the built-in expectation "every value is true" is put on it: the verdict is still reached, counted
and documented by Great Expectations, and every rule is a pure function that a test can call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from indforecast.domain.disclosure import hidden_if_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import great_expectations as gx
    import pandas as pd

    from expectations.verdict import Severity

#: The helper column that tells rows apart in results; a file's line number need not be unique.
POSITION: Final = "position"

_MAX_QUOTED: Final = 40


@dataclass(frozen=True)
class Check:
    """One expectation.

    Parameters
    ----------
    name : str
        Stable key.
    severity : {"critical", "warning", "info"}
        Critical stops the cycle.
    description : str
        What is expected, as a reader of the page sees it.
    expectation : str
        Class in ``great_expectations.expectations``.
    arguments : mapping
        Its arguments; no value of the table may stand in them.
    complaint : tuple of (str, str)
        What follows the number of failing rows, for one row and for several.
    notes : str
        Why, and with which tolerance.
    locates : bool
        Whether the failing rows are where the fault is; false for what is absent.
    """

    name: str
    severity: Severity
    description: str
    expectation: str
    arguments: Mapping[str, Any]
    complaint: tuple[str, str] = ("row fails", "rows fail")
    notes: str = ""
    locates: bool = True


@dataclass(frozen=True)
class Prepared:
    """A table ready for its suite.

    Parameters
    ----------
    frame : DataFrame
        The table with helper columns, index ``0..n-1``, and its row numbers in ``row``.
    texts : mapping of str to Series
        For a check that explains itself: a sentence for each failing row, indexed as ``frame``. It holds series
        and months, never a count of persons.
    table_texts : mapping of str to str
        For a check on the table as a whole: what is wrong, if it is.
    missing : tuple of str
        Columns that are not there: then only the schema is judged.
    labels : Series, optional
        ``series_id: period`` of every row, for samples.
    """

    frame: pd.DataFrame
    texts: Mapping[str, pd.Series[str]] = field(default_factory=dict)
    table_texts: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    labels: pd.Series[str] | None = None


def flag_column(name: str) -> str:
    """The helper column of a flagged check; Data Docs show it as a heading."""
    return name.replace("_", " ")


def flagged(name: str, severity: Severity, description: str, notes: str = "", *, locates: bool = True) -> Check:
    """A check on a helper column of booleans."""
    return Check(
        name, severity, description, "ExpectColumnValuesToBeInSet",
        {"column": flag_column(name), "value_set": [True]}, notes=notes, locates=locates,
    )  # fmt: skip


def schema_checks(columns: Sequence[str]) -> tuple[Check, ...]:
    """One critical check per column: that it exists."""
    return tuple(
        Check(f"column_{column}_exists", "critical", f"The column '{column}' is there", "ExpectColumnToExist",
              {"column": column})
        for column in columns
    )  # fmt: skip


def with_severities(checks: Sequence[Check], severities: Mapping[str, Severity]) -> tuple[Check, ...]:
    """The checks with the severities that settings give them."""
    return tuple(replace(check, severity=severities.get(check.name, check.severity)) for check in checks)


def with_flags(frame: pd.DataFrame, texts: Mapping[str, pd.Series[str]]) -> pd.DataFrame:
    """The frame with one helper column per explained check, true where the check has nothing to say."""
    flags = {flag_column(name): ~frame.index.isin(found.index) for name, found in texts.items()}
    return frame.assign(**flags, **{POSITION: range(len(frame))})


def texts_at(found: Mapping[int, str]) -> pd.Series[str]:
    """Sentences by index of the row they are told at; also right when there are none."""
    import pandas as pd

    return pd.Series(list(found.values()), index=pd.Index(list(found), dtype="int64"), dtype=object)


def quoted(text: object) -> str:
    """Text from a file as it may stand in a message: short, printable, no figure, in quotation marks."""
    shown = hidden_if_number("".join(letter if letter.isprintable() else "?" for letter in str(text)))
    return f"'{shown[:_MAX_QUOTED]}…'" if len(shown) > _MAX_QUOTED else f"'{shown}'"


def build_suite(name: str, checks: Sequence[Check]) -> gx.ExpectationSuite:
    """The checks as a Great Expectations suite; imports Great Expectations."""
    import great_expectations as gx
    import great_expectations.expectations as library

    return gx.ExpectationSuite(
        name=name,
        expectations=[
            getattr(library, check.expectation)(
                **check.arguments,
                severity=check.severity,
                # The page shows the description alone, so severity and reason stand in it too.
                description=f"{check.description} ({check.severity}). {check.notes}".rstrip(),
                notes=check.notes or None,
                meta={"name": check.name},
            )
            for check in checks
        ],
    )
