from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.house import House
from assets.raw_delivery import files_of
from assets.staging import append_deliveries, deliveries_in, known_with, stage_files
from indforecast.domain.errors import InputError, ValidationRejected
from indforecast.domain.files import sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS
from indforecast.reference.dataset import reference_csv
from indforecast.sources.file_drop import FileDrop
from indforecast.vintages.quarantine import list_quarantine
from indforecast.vintages.stages import Stages

HEADER = ",".join(DELIVERY_COLUMNS) + "\n"
#: The rest of a verdict, where only its success matters.
SILENT = {"summary": "", "row_word": "line", "results": []}


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


def test_what_is_kept_and_told_of_an_unreadable_file_quotes_no_figure(house: House, stages: Stages) -> None:
    slipped = content(("a", "98765", 5, "2026-02-20"))
    delivery_id = house.store().keep_raw(slipped, "slipped.csv")
    with pytest.raises(InputError) as raised:
        stage_files(house, stages, [delivery_id])
    (kept,) = list_quarantine(house.path)
    for told in (str(raised.value), kept["reasons"][0]["sentence"]):
        assert "column period: '#####' is not a month" in told


def test_quarters_that_a_file_prints_travel_with_it_and_with_no_other(house: House, stages: Stages) -> None:
    export = b"Periode;Nareis\n2025-10;800\n2025-11;810\n2025-12;790\n2025-Q4;2400\n"
    ids = [house.store().keep_raw(raw, name) for raw, name in ((export, "export.csv"), (JANUARY, "jan.csv"))]
    stage_files(house, stages, ids)
    first, second = deliveries_in(stages)
    expected = FileDrop().read(export, "export.csv").controls
    assert first.controls is not None
    assert expected is not None
    pd.testing.assert_frame_equal(first.controls, expected, check_dtype=False)
    assert second.controls is not None
    assert second.controls.empty


def test_a_conflict_with_the_store_is_kept_and_says_where(house: House) -> None:
    other = content(("a", "2026-01", 4, "2026-02-20"))
    house.store().keep_raw(other, "other.csv")
    staged = [FileDrop().read(JANUARY, "jan.csv"), FileDrop().read(other, "other.csv")]
    for one in staged:
        house.verdicts().keep({"table": "delivery", "subject_sha256": one.delivery_id, "success": True, **SILENT})
    with pytest.raises(InputError) as raised:
        append_deliveries(house, staged)
    assert str(house.path / "quarantine" / staged[1].delivery_id) in str(raised.value.hint)


def test_nothing_is_appended_while_one_of_them_has_no_passed_verdict(house: House) -> None:
    january, february = FileDrop().read(JANUARY, "jan.csv"), FileDrop().read(FEBRUARY, "feb.csv")
    house.verdicts().keep({"table": "delivery", "subject_sha256": january.delivery_id, "success": True, **SILENT})
    with pytest.raises(ValidationRejected, match=r"feb\.csv was not appended: it was never checked"):
        append_deliveries(house, [january, february])
    assert house.store().newest_vintage() is None
    house.verdicts().keep(
        {
            "table": "delivery",
            "subject_sha256": february.delivery_id,
            "success": False,
            **SILENT,
            "summary": "Rejected: x.",
        }
    )
    with pytest.raises(ValidationRejected, match="Rejected: x"):
        append_deliveries(house, [january, february])
    house.verdicts().keep({"table": "delivery", "subject_sha256": february.delivery_id, "success": True, **SILENT})
    assert [result.rows_added for result in append_deliveries(house, [january, february])] == [2, 2]


def test_the_next_file_is_judged_against_what_the_one_before_said() -> None:
    january, february = FileDrop().read(JANUARY, "jan.csv"), FileDrop().read(FEBRUARY, "feb.csv")
    known = known_with(known_with(None, january), february)
    assert known[["series_id", "observed"]].to_numpy().tolist() == [["a", 9], ["a", 7], ["b", 6]]
    assert list(known.columns) == list(DELIVERY_COLUMNS)
    # An older vintage that comes later does not replace a newer figure.
    again = known_with(known, january)
    pd.testing.assert_frame_equal(again, known)


def test_a_raw_copy_is_read_as_its_operator_said_also_later(house: House, stages: Stages) -> None:
    text = b"Periode;Nareizigers\n2026-01;1555\n"
    delivery_id = house.store().keep_raw(text, "n.csv", "cbs")
    stage_files(house, stages, [delivery_id])
    first = deliveries_in(stages)[0]
    assert (first.publisher, first.frame["definition"].tolist()) == ("CBS", ["nareis_arrival"])
    house.store().keep_raw(text, "n.csv")
    stage_files(House(home=house.home), stages, [delivery_id])
    pd.testing.assert_frame_equal(deliveries_in(stages)[0].frame, first.frame)


def test_files_take_their_publisher_from_the_operator_or_their_folder(house: House) -> None:
    folder = house.drop / "cbs"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes(b"a")
    (house.drop / "b.csv").write_bytes(b"b")
    assert [(one.name, one.publisher) for one in map(house.incoming, house.waiting())] == [
        ("b.csv", None), ("a.csv", "cbs"),
    ]  # fmt: skip
    assert house.incoming(folder / "a.csv", "ind").publisher == "ind"
    house.store().keep_raw(b"b", "b.csv")
    assert [one.publisher for one in files_of(house, [str(folder / "a.csv")], None)][-1] == "cbs"
    assert [one.publisher for one in files_of(house, [str(folder / "a.csv")], "ind")][-1] == "ind"
