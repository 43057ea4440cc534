"""``indforecast plan terms``: tracks, terms and readings, and mistakes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from indforecast.cli_terms import terms
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


def ask(home, *arguments):
    result = CliRunner().invoke(terms, list(arguments), obj=home)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_tracks_are_shown_with_their_terms_and_years(home):
    said = ask(home)
    assert "reading withdrawn_2024" in said
    assert "2 from 2026-06" in said
    for track in ("all", "dublin", "general"):
        assert f"\n{track:<14} 2026" in said
    assert "Other readings of the law: as_applied, six_months" in said
    assert "Assumed:" in said


def test_the_header_has_the_laws_own_dates_and_explains_the_reading(home):
    said = ask(home)
    assert "  general        6, 15 from 2022-04, 6 from 2024-01\n" in said
    assert "  border         1, 3 from 2026-06\n" in said
    assert "2023-07" not in said  # the oldest open cohort is no date of the law
    assert "Reading withdrawn_2024: applications from 2022-04 on have 9 months more:" in said
    told = json.loads(ask(home, "--json", "--reading", "six_months"))
    assert told["law"]["general"] == [{"from": None, "months": 6}]
    assert told["law"]["inadmissible"] == [{"from": None, "months": 6}, {"from": "2026-06", "months": 2}]


def test_another_reading_makes_fewer_cases_late(home):
    today, before = (json.loads(ask(home, "--json", *more)) for more in ((), ("--reading", "as_applied")))
    assert today["readings"] == ["as_applied", "withdrawn_2024", "six_months"]
    late = [
        next(
            row["medio"]
            for row in content["yearly"]
            if (row["track"], row["measure"], row["year"]) == ("all", "newly_late", 2026)
        )
        for content in (today, before)
    ]
    assert late[1] >= late[0]
    assert 15 in before["terms"]["general"].values()


@pytest.mark.parametrize("stream", ["students", "naturalisation"])
def test_a_stream_of_one_track_has_one(home, stream):
    content = json.loads(ask(home, "--stream", stream, "--json"))
    assert list(content["terms"]) == ["all"]
    assert {row["track"] for row in content["yearly"]} == {"all"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--stream", "student"), "did you mean 'students'"),
        (("--reading", "as_aplied"), "did you mean 'as_applied'"),
        (("--stream", "students", "--reading", "as_applied"), "unknown reading"),
    ],
)
def test_a_mistake_is_one_sentence_with_a_hint(home, arguments, words):
    with pytest.raises(InputError, match=words) as caught:
        ask(home, *arguments)
    assert caught.value.hint
