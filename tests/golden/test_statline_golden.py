"""Rows of two downloads of StatLine that are kept as they came; a change means that they are read differently."""

from pathlib import Path

import pytest

from indforecast.sources.statline import StatLine

FOLDER = Path(__file__).parent / "statline"
COLUMNS = ["series_id", "period", "observed", "definition", "available_from"]


@pytest.mark.parametrize("api", ["v4", "v3"])
def test_rows_are_the_ones_written_down(api):
    frame = StatLine().read((FOLDER / f"{api}.zip").read_bytes(), f"{api}.zip").frame
    assert frame[COLUMNS].to_csv(index=False, date_format="%Y-%m-%d") == (FOLDER / "rows.csv").read_text()
