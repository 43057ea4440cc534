"""What was judged, gathered from the four places that know a part of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.house import House
from assets.judged import judged_deliveries, refresh_index
from expectations.verdict import ExpectationResult, Verdict
from indforecast.domain.observations import DELIVERY_COLUMNS
from indforecast.sources.file_drop import FileDrop
from indforecast.vintages.decisions import Decision, Decisions
from indforecast.vintages.quarantine import quarantine

MET = ExpectationResult("series_known", "critical", True, "Every series is known")
FAILED = ExpectationResult("no_missing_month", "critical", False, "No gap", "a: 2026-01 is missing", (2,), 1)


def content(count: int) -> bytes:
    return f"{','.join(DELIVERY_COLUMNS)}\na,2026-01,{count},published,d,s,2026-02-20\n".encode()


@pytest.fixture
def house(tmp_path: Path) -> House:
    """One delivery in the store, one rejected and then decided on, one unreadable."""
    house = House(home=str(tmp_path))
    for name, raw, result in (("good.csv", content(5), MET), ("bad.csv", content(6), FAILED)):
        staged = FileDrop().read(raw, name)
        verdict = Verdict("delivery", staged.delivery_id, (result,), row_word="line")
        house.verdicts().keep({**verdict.to_dict(), "name": name, "vintage": "2026-02-20"})
        if verdict.success:
            house.store().append(staged)
        else:
            quarantine(tmp_path, raw, name, verdict.reasons())
            decision = Decision(staged.delivery_id, "reject", "J. Jansen", "a double", date(2026, 3, 1))
            Decisions(tmp_path).record(decision)
    quarantine(tmp_path, b"not a table", "odd.csv", [{"name": "readable", "sentence": "no table"}])
    return house


def test_every_delivery_is_gathered_with_what_became_of_it(house: House) -> None:
    found = {one.name: one for one in judged_deliveries(house)}
    told = {name: (one.outcome, one.vintage, one.place, len(one.decisions)) for name, one in found.items()}
    assert told == {
        "good.csv": ("accepted", "2026-02-20", "in the store", 0),
        "bad.csv": ("rejected", "2026-02-20", "in quarantine", 1),
        "odd.csv": ("unreadable", "", "in quarantine", 0),
    }


def test_pages_that_were_thrown_away_come_back_without_those_of_single_checks(house: House) -> None:
    index = refresh_index(house)
    before = index.read_bytes()
    assert b"good.csv" in before
    assert b'href="' + b"vintages/2026-02-20.html" in before
    index.unlink()
    assert refresh_index(house).read_bytes() == before


def test_verdicts_of_an_earlier_version_name_no_file_and_no_day(house: House) -> None:
    """They are named after the register or quarantine, and lie under the day that the register knows."""
    for kept in house.verdicts().all_of("delivery"):
        house.verdicts().keep({key: value for key, value in kept.items() if key not in ("name", "vintage")})
    told = {one.name: one.vintage for one in judged_deliveries(house)}
    assert told == {"good.csv": "2026-02-20", "bad.csv": "", "odd.csv": ""}
