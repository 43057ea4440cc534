from __future__ import annotations

import base64

import numpy as np
import pandas as pd

from assets import exhibits


def test_a_table_shows_its_first_rows_and_counts_the_rest() -> None:
    frame = pd.DataFrame({"series_id": ["a", "b", "c"], "value": [1234.5, 0.25, 2]})
    text = exhibits.table(frame, rows=2).value
    assert text is not None
    assert text.splitlines()[:4] == ["| series_id | value |", "| --- | --- |", "| a | 1,234 |", "| b | 0.25 |"]
    assert "1 more rows" in text


def test_cells_cannot_break_the_table() -> None:
    text = exhibits.table(pd.DataFrame({"reason": ["a | b\nc"], "day": [pd.Timestamp("2026-01-01")]})).value
    assert text is not None
    assert text.splitlines()[2] == "| a \\| b c | 2026-01-01 |"


def test_an_empty_table_has_a_header() -> None:
    text = exhibits.table(pd.DataFrame({"a": []})).value
    assert text == "| a |\n| --- |"


def png_in(text: str | None) -> bytes:
    assert text is not None
    return base64.b64decode(text.split("base64,")[1].rstrip(")"))


def test_pictures_are_png_in_markdown() -> None:
    months = pd.date_range("2025-01-01", periods=6, freq="MS")
    frame = pd.DataFrame(
        {
            "series_id": np.repeat(["a", "b"], 6),
            "period": np.tile(months, 2),
            "observed": range(12),
            "minimum": 0.0,
            "medio": 1.0,
            "maximum": 2.0,
        }
    )
    for exhibit in (exhibits.lines(frame, value="observed", title="t"), exhibits.fans(frame, title="t")):
        assert png_in(exhibit.value).startswith(b"\x89PNG\r\n")
