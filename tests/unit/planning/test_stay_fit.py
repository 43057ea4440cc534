"""Stays from counts: the truth is found again when there are counts enough, and its width when there are not."""

import numpy as np
import pytest

from indforecast.planning.residents import reception
from indforecast.planning.stay_fit import fit_stays
from indforecast.planning.stays import Stays

MONTHS = np.arange("2019-01", "2022-01", dtype="datetime64[M]")
ARRIVALS = 1500 + 900 * np.sin(np.arange(MONTHS.size) / 4)
FAMILY = np.full(MONTHS.size, 400.0)


def counted(every):
    truth = Stays(np.full(36, 12.0), np.full(36, 5.0), 3.0, np.full(36, 0.6))
    paths = reception(ARRIVALS[None], FAMILY[None], truth, residents=22_000, status_share=0.2)
    at = range(every - 1, 36, every)
    residents = {"2018-12": 22_000.0} | {str(MONTHS[t]): paths.residents[0, t] for t in at}
    shares = {"2018-12": 0.2} | {str(MONTHS[t]): (paths.status_holders / paths.residents)[0, t] for t in at}
    return residents, shares


def fitted(every):
    residents, shares = counted(every)
    return fit_stays(
        ARRIVALS, FAMILY, MONTHS, residents=residents, shares=shares, to_departure=3.0, opened="2018-12"
    )


def test_many_counts_find_the_truth_and_few_say_less():
    many, few = fitted(1), fitted(18)
    best = int(np.argmax(many.weights))
    assert (many.to_decision[best], many.to_housing[best], round(many.grant_share[best], 2)) == (12.0, 5.0, 0.6)

    def spread(fit):
        return np.sqrt(fit.mean(fit.to_housing**2) - fit.mean(fit.to_housing) ** 2)

    assert spread(many) < spread(few)
    assert few.weights.sum() == pytest.approx(1.0)


def test_counted_status_holders_say_how_long_a_home_takes():
    residents, shares = counted(18)

    def spread(known):
        fit = fit_stays(
            ARRIVALS, FAMILY, MONTHS, residents=residents, shares=known, to_departure=3.0, opened="2018-12"
        )
        return np.sqrt(fit.mean(fit.status_share**2) - fit.mean(fit.status_share) ** 2)

    assert spread(shares) < 0.8 * spread({"2018-12": shares["2018-12"]})


def test_paths_draw_points_by_weight_the_same_every_time():
    fit = fitted(18)
    points = fit.draw(2000, "2022-01-30")
    np.testing.assert_array_equal(points, fit.draw(2000, "2022-01-30"))
    assert fit.to_housing[points].mean() == pytest.approx(fit.mean(fit.to_housing), rel=0.01)
    assert fit.status_share[points].mean() == pytest.approx(fit.mean(fit.status_share), rel=0.01)


def test_nothing_counted_is_refused():
    with pytest.raises(ValueError, match="nothing was counted between 2019-01 and 2021-12"):
        fit_stays(
            ARRIVALS,
            FAMILY,
            MONTHS,
            residents={"2018-12": 1.0},
            shares={"2018-12": 0.2},
            to_departure=3.0,
            opened="2018-12",
        )
