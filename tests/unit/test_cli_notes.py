"""Remarks that planning commands share."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from indforecast.cli_notes import figure, footnote, made_by_other_code, marked, refuse_unknown
from indforecast.config import load_settings
from indforecast.publication import report
from indforecast.publication.code import code_version
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


def test_a_release_of_this_code_and_these_settings_is_not_remarked_on(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
    release = publish(replace(release_inputs(), code_version=code_version()), tmp_path)
    settings = load_settings()
    assert not made_by_other_code(release, settings)
    other = copy.deepcopy(release.manifest)
    other["inputs"]["settings_sha256"] = "0" * 64
    changed = replace(release, manifest=other)
    assert made_by_other_code(changed, settings)
    assert not made_by_other_code(changed, settings, own_file=True)  # figures are others on purpose
    other["inputs"]["code"]["source_sha256"] = "0" * 64
    assert made_by_other_code(changed, settings, own_file=True)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1_053_699_454.0, "EUR", "1,053.7"),
        (0.7224, "share", "0.722"),
        (1234.6, "FTE", "1,235"),
        (-2.0, "EUR", "0.0"),
    ],
)
def test_figures_are_short(value, unit, shown):
    assert figure(value, unit) == shown


def test_marks_and_their_footnote():
    simulated = frozenset({"students"})
    table = pd.DataFrame({"measure": ["decisions", "beds"], "series_id": ["asylum_first", "all"]})
    assert footnote(table, simulated) == ""  # the beds of all streams rest on published history
    assert footnote(table.assign(measure="decisions"), simulated).endswith("in the total, students")
    assert footnote(table.assign(series_id="students"), simulated) == "* history simulated, not validated"
    assert [marked(name, simulated) for name in ("students", "all", "asylum_first")] == [
        "students*", "all*", "asylum_first",
    ]  # fmt: skip
    assert marked("all", frozenset()) == "all"


def test_known_names_are_told_once():
    far = refuse_unknown("--stream", "xyz", ["students"], "stream")
    assert (far.message, far.hint) == ("--stream: unknown stream 'xyz'.", "Known: students.")
    near = refuse_unknown("--stream", "student", ["students"], "stream")
    assert near.message.endswith("did you mean 'students'?")
