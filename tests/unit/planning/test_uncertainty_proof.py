"""Shares of uncertainty add up to one, or are all nothing."""

import pandas as pd
import pytest

from indforecast.planning.uncertainty_proof import shares_add_up


def table(*shares):
    rows = [("beds", "all", 2026 + place // 2, f"s{place % 2}", share) for place, share in enumerate(shares)]
    return pd.DataFrame(rows, columns=["measure", "series_id", "year", "source_of_uncertainty", "share"])


def test_one_or_nothing_holds():
    proof = shares_add_up(table(0.7, 0.3, 0.0, 0.0))
    assert proof.holds
    assert proof.looked_at == 2


@pytest.mark.parametrize(("second", "error"), [(0.29, 0.01), (0.35, 0.05)])
def test_a_share_that_is_missing_or_double_is_seen(second, error):
    proof = shares_add_up(table(0.7, second, 0.5, 0.5))
    assert proof.largest_error == pytest.approx(error)
    assert not proof.holds


def test_shares_of_different_years_and_measures_are_not_added():
    one = table(0.7, 0.3)
    assert shares_add_up(pd.concat([one, one.assign(measure="open_cases")])).holds
