"""``indforecast plan desks``: what is printed, what a script gets, what is said about a wrong surge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indforecast.cli_desks import desks
from indforecast.domain.errors import ConfigError, InputError, NotFound
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs

SURGE = """first = "2026-04"
months = { value = 2, unit = "months", assumption = "test" }
persons = { value = 20001, unit = "persons", assumption = "test" }
visits_per_person = { value = 1, unit = "per person", assumption = "test" }
documents_per_person = { value = 1, unit = "per person", assumption = "test" }
calls_per_person = { value = 0.5, unit = "per person", assumption = "test" }
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, without its report."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        publish(release_inputs(), folder)
    return folder


def ask(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(desks, list(arguments), obj=home)


def content(home: Path, *arguments: str) -> dict:
    found = ask(home, *arguments, "--json")
    assert found.exception is None
    return json.loads(found.stdout)


def test_months_bands_and_the_published_year(home):
    told = content(home, "--months", "12")
    assert [row["period"] for row in told["months"]][:2] == ["2026-01", "2026-02"]
    assert round(told["anchor_check"]["visits"]) == 446_930
    assert round(told["anchor_check"]["calls"]) == 620_530
    for row in told["months"]:
        for name, band in row.items():
            if name != "period":
                assert band["minimum"] <= band["medio"] <= band["maximum"]
    documents = {row["period"]: row["documents_handed_out"]["medio"] for row in told["months"]}
    assert max(documents, key=documents.get) == "2026-09"
    assert told["surge"] is None
    assert told["visits_by_stream"]["other"] == pytest.approx(told["rates"]["other_visits"], abs=1)


def test_the_table_reads_like_a_table_and_says_what_is_assumed(home):
    text = ask(home).stdout
    assert "% of these visits and" in text.splitlines()[1]
    assert "held constant" in text.splitlines()[1]
    assert "modelled streams only" in text.splitlines()[2]
    assert text.splitlines()[4].split()[:3] == ["month", "visits", "biometrics"]
    assert "most documents are handed out in 2026-09" in text
    assert "446,930 visits" in text
    assert "assumed" in text


def test_a_surge_of_the_settings_moves_to_the_first_month_or_where_it_is_put(home):
    calm = content(home)
    moved = content(home, "--surge", "ukraine_2022", "--surge-from", "2026-06")
    difference = [
        after["desk_visits"]["medio"] - before["desk_visits"]["medio"]
        for before, after in zip(calm["months"], moved["months"], strict=True)
    ]
    assert difference[:5] == pytest.approx([0] * 5, abs=0.2)
    assert difference[5:] == pytest.approx([6_790] * 7, abs=0.2)
    assert content(home, "--surge", "ukraine_2022")["surge"]["first"] == "2026-01"


def test_a_surge_from_a_file(home, tmp_path):
    file = tmp_path / "surge.toml"
    file.write_text(SURGE)
    told = content(home, "--surge", str(file))
    assert told["visits_by_stream"]["surge"] == 20_001
    assert "The surge brings 20,001 of these visits" in ask(home, "--surge", str(file)).stdout


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (None, NotFound, "There is no surge"),
        ("first = ", ConfigError, "is not TOML"),
        (SURGE.replace('"persons"', '"people"'), ConfigError, "line 3, field 'persons': unit must be 'persons'"),
        (SURGE.replace("value = 2,", "value = 0,"), ConfigError, "field 'months': must be above 0 months, got 0"),
        (SURGE.replace("2026-04", "2026-4"), ConfigError, "first must be a month"),
        (SURGE.replace("persons =", "person ="), ConfigError, "person"),
        (SURGE + "\xff", ConfigError, "is not"),
    ],
)
def test_a_wrong_surge_is_told(home, tmp_path, text, kind, said):
    file = tmp_path / "surge.toml"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))
    error = ask(home, "--surge", str(file)).exception
    assert isinstance(error, kind)
    assert said in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        ("2020-01", "it ends in 2020-10, before the first month"),
        ("2031-01", "it begins in 2031-01, after the last month"),
    ],
)
def test_a_surge_outside_the_horizon_is_refused(home, begins, said):
    error = ask(home, "--surge", "ukraine_2022", "--surge-from", begins).exception
    assert isinstance(error, InputError)
    assert said in error.message
    assert "2026-01 to 2030-12" in error.hint


def test_a_surge_in_part_outside_is_said_to_be(home):
    early = ask(home, "--surge", "ukraine_2022", "--surge-from", "2025-10").output
    assert "its months before 2026-01 are not forecast" in early
    late = ask(home, "--surge", "ukraine_2022", "--surge-from", "2026-10").output
    assert "its months after 2026-12 are not shown" in late
    later = ask(home, "--surge", "ukraine_2022", "--surge-from", "2028-10").output
    assert "The surge brings none of these visits, for it begins in 2028-10, after the months shown" in later


def test_the_share_held_constant_is_that_of_the_months_shown(home):
    told = content(home)
    visits = told["visits_by_stream"]
    assert told["held_constant"]["visits"] == pytest.approx(visits["other"] / sum(visits.values()), abs=1e-3)
    surged = content(home, "--surge", "ukraine_2022")["held_constant"]
    assert surged["visits"] < told["held_constant"]["visits"]


def test_options_that_make_no_sense_are_told(home):
    assert isinstance(ask(home, "--surge-from", "2026-03").exception, InputError)
    assert isinstance(ask(home, "--surge", "ukraine_2022", "--surge-from", "March").exception, InputError)
    assert isinstance(ask(home, "nothing").exception, NotFound)
