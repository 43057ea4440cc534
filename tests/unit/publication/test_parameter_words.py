"""Names of parameters for readers: every part has a word, in both languages."""

from __future__ import annotations

import re
from datetime import date

import pytest

from indforecast.publication.context import Facts, ReportContext
from indforecast.publication.language import Language, texts
from indforecast.publication.method_section import made_section, parameter_name
from tests.unit.publication.factory import release_inputs, settings
from tests.unit.publication.test_answer_blocks import context as answered

#: Keys that settings choose freely: months, years, halves of years, days and names of cases.
CHOSEN = re.compile(r"^(\d{4}(-\d{2}){0,2}|\d{4}H[12]|june-2022|end-2021|November 2022, for 1 January 2023)$")


def named(path: str, code: str = "en") -> str:
    inputs = release_inputs()
    return parameter_name(ReportContext(Facts(inputs, {}, "r", date(2026, 2, 28), 1), Language(code)), path)


def test_every_part_of_every_path_has_a_word() -> None:
    streams = set(release_inputs().hierarchy.series_ids)
    without = {
        part
        for path, _ in settings().parameters()
        for part in path.split(".")[1:]
        if f"parameter.{part.partition('[')[0]}" not in texts()
        and f"parameter_group.{part}" not in texts()
        and part not in {"streams", *streams}
        and not CHOSEN.match(part)
    }
    assert without == set()


def test_every_unit_of_a_parameter_has_a_word() -> None:
    units = {item.unit for _, item in settings().parameters()}
    assert {unit for unit in units if f"parameter_unit.{unit}" not in texts()} == set()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (
            "planning.streams.asylum_first.tracks.dublin.share.2015-01",
            "First asylum applications: track, Dublin, share, from January 2015",
        ),
        ("planning.reception.residents.2023-09", "Reception: residents, September 2023"),
        ("planning.late.caps[1].eur", "Late decisions and courts: cap 1, amount"),
        (
            "planning.late.refusal_share.students.2022-01",
            "Late decisions and courts: share refused, students, from January 2022",
        ),
        ("planning.budget.law_input.2025", "Budget: budget law, input, 2025"),
        ("planning.hiring.groups.nareis.hires_per_month", "Hiring: group, nareis, hires a month"),
        ("planning.late.no_such_word", "planning.late.no_such_word"),
    ],
)
def test_a_name_is_put_together_from_the_path(path: str, name: str) -> None:
    assert named(path).replace("\u00a0", " ") == name


def test_the_last_section_says_what_was_proved() -> None:
    made = answered("en")
    record = {
        "forecast_origin": "2025-12", "settings_sha256": "a" * 64, "seeds": {}, "deliveries": [], "verdicts": [],
        "code": {"libraries": {}},
    }  # fmt: skip
    facts = Facts(made.facts.inputs, record, "r", date(2026, 2, 28), 1)
    (block,) = made_section(ReportContext(facts, Language("en"))).blocks
    assert [str(row[0]) for row in block.tables[-1].rows] == ["It balances", "Whole cents"]
