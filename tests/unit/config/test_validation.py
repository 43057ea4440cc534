"""Limits and severities of validation: what may be set, and what is said where it may not."""

from __future__ import annotations

import pytest

from indforecast.config import load_settings
from indforecast.config.validation import ADJUSTABLE, ValidationSettings
from indforecast.domain.errors import ConfigError


@pytest.fixture
def load(tmp_path):
    def read(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path).validation

    return read


def test_the_packaged_limits_name_every_severity_that_may_be_set():
    packaged = load_settings().validation
    assert set(packaged.severity) == set(ADJUSTABLE)
    assert (packaged.outlier_month_z, packaged.revision_persons, packaged.quarter_share) == (5.0, 25, 0.02)


def test_one_limit_and_one_severity_leave_the_others_as_packaged(load):
    mine = load('[validation]\nrevision_share = 0.5\n[validation.severity]\noutlier = "critical"\n')
    packaged = load_settings().validation
    severity = {**packaged.severity, "outlier": "critical"}
    assert mine == packaged.model_copy(update={"revision_share": 0.5, "severity": severity})


@pytest.mark.parametrize(
    ("text", "line", "field", "reason"),
    [
        ("[validation]\nrevision_share = 25\n", 2, "revision_share", "less than or equal to 10"),
        ("[validation]\n\noutlier_month_z = 1\n", 3, "outlier_month_z", "greater than or equal to 2"),
        ("[validation]\noutlier_history_months = 2.5\n", 2, "outlier_history_months", "must be a whole number"),
        ('[validation]\ntotal_share = "1 %"\n', 2, "total_share", "must be a number"),
        ("[validation]\noutlier_z = 5\n", 2, "outlier_z", "unknown field 'outlier_z'"),
        ('[validation.severity]\noutlier = "loud"\n', 2, "severity.outlier", "'critical', 'warning' or 'info'"),
        (
            '[validation]\nrevision_share = 0.5\n\n[validation.severity]\nperiod_filled = "warning"\n', 5,
            "severity.period_filled", "may not be set",
        ),
        ('[validation.severity]\nno_conflict = "info"\n', 2, "severity.no_conflict", "may not be set"),
        ('[validation.severity]\nno_conflict = "critical"\n', 2, "severity.no_conflict", "may not be set"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_file_line_and_field(load, text, line, field, reason):
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert f"mine.toml, line {line}, field 'validation.{field}'" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("name", [name for name in ValidationSettings.model_fields if name != "severity"])
def test_every_limit_has_a_range_on_both_sides(name):
    packaged = load_settings().validation.model_dump()
    for value in (-1, 1_000_000):
        with pytest.raises(ValueError, match=name):
            ValidationSettings.model_validate({**packaged, name: value})


def test_another_limit_is_another_hash_of_the_settings(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[validation]\nrevision_share = 0.5\n", encoding="utf-8")
    assert load_settings(path).sha256() != load_settings().sha256()
