"""What ``what-if`` refuses and remarks on, and which of its figures it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indforecast.cli import main
from indforecast.publication import report
from indforecast.publication.release import publish
from tests.unit.publication.factory import release_inputs


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, without its report."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render_report", lambda *given, **about: "<p></p>")
        publish(release_inputs(), folder)
    return folder


def ask(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), "what-if", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--inflow", "asylum_first=999999999999"), "999,999,999,999 cases a month are not plausible"),
        (("--inflow", "students=99999999"), "more than 200,000 is refused"),
        (("--inflow", "students=+99999999"), "not plausible"),
        (("--inflow", "asylum_first=+9000%"), "on the highest 1 in 100 paths are not plausible"),
        (("--inflow", "students=+5000%", "--inflow", "students=+5000%"), "not plausible"),
        (("--decisions", "asylum_first=300000"), "300,000 cases a month are not plausible"),
        (("--inflow", "students=-120%"), "nothing can fall by more than 100 per cent"),
        (("--hours", "students=0"), "a case would take 0 hours"),
        (("--hours", "students=-100%"), "a case would take 0 hours"),
        (("--hours", "students=-900"), "a case would take 0 hours"),
        (("--hours", "students=501"), "a case would take 501 hours"),
        (("--hires", "asylum=-5"), "hires cannot be negative"),
        (("--hires", "asylum=+10%"), "nothing to take per cent of"),
        (("--hires", "asylum=601"), "more than 600 is refused, 20 times your hiring capacity"),
        (("--grants", "all=1.2"), "a share lies between 0 and 1"),
        (("--grants", "all=-0.9"), "a share lies between 0 and 1"),
        (("--grants", "all=+500%"), "a share lies between 0 and 1"),
        (("--housing", "all=0.5"), "1 to 240 is plausible"),
        (("--housing", "all=-99%"), "1 to 240 is plausible"),
    ],
)
def test_what_no_service_will_see_is_refused_in_a_sentence(home, capsys, arguments, told):
    code, out, err = ask(home, capsys, *arguments)
    assert code == 2
    assert told in err
    assert "Traceback" not in err + out


def test_what_is_known_is_listed_once(home, capsys):
    err = ask(home, capsys, "--inflow", "xyz=5")[2]
    assert err.count("knowledge_migrants") == 1


def test_hires_above_capacity_are_remarked_on(home, capsys):
    code, out, _ = ask(home, capsys, "--hires", "asylum=31@2026-03:2026-03")
    assert code == 0
    assert "31 is above your hiring capacity of 30 a month" in out
    assert "above your hiring capacity" not in ask(home, capsys, "--hires", "asylum=30@2026-03:2026-03")[1]


def test_a_figure_that_would_fall_below_0_is_remarked_on(home, capsys):
    out = ask(home, capsys, "--inflow", "students=-100000")[1]
    assert "it would fall below 0 everywhere; it is 0 there" in out
    told = json.loads(ask(home, capsys, "--inflow", "students=-1700", "--json")[1])
    assert "% of the months on all paths; it is 0 there" in told["remarks"][0]
    assert json.loads(ask(home, capsys, "--inflow", "students=-50%", "--json")[1])["remarks"] == []


def test_main_measures_by_default_and_all_on_request(home, capsys):
    main_ones = ask(home, capsys, "--inflow", "asylum_first=+20%")[1]
    every = ask(home, capsys, "--inflow", "asylum_first=+20%", "--all")[1]
    heads = [
        [line for line in out.splitlines() if line and line[0].isupper() and line.endswith(")")]
        for out in (main_ones, every)
    ]
    assert len(heads[0]) <= 9 < len(heads[1])
    assert set(heads[0]) < set(heads[1])
    assert "--all shows them" in main_ones
    assert "--all shows them" not in every


def test_no_row_rounds_to_zero_and_money_is_in_millions(home, capsys):
    out = ask(home, capsys, "--inflow", "students=+1", "--all")[1]
    rows = [line.partition("->")[2].split()[1:] for line in out.splitlines() if "->" in line]
    assert rows
    assert all(any(mark in "123456789" for mark in "".join(row)) for row in rows)
    out = ask(home, capsys, "--inflow", "asylum_first=+20%")[1]
    after = out.split("worked away (million EUR)\n")[1].splitlines()[0]
    assert len(after.split("->")[1].split()[0].replace(",", "").partition(".")[2]) == 1


def test_simulated_history_and_other_code_are_said(home, capsys):
    _, out, err = ask(home, capsys, "--inflow", "students=+20%")
    assert out.count("* history simulated, not validated") == 1
    assert "made by other code (or settings)" in err
    assert "made by other code" not in out
    assert json.loads(ask(home, capsys, "--inflow", "students=+20%", "--json")[1])["made_by_other_code"] is True
    # beds come from streams whose history is published
    assert "simulated" not in ask(home, capsys, "--housing", "all=3.2", "--measure", "beds")[1]


def test_more_inflow_and_more_in_term_is_explained(home, capsys):
    def share(out):
        rows = json.loads(out)["yearly"]
        return [row["difference_medio"] for row in rows if row["series_id"] == "all"]

    asked = ("--measure", "share_in_term", "--json")
    # Students are decided within their term, whatever comes in; those of a full queue are not.
    assert max(share(ask(home, capsys, "--inflow", "students=+50%", *asked)[1])) > 0.001
    sentence = "More inflow, and yet a higher share in term"
    assert sentence in ask(home, capsys, "--inflow", "students=+50%")[1]
    assert sentence not in ask(home, capsys, "--inflow", "students=+50%", "--measure", "beds")[1]
    assert sentence not in ask(home, capsys, "--inflow", "students=-50%")[1]
    assert sentence not in ask(home, capsys, "--hours", "asylum_first=20")[1]
