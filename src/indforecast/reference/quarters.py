"""Quarters that CBS published, as a control on months from anywhere.

What belongs here: the embedded quarters as a table with the step they are rounded to. What does not: fitting
months to them (``estimates``), judging (``expectations``).
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from typing import Final

import pandas as pd

from indforecast.reference.facts import source_text
from indforecast.reference.figures import DEFINITIONS, quarter_totals

_ROUNDED: Final = re.compile(r"rounded to (\d+)")
#: What CBS rounds to where the table's own source column does not say: see the sources' README.
_USUAL: Final = 5


@cache
def published_quarters() -> pd.DataFrame:
    """CBS quarters: first applications from 2013-Q1, nareis arrivals from 2018-Q1, both up to 2024-Q2.

    Returns
    -------
    DataFrame
        ``series_id``; ``quarter``, its first month as datetime64[ns]; ``observed`` persons and ``rounding``, the
        step in persons, as int64; ``definition``, what is counted; ``source``.
    """
    rows = csv.DictReader(io.StringIO(source_text("cbs_asylum_quarterly.csv")))
    rounded = {row["quarter"]: _ROUNDED.search(row["source"]) for row in rows}
    totals = [(total, rounded[total.label.removeprefix("CBS quarter ")]) for total in quarter_totals()]
    return pd.DataFrame(
        {
            "series_id": [total.series_id for total, _ in totals],
            "quarter": pd.Series([total.periods[0] for total, _ in totals], dtype="datetime64[ns]"),
            "observed": pd.Series([total.observed for total, _ in totals], dtype="int64"),
            "rounding": pd.Series([int(found[1]) if found else _USUAL for _, found in totals], dtype="int64"),
            "definition": [DEFINITIONS[total.series_id] for total, _ in totals],
            "source": [total.label for total, _ in totals],
        }
    )
