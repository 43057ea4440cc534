"""Figures for desks and the control tower: packaged ones hold, wrong ones are told with file, line and field."""

from pathlib import Path

import pytest

from indforecast.config import load_settings
from indforecast.config.parameter import parameters_in
from indforecast.config.planning_desks import DesksPlanning
from indforecast.domain.errors import ConfigError


def test_every_packaged_figure_is_there_and_desks_without_any_have_no_anchors():
    planning = load_settings().planning
    assert len(list(parameters_in(planning.desks))) > 60
    assert len(list(parameters_in(planning.tower))) == 9
    assert DesksPlanning().anchors is None


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (
            '[planning.desks.phone]\nanswered_share = { value = 1.0, unit = "share", assumption = "x" }',
            "answered_share must be below 1",
        ),
        (
            '[planning.desks.phone]\npeak_calls_share = { value = 0.1, unit = "share", assumption = "x" }',
            "peak_calls_share must be at least",
        ),
        (
            '[planning.desks.desk]\nminutes_other = { value = 20, unit = "hours", assumption = "x" }',
            "line 2, field 'planning.desks.desk.minutes_other': unit must be 'minutes'",
        ),
        (
            "[planning.desks.drivers.student_decision]\nvisits_after = "
            '[{ value = 0.4, unit = "share", assumption = "x" }]',
            "visits_after must add up to 1",
        ),
        ('[planning.desks.surges.ukraine_2022]\nfirst = "spring"', "first must be a month"),
        ('[planning.desks.anchors]\nsurges = ["other"]', "names a surge that is not there"),
        (
            '[planning.tower.costs]\nmonths = { value = 2.5, unit = "months", assumption = "x" }',
            "must be a whole number of months",
        ),
        (
            '[planning.tower.costs]\nfloor = { value = 2, unit = "share", assumption = "x" }',
            "field 'planning.tower.costs.floor': is a share",
        ),
    ],
)
def test_a_wrong_figure_is_told(tmp_path: Path, toml: str, told: str):
    file = tmp_path / "mine.toml"
    file.write_text(toml)
    with pytest.raises(ConfigError) as error:
        load_settings(file)
    assert told in error.value.message
    assert "mine.toml" in error.value.message
