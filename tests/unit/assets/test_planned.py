"""What planning stages share: the case from a vintage's work tables, and tables kept with what they rest on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.house import House
from assets.planned import case_of, keep, proofs_of
from indforecast.domain.errors import NotFound
from indforecast.planning.proof import PROOF_COLUMNS
from tests.unit.publication.factory import history_frame, make_paths

VINTAGE = "2026-01"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Work tables of one vintage, as the stages before leave them."""
    house = House(home=str(tmp_path))
    stages = house.stages(VINTAGE)
    stages.write("history", history_frame())
    stages.write_json("history", {"vintage": "2026-01-30", "sha256": "h"})
    stages.write_paths("joint_paths", make_paths("2025-12", 6, 18))
    stages.write_json("forecast", {"sha256": "p" * 64})
    return house


def test_the_case_is_the_vintages_own_paths_and_history(house: House) -> None:
    case = case_of(house, house.stages(VINTAGE))
    paths = make_paths("2025-12", 6, 18)
    assert set(case.inflow) == set(case.hierarchy.base_ids)  # totals are sums and are left out
    np.testing.assert_array_equal(case.inflow["students"], paths.sel(series_id="students").to_numpy())
    np.testing.assert_array_equal(case.periods, np.datetime64("2026-01", "M") + np.arange(18))
    assert case.history is not None
    assert str(case.history.vintage) == "2026-01-30"
    assert case.history.periods[-1] == case.origin
    assert case.levels == house.settings().bands.levels
    assert case.settings == house.settings().planning


def test_tables_are_kept_with_their_proofs_and_the_paths_they_were_made_from(house: House) -> None:
    stages = house.stages(VINTAGE)
    table = pd.DataFrame({"period": pd.to_datetime(["2026-01-01"]), "places": [5.0]})
    proofs = pd.DataFrame([("balance", True, 0.0, "cases", 3, "Holds", "Klopt")], columns=list(PROOF_COLUMNS))
    version = keep(stages, "bed_plan", {"plan_places": table}, proofs)
    pd.testing.assert_frame_equal(stages.read("plan_places"), table)
    pd.testing.assert_frame_equal(stages.read(proofs_of("bed_plan")), proofs)
    about = stages.read_json("bed_plan")
    assert about["made_from"] == {"joint_paths": "p" * 64}
    assert version.value == f"{about['plan_places'][:16]}-{about['bed_plan_proofs'][:16]}"
    assert keep(stages, "bed_plan", {"plan_places": table}, proofs) == version
    assert keep(stages, "bed_plan", {"plan_places": table.assign(places=6.0)}, proofs) != version


def test_without_a_forecast_nothing_is_kept_as_made_from_it(tmp_path: Path) -> None:
    stages = House(home=str(tmp_path)).stages(VINTAGE)
    with pytest.raises(NotFound):
        case_of(House(home=str(tmp_path)), stages)
    with pytest.raises(NotFound):
        keep(stages, "bed_plan", {}, pd.DataFrame(columns=list(PROOF_COLUMNS)))
