"""``indforecast plan complexity``: with and without a user's hours, and mistakes in them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from indforecast.cli_complexity import complexity
from indforecast.domain.errors import InputError
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with one release, without its report."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        publish(release_inputs(), folder)
    return folder


@pytest.fixture
def hours(tmp_path):
    """Four years of hours with a jump of a quarter in the third."""
    random = np.random.default_rng(1)
    level = np.log(30) + np.cumsum(0.003 + 0.008 * random.standard_normal(48)) + 0.03 * random.standard_normal(48)
    level[30:] += 0.25
    months = np.datetime64("2022-01", "M") + np.arange(48)
    rows = "".join(f"{m},asylum_first,2000,{2000 * np.exp(x):.0f}\n" for m, x in zip(months, level, strict=True))
    path = tmp_path / "hours.csv"
    path.write_text("month,series_id,decisions,hours\n" + rows, encoding="utf-8")
    return path


def ask(home, *arguments):
    result = CliRunner().invoke(complexity, list(arguments), obj=home, catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.stdout
    return result.stdout


def test_without_a_file_all_is_assumed_and_said_to_be(home):
    said = ask(home)
    assert "Whose uncertainty it is" in said
    assert "with today's hours" in said
    assert "Of the uncertainty in FTE of 2027, inflow is" in said
    assert "Assumed, not estimated, for: asylum_first" in said


def test_own_hours_are_estimated_and_the_jump_is_told(home, hours):
    said = ask(home, "--hours", str(hours))
    assert "asylum_first: 4" in said  # hours per case lately
    assert "jump in 2024-07" in said
    assert "Assumed, not estimated, for: asylum_repeat" in said


def test_a_script_gets_estimates_factors_and_shares(home, hours):
    content = json.loads(ask(home, "--hours", str(hours), "--json"))
    estimated = content["estimated"][0]
    assert estimated["series_id"] == "asylum_first"
    assert [jump["month"] for jump in estimated["jumps"]] == ["2024-07"]
    assert "asylum_first" not in content["assumed"]
    rows = content["plan_uncertainty"]
    of_one = [
        r["share"] for r in rows if (r["measure"], r["series_id"], r["year"]) == ("staffing_fte", "all", 2027)
    ]
    assert sum(of_one) == pytest.approx(1)
    assert {row["series_id"] for row in content["factors"]} >= {"asylum_first", "students"}
    assert json.loads(ask(home, "--hours", str(hours), "--json")) == content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"month,series_id,decisions,hours\n2024-01,asylum,1,2\n", "line 2: there is no stream 'asylum'"),
        (b"month,series_id,decisions,hours\n2024-01,students,1,2\n", "students has 1 months"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"x" * 5_000_001, "larger than 5,000,000 bytes"),
        (b"", "has no column month"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(home, tmp_path, content, told):
    path = tmp_path / "hours.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        ask(home, "--hours", str(path))


def test_a_file_that_is_not_there_is_said(home, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        ask(home, "--hours", str(tmp_path / "none.csv"))
