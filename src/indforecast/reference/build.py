"""Make the reference data set from the embedded source tables.

``python -m indforecast.reference.build`` writes ``data/observations.csv``; ``--check`` only compares.

What belongs here: putting published, derived, estimated and simulated rows into one delivery.
What does not: how any of them comes about (``figures``, ``estimates``, ``simulated``).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.reference import figures, lags
from indforecast.reference.dataset import reference_csv, write_delivery
from indforecast.reference.estimates import asylum_vintages
from indforecast.reference.simulated import PROFILES, simulate

_TARGET = Path(__file__).parent / "data" / "observations.csv"


def build() -> bytes:
    """The data set, made anew.

    Returns
    -------
    bytes
        What ``dataset.reference_csv`` must return; the same bytes on every machine.
    """
    return write_delivery(pd.concat([_asylum(), _nationalities(), _simulated()], ignore_index=True))


def _asylum() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                row.series_id, row.period, row.observed, row.basis.value, figures.DEFINITIONS[row.series_id],
                row.source, pd.Timestamp(day),
            )
            for day, row in asylum_vintages()
        ],
        columns=list(DELIVERY_COLUMNS),
    )  # fmt: skip


def _nationalities() -> pd.DataFrame:
    table = figures.nationality_figures()
    return pd.DataFrame(
        {
            "series_id": table["series_id"],
            "period": table["period"],
            "observed": table["observed"],
            "basis": Basis.PUBLISHED.value,
            "definition": table["stream"].map(figures.DEFINITIONS),
            "source": "CBS 83102NED, rounded to 5",
            "available_from": [pd.Timestamp(lags.nationality_table(period)) for period in table["period"]],
        }
    )


def _simulated() -> pd.DataFrame:
    frames = []
    for profile in PROFILES:
        frame = simulate(profile)
        frame["series_id"] = profile.series_id
        frame["basis"] = Basis.SIMULATED.value
        frame["definition"] = figures.DEFINITIONS[profile.series_id]
        frame["available_from"] = [pd.Timestamp(lags.simulated(period)) for period in frame["period"]]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def main(arguments: list[str] | None = None) -> int:
    """Write the data set, or with ``--check`` say whether it is what the sources give (exit code 1 if not)."""
    parser = argparse.ArgumentParser(prog="python -m indforecast.reference.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    content = build()
    if parser.parse_args(arguments).check:
        same = _TARGET.exists() and content == reference_csv()
        sys.stdout.write(f"The data set {'is what' if same else 'differs from what'} the sources give.\n")
        return 0 if same else 1
    _TARGET.parent.mkdir(exist_ok=True)
    _TARGET.write_bytes(content)
    sys.stdout.write(f"{_TARGET.name}: {len(content.splitlines()) - 1} rows, {len(content)} bytes.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
