"""Terms by month of application: readings of the extension, the regulation's procedures, other streams."""

import numpy as np
import pytest

from indforecast.config import load_settings
from indforecast.planning.terms import terms_by_month

STREAMS = load_settings().planning.streams
MONTHS = np.array(["2022-03", "2022-04", "2023-12", "2024-01", "2024-12", "2025-01", "2026-06"], "datetime64[M]")


def asylum(reading):
    return STREAMS["asylum_first"].model_copy(update={"reading": reading})


@pytest.mark.parametrize(
    ("reading", "terms"),
    [
        ("as_applied", [6, 15, 15, 15, 15, 6, 6]),
        ("withdrawn_2024", [6, 15, 15, 6, 6, 6, 6]),
        ("six_months", [6, 6, 6, 6, 6, 6, 6]),
    ],
)
def test_the_extension_is_that_of_the_reading_in_force(reading, terms):
    np.testing.assert_array_equal(terms_by_month(asylum(reading), MONTHS, "general"), terms)
    np.testing.assert_array_equal(terms_by_month(asylum(reading), MONTHS), terms)


def test_what_notices_are_judged_by_today_is_the_reading_without_being_asked():
    assert STREAMS["asylum_first"].reading == STREAMS["asylum_repeat"].reading == "withdrawn_2024"


@pytest.mark.parametrize(
    ("track", "before", "since_june_2026"), [("safe_country", 6, 3), ("inadmissible", 6, 2), ("border", 1, 3)]
)
def test_the_regulations_procedures_have_their_own_terms_and_no_extension(track, before, since_june_2026):
    found = terms_by_month(
        asylum("as_applied"), np.array(["2023-05", "2026-05", "2026-06"], "datetime64[M]"), track
    )
    np.testing.assert_array_equal(found, [before, before, since_june_2026])


@pytest.mark.parametrize(
    ("stream", "months"),
    [("knowledge_migrants", 3), ("students", 2), ("naturalisation", 12), ("nareis_applications", 6)],
)
def test_streams_of_one_term_have_it_in_every_month(stream, months):
    np.testing.assert_array_equal(terms_by_month(STREAMS[stream], MONTHS), months)
