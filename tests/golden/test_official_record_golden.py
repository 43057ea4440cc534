"""The official record on the reference data, against scores of an independent library and bands as they were."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.config import load_settings
from indforecast.evaluation.official_record import OWN_LEVELS, OwnBand, record_table, tally
from indforecast.forecasting.official_replay import own_bands
from indforecast.reference.official_vintages import official_record
from tests.golden.official_record_made_by import PATH, reference_histories

GOLDEN = pd.read_csv(PATH)
QUANTILES = GOLDEN[[f"own_{level}" for level in OWN_LEVELS]].to_numpy()
NEWEST = date(2026, 2, 28)


def frozen() -> list[OwnBand]:
    return [OwnBand(tuple(row)) if not np.isnan(row).any() else OwnBand.none("no band") for row in QUANTILES]


@pytest.mark.parametrize("stated", [80, 90, 50])
@pytest.mark.parametrize("whose", ["official", "own"])
def test_interval_scores_are_those_of_an_independent_library(whose: str, stated: int) -> None:
    record = record_table(official_record(), frozen(), vintage=NEWEST)
    name = f"{whose}_interval_score_{stated}"
    np.testing.assert_allclose(record[name], GOLDEN[name], rtol=1e-9)


def test_the_rows_are_those_of_the_table_in_its_order() -> None:
    record = record_table(official_record(), frozen(), vintage=NEWEST)
    assert record["official_vintage"].tolist() == GOLDEN["official_vintage"].tolist()
    assert record["target_year"].tolist() == GOLDEN["target_year"].tolist()


def test_our_bands_are_what_they_were_and_what_held_is_counted() -> None:
    found = own_bands(official_record(), reference_histories(), load_settings())
    # Whole persons out of sums of a thousand draws: the last bits of a machine may move one draw past another.
    np.testing.assert_allclose([band.values for band in found], QUANTILES, rtol=0.01)
    counted = tally(record_table(official_record(), found, vintage=NEWEST))
    assert (counted.cases, counted.official_inside, counted.below) == (7, 2, 5)
    assert (counted.shared, counted.shared_official_inside, counted.shared_own_inside) == (6, 2, 6)
    reasons = [band.status for band in found[:2]]
    assert reasons == ["no band: no month was known of asylum_nareis"] * 2
