from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from indforecast.publication.calibration import judge


def table(**changes: object) -> pd.DataFrame:
    row = {
        "series_id": "a", "kind": "month", "horizon_band": "all", "probability": 0.8, "hit_rate": 0.8,
        "targets": 100, "published_targets": 0.5, "hit_rate_published": 0.8, "validated": True,
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


@pytest.mark.parametrize(
    ("official", "word"),
    [(0.63, "narrow"), (0.7499, "narrow"), (0.75, "right"), (0.85, "right"), (0.8501, "wide"), (1.0, "wide")],
)
def test_official_figures_decide_where_there_are_enough(official: float, word: str) -> None:
    found = judge(table(hit_rate_published=official), "a", "month", "all")
    assert found is not None
    assert (found.word, found.rate, found.official, found.probability) == (word, 0.8, official, 0.8)


def test_with_few_official_figures_all_outcomes_decide() -> None:
    found = judge(table(hit_rate=17 / 17, targets=17, published_targets=0.0), "a", "month", "all")
    assert found is not None
    assert found.word == "wide"
    assert np.isnan(found.official)
    few = judge(table(published_targets=0.29, hit_rate_published=0.1), "a", "month", "all")
    enough = judge(table(published_targets=0.30, hit_rate_published=0.1), "a", "month", "all")
    assert few is not None
    assert enough is not None
    assert (few.word, enough.word) == ("right", "narrow")


def test_what_was_not_validated_is_not_judged() -> None:
    assert judge(table(validated=False), "a", "month", "all") is None
    assert judge(table(hit_rate=np.nan), "a", "month", "all") is None
    assert judge(table(), "b", "month", "all") is None
