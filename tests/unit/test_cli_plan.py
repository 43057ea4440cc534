"""``indforecast plan show``: bands as published, or made anew with another settings file; and its group."""

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
    code = main(["--home", str(home), "plan", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_headlines_as_published(home, capsys):
    code, out, _ = ask(home, capsys, "show")
    assert code == 0
    assert "as published: all" in out
    assert "Reception beds (beds)" in out
    plan = release_inputs().tables["plan_yearly"]
    beds = plan[(plan["measure"] == "beds") & (plan["year"] == 2027)].iloc[0]
    after = out.split("Reception beds (beds)")[1]
    row = next(line for line in after.splitlines() if line.startswith("  2027"))
    assert [cell.replace(",", "") for cell in row.split()[1:6:2]] == [
        f"{beds[band]:.0f}" for band in ("minimum", "medio", "maximum")
    ]


def test_one_measure_of_one_stream_as_json(home, capsys):
    out = ask(home, capsys, "show", "--measure", "open_cases", "--stream", "asylum_first", "--json")[1]
    told = json.loads(out)
    assert told["stream"] == "asylum_first"
    assert {(row["measure"], row["series_id"]) for row in told["yearly"]} == {("open_cases", "asylum_first")}
    assert [row["year"] for row in told["yearly"]] == [2026, 2027, 2028, 2029, 2030]


def test_own_figures_make_the_plan_anew(home, capsys, tmp_path):
    own = tmp_path / "ours.toml"
    own.write_text(
        '[planning.reception]\noccupancy_norm = { value = 0.5, unit = "residents/bed", assumption = "Ours" }\n',
        encoding="utf-8",
    )
    asked = ("show", "--measure", "beds", "--measure", "residents", "--config", str(own))
    code, out, err = ask(home, capsys, *asked, "--json")
    assert code == 0, err
    rows = {(row["measure"], row["year"]): row["medio"] for row in json.loads(out)["yearly"]}
    assert rows["beds", 2027] == pytest.approx(rows["residents", 2027] / 0.5, abs=0.2)
    assert "made anew with" in ask(home, capsys, *asked)[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "--measure", "bed"), "beds"),
        (("show", "--stream", "asylum_frist"), "asylum_first"),
        (("show", "--measure", "beds", "--stream", "students"), "has none of: beds"),
        (("show", "2031"), "2031"),
    ],
)
def test_mistakes_are_told_with_what_is_known(home, capsys, arguments, told):
    code, out, err = ask(home, capsys, *arguments)
    assert code != 0
    assert told in err
    assert "Traceback" not in err + out


def test_every_question_to_planning_has_its_command(home, capsys):
    out = ask(home, capsys, "--help")[1]
    for name in (
        "show", "terms", "waiting", "hire", "budget", "regimes", "late", "courts", "desks", "tower", "complexity",
    ):  # fmt: skip
        assert f"  {name} " in out
