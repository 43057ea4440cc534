"""A past question answered with what was known then, on the embedded figures."""

from datetime import date

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.forecasting.bed_foresight import answer_case, month_counted
from indforecast.forecasting.past_paths import past_days, paths_known_on
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

SETTINGS = load_settings()
JUNE = SETTINGS.planning.places.cases["june-2022"]


def answer(frame, case=JUNE):
    triangle = Triangle(frame.assign(delivery_id="", publisher=""))
    days = past_days(SETTINGS, triangle.vintages, case.known_until)
    return answer_case([triangle.as_of(day) for day in days], case, SETTINGS)


@pytest.fixture(scope="module")
def june():
    return answer(reference_frame())


def test_nothing_that_became_known_later_changes_the_answer(june):
    frame = reference_frame()
    later = frame["available_from"].dt.date > JUNE.known_until
    assert later.any()
    frame.loc[later, "observed"] = frame.loc[later, "observed"] * 3 + 1
    again = answer(frame)
    assert again.past.history.vintage <= JUNE.known_until
    np.testing.assert_array_equal(again.foreseen.reception.residents, june.foreseen.reception.residents)


def test_june_2022_as_the_model_would_have_seen_it(june):
    assert june.past.history.forecast_origin == np.datetime64("2022-05")
    low, middle, high = np.quantile(june.residents_on(JUNE.on), (0.1, 0.5, 0.9))
    told = "the golden value moved: say why in docs/methods/planning-beds.md"
    assert middle == pytest.approx(43_818, abs=250), told
    assert low < 51_805 < high
    assert np.median(june.places_on(JUNE.on)) == pytest.approx(middle / 0.96, abs=2)
    assert june.foreseen.reception.imbalance == 0


def test_the_end_of_2021_reaches_to_the_end_of_2023():
    case = SETTINGS.planning.places.cases["end-2021"]
    found = answer(reference_frame(), case)
    assert found.past.history.forecast_origin == np.datetime64("2021-12")
    medios = (39_229, 41_904, 40_551, 40_645)
    for (text, counted), medio in zip(case.came.items(), medios, strict=True):
        low, middle, high = np.quantile(found.residents_on(date.fromisoformat(text)), (0.1, 0.5, 0.9))
        assert middle == pytest.approx(medio, rel=0.01), "mend docs/methods/planning-beds.md as well"
        assert low < counted.value < high
    with pytest.raises(ValueError, match="lies outside"):
        found.residents_on(date(2021, 6, 1))


def test_paths_are_whole_persons_of_every_stream_that_needs_a_place():
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    histories = [triangle.as_of(day) for day in past_days(SETTINGS, triangle.vintages, date(2020, 6, 30))]
    past = paths_known_on(histories, ["asylum_first", "asylum_nareis"], SETTINGS, months=6, paths=50)
    assert list(past.inflow) == ["asylum_first", "asylum_nareis"]
    assert past.periods[0] == past.history.forecast_origin.astype("datetime64[M]") + 1
    for values in past.inflow.values():
        assert values.shape == (50, 6)
        assert np.all(values == np.round(values))


@pytest.mark.parametrize(
    ("day", "month"),
    [(date(2022, 12, 5), "2022-11"), (date(2023, 9, 25), "2023-09"), (date(2022, 6, 1), "2022-05")],
)
def test_a_count_early_in_a_month_is_of_the_month_before(day, month):
    assert month_counted(day) == np.datetime64(month)
