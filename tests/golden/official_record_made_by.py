"""Makes ``official_record.csv``: our bands on the reference data as they were, and all scores by ``scoringrules``.

Run by hand, from the root: ``.venv/bin/python -m tests.golden.official_record_made_by``. Scores are not the
project's own: that is what they are compared with. Renew it when a change of models or of reference data is meant.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from indforecast.config import load_settings
from indforecast.domain.observations import History
from indforecast.evaluation.official_record import OWN_LEVELS
from indforecast.forecasting.official_replay import official_days, own_bands
from indforecast.reference.dataset import reference_frame
from indforecast.reference.official_vintages import official_record
from indforecast.vintages.triangle import Triangle

PATH = Path(__file__).with_name("official_record.csv")


def reference_histories() -> dict[date, History]:
    """The reference data as known on every day that the record needs."""
    settings = load_settings()
    rows = reference_frame().assign(delivery_id="d", publisher="p")
    rows = rows[rows["series_id"].isin(settings.hierarchy.series_ids)]
    triangle = Triangle(rows.reset_index(drop=True))
    return {day: triangle.as_of(day) for day in official_days(settings, triangle.vintages)}


def main() -> None:
    import scoringrules

    table = []
    for row, band in zip(
        official_record(),
        own_bands(official_record(), reference_histories(), load_settings()),
        strict=True,
    ):
        cells: dict[str, object] = {"target_year": row.target_year, "official_vintage": row.words}
        cells |= {f"own_{level}": value for level, value in zip(OWN_LEVELS, band.values, strict=True)}
        for alpha, stated in ((0.2, 80), (0.1, 90), (0.5, 50)):
            ends = band.at(alpha / 2), band.at(1 - alpha / 2)
            theirs = scoringrules.interval_score(row.outcome, row.minimum, row.maximum, alpha)
            ours = scoringrules.interval_score(row.outcome, *ends, alpha)
            cells |= {f"official_interval_score_{stated}": theirs, f"own_interval_score_{stated}": ours}
        table.append(cells)
    pd.DataFrame(table).to_csv(PATH, index=False, lineterminator="\n", float_format="%.10g")


if __name__ == "__main__":
    main()
