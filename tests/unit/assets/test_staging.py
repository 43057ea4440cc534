from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.house import House
from assets.staging import append_deliveries, deliveries_in, known_with, stage_files
from indforecast.domain.errors import InputError, ValidationRejected
from indforecast.domain.files import sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS
from indforecast.reference.dataset import reference_csv
from indforecast.sources.file_drop import FileDrop
from indforecast.vintages.quarantine import list_quarantine
from indforecast.vintages.stages import Stages

HEADER = ",".join(DELIVERY_COLUMNS) + "\n"


def content(*rows: tuple[str, str, int, str]) -> bytes:
    lines = (f"{series},{month},{count},published,d,s,{day}\n" for series, month, count, day in rows)
    return (HEADER + "".join(lines)).encode()


JANUARY = content(("a", "2026-01", 5, "2026-02-20"), ("b", "2026-01", 6, "2026-02-20"))
FEBRUARY = content(("a", "2026-02", 7, "2026-03-20"), ("a", "2026-01", 9, "2026-03-20"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(home=str(tmp_path))


@pytest.fixture
def stages(tmp_path: Path) -> Stages:
    return Stages(tmp_path, date(2026, 3, 31))


def test_several_files_come_back_as_their_source_read_them(house: House, stages: Stages) -> None:
    ids = [house.store().keep_raw(raw, name) for raw, name in ((JANUARY, "jan.csv"), (FEBRUARY, "feb.csv"))]
    together, digest = stage_files(house, stages, ids)
    assert len(together) == 4
    assert len(digest) == 64
    back = deliveries_in(stages)
    assert [one.name for one in back] == ["jan.csv", "feb.csv"]
    for one, raw in zip(back, (JANUARY, FEBRUARY), strict=True):
        expected = FileDrop().read(raw, one.name)
        assert one.delivery_id == expected.delivery_id
        pd.testing.assert_frame_equal(one.frame, expected.frame)


def test_no_file_is_an_empty_table(house: House, stages: Stages) -> None:
    together, _ = stage_files(house, stages, [])
    assert together.empty
    assert deliveries_in(stages) == []


def test_a_file_that_cannot_be_read_goes_to_quarantine_with_its_reason(house: House, stages: Stages) -> None:
    delivery_id = house.store().keep_raw(b"what,is,this\n1,2,3\n", "odd.csv")
    with pytest.raises(InputError, match=r"odd\.csv"):
        stage_files(house, stages, [delivery_id])
    (kept,) = list_quarantine(house.path)
    assert kept["delivery_id"] == delivery_id
    assert "odd.csv" in kept["reasons"][0]["sentence"]
    assert kept["reasons"][0]["hint"].startswith("A header names")


def test_whoever_meets_an_unreadable_file_is_told_where_it_is_kept(house: House, stages: Stages) -> None:
    delivery_id = house.store().keep_raw(b"", "empty.csv")
    with pytest.raises(InputError) as raised:
        stage_files(house, stages, [delivery_id])
    assert str(house.path / "quarantine" / delivery_id) in str(raised.value.hint)


def test_the_packaged_reference_data_name_their_publishers_and_nobody_else_does(
    house: House, stages: Stages
) -> None:
    ids = [
        house.store().keep_raw(raw, name) for raw, name in ((reference_csv(), "mine.csv"), (JANUARY, "jan.csv"))
    ]
    stage_files(house, stages, ids)
    reference, january = deliveries_in(stages)
    assert reference.publisher == "CBS, IND, COA (embedded reference data)"
    assert reference.delivery_id == sha256_hex(reference_csv())
    assert january.publisher == "file drop"


def test_a_conflict_with_the_store_is_kept_and_says_where(house: House) -> None:
    other = content(("a", "2026-01", 4, "2026-02-20"))
    house.store().keep_raw(other, "other.csv")
    staged = [FileDrop().read(JANUARY, "jan.csv"), FileDrop().read(other, "other.csv")]
    for one in staged:
        house.verdicts().keep({"table": "delivery", "subject_sha256": one.delivery_id, "success": True})
    with pytest.raises(InputError) as raised:
        append_deliveries(house, staged)
    assert str(house.path / "quarantine" / staged[1].delivery_id) in str(raised.value.hint)


def test_nothing_is_appended_while_one_of_them_has_no_passed_verdict(house: House) -> None:
    january, february = FileDrop().read(JANUARY, "jan.csv"), FileDrop().read(FEBRUARY, "feb.csv")
    house.verdicts().keep({"table": "delivery", "subject_sha256": january.delivery_id, "success": True})
    with pytest.raises(ValidationRejected, match=r"feb\.csv was not appended: it was never checked"):
        append_deliveries(house, [january, february])
    assert house.store().newest_vintage() is None
    house.verdicts().keep(
        {"table": "delivery", "subject_sha256": february.delivery_id, "success": False, "summary": "Rejected: x."}
    )
    with pytest.raises(ValidationRejected, match="Rejected: x"):
        append_deliveries(house, [january, february])
    house.verdicts().keep({"table": "delivery", "subject_sha256": february.delivery_id, "success": True})
    assert [result.rows_added for result in append_deliveries(house, [january, february])] == [2, 2]


def test_the_next_file_is_judged_against_what_the_one_before_said() -> None:
    january, february = FileDrop().read(JANUARY, "jan.csv"), FileDrop().read(FEBRUARY, "feb.csv")
    known = known_with(known_with(None, january), february)
    assert known[["series_id", "observed"]].to_numpy().tolist() == [["a", 9], ["a", 7], ["b", 6]]
    assert list(known.columns) == list(DELIVERY_COLUMNS)
    # An older vintage that comes later does not replace a newer figure.
    again = known_with(known, january)
    pd.testing.assert_frame_equal(again, known)
