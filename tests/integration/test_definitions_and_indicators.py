"""What counts something else is refused with an explanation, and indicators move nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration

HEADER = "series_id,period,observed,basis,definition,source,available_from\n"
INDICATORS = """\
eurostat_first_time_applicants,2025-11,2000,published,eurostat_first_time_applicant,a test,2026-01-10
eurostat_first_time_applicants,2025-12,1990,published,eurostat_first_time_applicant,a test,2026-02-05
eurostat_first_time_applicants.SYR,2025-12,700,published,eurostat_first_time_applicant,a test,2026-02-05
"""


@pytest.fixture
def house(first_month: Any, tmp_path: Path) -> Any:
    """A house of one's own, as it was after its first release."""
    shutil.copytree(first_month.home, tmp_path / "home")
    return type(first_month)(tmp_path / "home", first_month.settings_file)


@pytest.mark.parametrize(
    ("series_id", "definition", "said"),
    [
        ("asylum_nareis", "nareis_application", "deliver them as nareis_applications"),
        ("eurostat_asylum_applicants.SYR", "first_application_signed", "deliver them as asylum_first"),
    ],
)
def test_another_definition_is_refused_and_explained(house, tmp_path, series_id, definition, said):
    file = tmp_path / "other.csv"
    file.write_text(f"{HEADER}{series_id},2026-01,100,published,{definition},x,2026-02-20\n", encoding="utf-8")
    stored = {name: content for name, content in house.content().items() if name.startswith("tables/")}
    answer = house("ingest", str(file))
    assert answer.code == 3
    told = " ".join((answer.out + answer.err).split())
    assert said in told
    assert f"'{definition}'" in told
    assert {name: content for name, content in house.content().items() if name.startswith("tables/")} == stored


def test_a_mapping_of_ones_own_cannot_mix_definitions_either(house, tmp_path):
    (house.home / "publishers").mkdir(parents=True)
    own = '[streams.asylum_nareis]\nlabels = ["Nareis"]\ndefinition = "nareis_application"\n'
    (house.home / "publishers" / "ind.toml").write_text(own, encoding="utf-8")
    export = tmp_path / "export.csv"
    export.write_text("Maand;Nareis\n2026-01;1000\n", encoding="utf-8")
    answer = house("ingest", str(export))
    assert answer.code == 3, answer.out + answer.err
    assert "deliver them as nareis_applications" in " ".join((answer.out + answer.err).split())


def test_indicators_are_taken_in_and_move_nothing(house, first_month, tmp_path):
    file = tmp_path / "eurostat.csv"
    file.write_text(HEADER + INDICATORS, encoding="utf-8")
    before = house("status", "--json").json
    assert house("ingest", str(file)).code == 0

    after = house("status", "--json").json
    assert after["indicators"] == [
        {"series_id": "eurostat_first_time_applicants", "last_month": "2025-12", "basis": "published"}
    ]
    assert after["newest_vintage"] == before["newest_vintage"]
    assert after["series"] == before["series"]
    assert after["run_due"] is None
    listed = house("vintages", "list", "--series", "eurostat_first_time_applicants", "--json").json
    assert [row["vintage"] for row in listed] == ["2026-01-10", "2026-02-05"]
    assert house("run", "--json").json["status"] == "unchanged"

    # Made anew with the indicators in the store, the release is the same, byte for byte.
    shutil.rmtree(house.home / "releases")
    assert house("run", "--json").code == 0
    assert {name: content for name, content in house.content().items() if name.startswith("releases/")} == {
        name: content for name, content in first_month.content().items() if name.startswith("releases/")
    }


def test_the_release_says_what_it_counts(first_month):
    [folder] = (first_month.home / "releases").glob("20*")
    lines = (folder / "tables" / "definitions.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:4]] == [
        ["asylum", "total_influx"], ["asylum_first", "first_application_signed"],
        ["asylum_repeat", "repeat_application"],
    ]  # fmt: skip
    assert len(lines) == 9
    breaks = (folder / "tables" / "definition_breaks.csv").read_text(encoding="utf-8")
    assert "asylum_first,first_application_signed,nareis_2014,2014-04" in breaks
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Wat er wordt geteld" in report
    assert "What is counted" in report
    assert "eurostat" not in report.lower().split("what is counted")[1].split("</section>")[0]
