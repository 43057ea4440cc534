"""A sample delivery of the month after the reference data, to try a second release with: invented figures.

``python -m indforecast.reference.sample`` writes ``samples/2026-01.csv`` in the current folder.

What belongs here: inventing that month near the recent level. What does not: anything that real figures are
made of.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.domain.periods import month_label
from indforecast.domain.seeds import generator_for
from indforecast.reference import lags
from indforecast.reference.dataset import reference_frame, write_delivery
from indforecast.reference.simulated import PROFILES

SAMPLE_MONTH = pd.Timestamp("2026-01-01")

_SOURCE = "sample delivery: invented figures"
_SPREAD = 0.06  # of the log, about as much as a quiet month differs from its neighbours


def build_sample(frame: pd.DataFrame | None = None) -> bytes:
    """The sample delivery.

    A stream with a strong season is placed near the same month a year earlier, any other near the mean of its
    last three months, each with seeded noise; nationalities are rounded to 5, as CBS does.

    Parameters
    ----------
    frame : DataFrame, optional
        Delivery frame to continue; the reference data set when omitted.

    Returns
    -------
    bytes
        Canonical CSV: every base stream and nationality once, basis ``simulated``.
    """
    history = reference_frame() if frame is None else frame
    newest = history.sort_values("available_from", kind="stable").groupby(["series_id", "period"], as_index=False)
    table = newest.last()
    seasonal = {profile.series_id for profile in PROFILES}
    rows = []
    for series_id, series in table[table["series_id"] != "asylum"].groupby("series_id"):
        months = series.set_index("period")["observed"]
        level = float(months.iloc[-3:].mean())
        if series_id in seasonal:
            level = float(months[SAMPLE_MONTH - pd.DateOffset(years=1)])
        noise = generator_for("reference", "sample", month_label(SAMPLE_MONTH), series_id).standard_normal()
        value = level * float(np.exp(_SPREAD * noise))
        observed = 5 * round(value / 5) if "." in str(series_id) else round(value)
        day = pd.Timestamp(lags.press(SAMPLE_MONTH))
        definition = series["definition"].iloc[-1]
        rows.append((series_id, SAMPLE_MONTH, observed, Basis.SIMULATED.value, definition, _SOURCE, day))
    return write_delivery(pd.DataFrame(rows, columns=list(DELIVERY_COLUMNS)))


def main(arguments: list[str] | None = None) -> int:
    """Write the sample into a folder."""
    parser = argparse.ArgumentParser(prog="python -m indforecast.reference.sample", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("samples"), help="default: samples")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{month_label(SAMPLE_MONTH)}.csv"
    target.write_bytes(build_sample())
    sys.stdout.write(f"{target}: invented figures to try a second month with.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
