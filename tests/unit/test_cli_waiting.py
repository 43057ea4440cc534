"""``indforecast plan waiting``: what an applicant is told, what a script gets, and mistakes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from indforecast.cli_waiting import waiting
from indforecast.domain.errors import ConfigError, InputError
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
    result = CliRunner().invoke(waiting, list(arguments), obj=home, catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_an_applicant_is_told_by_when_and_what_is_not_known(home):
    said = ask(home, "--month", "2026-03").stdout
    assert "asylum_first, who apply in 2026-03" in said
    for track in ("all", "dublin", "safe_country", "general"):
        assert f"\n{track} " in said
    assert "Half of them have" in said
    assert "Assumed:" in said


def test_what_lies_beyond_the_model_is_said_and_not_clipped(home, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[planning.terms]\nrun_on_months = { value = 0, unit = "months", assumption = "only what is forecast" }\n',
        encoding="utf-8",
    )
    said = ask(home, "--month", "2030-06", "--track", "general", "--config", str(own)).stdout
    assert "after 2030-12" in said
    assert "so how long half of them wait is not known" in said


def test_who_applied_before_is_asked_about_as_still_waiting(home):
    said = ask(home, "--month", "2025-10", "--track", "general").stdout
    assert "applied and still waiting in 2025-10" in said
    assert "dublin" not in said


def test_the_capacity_held_is_named_and_another_one_answered(home):
    said = ask(home, "--month", "2026-03").stdout
    assert "Capacity is held at 1,510 decisions a month, the figure of May 2025." in said
    assert "(--decisions " in said
    content = json.loads(ask(home, "--month", "2026-03", "--decisions", "3000", "--json").stdout)
    assert content["capacity"] == {"decisions_a_month": 1510, "since": "2025-05"}
    assert content["second_capacity"]["decisions_a_month"] == 3000

    def half(tracks):
        return next(q["months_waited"] for q in tracks["all"]["quantiles"] if q["quantile_level"] == 0.5)

    assert half(content["second_capacity"]["tracks"]) < half(content["tracks"])
    same = json.loads(ask(home, "--month", "2026-03", "--decisions", "1510", "--json").stdout)
    assert same["second_capacity"]["tracks"] == same["tracks"]


def test_a_stream_decided_within_set_months_has_no_capacity(home):
    with pytest.raises(InputError, match="students is decided within set months"):
        ask(home, "--stream", "students", "--decisions", "2000")
    said = ask(home, "--stream", "students").stdout
    assert "students*" in said
    assert "* history simulated, not validated" in said
    assert "Capacity is held" not in said


def test_a_month_that_is_decided_is_said_to_be(home):
    assert "nobody who applied in 2019-01 still waits" in ask(home, "--month", "2019-01").stdout


@pytest.mark.parametrize("stream", ["nareis_applications", "students", "naturalisation"])
def test_a_script_gets_the_distribution(home, stream):
    content = json.loads(ask(home, "--stream", stream, "--json").stdout)
    assert content["stream"] == stream
    assert content["still_open"] is False
    told = content["tracks"]["all"]
    shares = list(told["decided_by_month"].values())
    assert shares == sorted(shares)
    assert shares[-1] + told["share_beyond"] == pytest.approx(1, abs=2e-4)
    for quantile in told["quantiles"]:
        assert quantile["censored"] == (quantile["months_waited"] is None) == (quantile["decided_by"] is None)


def test_another_reading_of_the_law_is_one_line_of_toml(home, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[planning.streams.asylum_first]\nreading = "as_applied"\n', encoding="utf-8")
    asked = ("--month", "2024-12", "--track", "general", "--json")
    today, before = (json.loads(ask(home, *asked, *more).stdout) for more in ((), ("--config", str(own))))
    assert (today["reading"], before["reading"]) == ("withdrawn_2024", "as_applied")
    assert today["tracks"]["general"]["term_months"] == 6
    assert before["tracks"]["general"]["term_months"] == 15
    assert today["tracks"]["general"]["quantiles"] == before["tracks"]["general"]["quantiles"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--stream", "asylum_frist"), "did you mean 'asylum_first'"),
        (("--stream", "asylum_nareis"), "unknown stream 'asylum_nareis'"),
        (("--month", "March"), "'March' is not a month"),
        (("--month", "2199-01"), "lies after the release's last month"),
        (("--track", "dubln"), "did you mean 'dublin'"),
    ],
)
def test_a_mistake_is_one_sentence_with_a_hint(home, arguments, words):
    with pytest.raises(InputError, match=words) as caught:
        ask(home, *arguments)
    assert caught.value.hint


def test_a_wrong_share_names_file_line_and_field(home, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        "[planning.streams.asylum_first.tracks.dublin.share]\n"
        '"2026-01" = { value = 20, unit = "share", source = "ours" }\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"own\.toml, line 2, field .*dublin\.share.*between 0 and 1"):
        ask(home, "--config", str(own))
