"""What may stand in ``[planning.hiring]``."""

from __future__ import annotations

from pathlib import Path

import pytest

from indforecast.config import load_settings
from indforecast.config.parameter import parameters_in
from indforecast.domain.errors import ConfigError


def refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_settings(file)
    return str(raised.value)


def test_every_packaged_figure_has_its_origin() -> None:
    hiring = load_settings().planning.hiring
    assert all(figure.source or figure.assumption for _, figure in parameters_in(hiring))
    assert 9 <= hiring.training_months.value <= 12
    assert set(hiring.groups) == {"asylum", "nareis", "regular", "naturalisation"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('training_months = { value = 9.5, unit = "months", assumption = "x" }', "whole number"),
        ('attrition_trained = { value = 1.5, unit = "share/year", assumption = "x" }', "at most 0.95"),
        ('attrition_trained = { value = 0.1, unit = "share", assumption = "x" }', "unit must be 'share/year'"),
        ('first_productive_month = { value = 15, unit = "months", assumption = "x" }', "must lie within training"),
        ('hire_cost = { value = -1, unit = "EUR/FTE", assumption = "x" }', "at least 0"),
        ('probability = { value = 80, unit = "share", assumption = "x" }', "between 0 and 1"),
        ('fit_paths = { value = 2, unit = "paths", assumption = "x" }', "at least 10"),
        ('attrition = { value = 0.1, unit = "share/year", assumption = "x" }', "attrition"),
    ],
)
def test_figures_out_of_range_are_refused(tmp_path: Path, line: str, said: str) -> None:
    told = refused(tmp_path, f"[planning.hiring]\n{line}\n")
    assert said in told
    assert "own.toml, line 2" in told or "own.toml, line 1" in told


def test_a_stream_has_one_group(tmp_path: Path) -> None:
    hires = '{ value = 5, unit = "FTE/month", assumption = "x" }'
    text = f'[planning.hiring.groups.more]\nstreams = ["naturalisation"]\nhires_per_month = {hires}\n'
    assert "in two are: naturalisation" in refused(tmp_path, text)


def test_a_users_figure_stands_before_ours(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        "[planning.hiring]\n"
        'yearly_cost = { value = 120000, unit = "EUR/FTE/year", source = "salary scales 2026" }\n'
        'training_months = { value = 12, unit = "months", source = "ours" }\n'
    )
    hiring = load_settings(file).planning.hiring
    assert hiring.training_months.value == 12
    assert hiring.yearly_cost is not None
    assert hiring.yearly_cost.value == 120_000
