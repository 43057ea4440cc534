"""What may stand in ``[planning.funding]``."""

from __future__ import annotations

import pytest

from indforecast.config import load_settings
from indforecast.config.parameter import parameters_in
from indforecast.config.planning_funding import FundingPlanning
from indforecast.domain.errors import ConfigError


def refused(tmp_path, text):
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_settings(file)
    return str(raised.value)


def test_every_packaged_figure_has_its_origin():
    funding = load_settings().planning.funding
    assert all(p.source or p.assumption for _, p in parameters_in(funding))
    assert next(iter(funding.regimes)) == "yearly"
    assert list(funding.granted_before) == ["ind"]  # nothing here could be compared with what COA was granted
    ind = funding.granted_before["ind"].amounts
    assert [ind[year].value / 1e6 for year in sorted(ind)] == [866.4, 809.6, 453.0, 317.4, 317.4]


@pytest.mark.parametrize("levels", ["[]", "[0.5, 0.5]", "[0.9, 0.5]", "[0.0, 0.5]", "[0.5, 1.0]"])
def test_levels_of_certainty_rise_between_0_and_1(tmp_path, levels):
    said = refused(tmp_path, f"[planning.funding]\ncertainty = {levels}\n")
    assert "certainty must" in said
    assert "own.toml, line" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('review_month = { value = 13, unit = "month of the year", assumption = "x" }', "at most 12"),
        ('review_month = { value = 8.5, unit = "month of the year", assumption = "x" }', "whole number"),
        ('damping = { value = 1.5, unit = "share", assumption = "x" }', "between 0 and 1"),
        ('setting_share = { value = 1, unit = "share", assumption = "x" }', "leave paths on both sides"),
        ('forecast_months = { value = 0, unit = "months", assumption = "x" }', "above 0"),
    ],
)
def test_figures_out_of_range_are_refused(tmp_path, line, said):
    assert said in refused(tmp_path, f"[planning.funding]\n{line}\n")


def test_a_certainty_goes_with_the_amount_that_asks_for_it(tmp_path):
    text = '[planning.funding.regimes.fixed]\ncertainty = { value = 0.7, unit = "share", assumption = "x" }\n'
    assert "certainty must be given with first" in refused(tmp_path, text)


def test_the_first_regime_is_the_reference_and_cannot_rest_on_itself():
    funding = load_settings().planning.funding.model_dump()
    funding["regimes"]["yearly"]["first"] = "reference"
    with pytest.raises(ValueError, match="the first one is the reference"):
        FundingPlanning.model_validate(funding)
    with pytest.raises(ValueError, match="needs at least one"):
        FundingPlanning.model_validate({**funding, "regimes": {}})
