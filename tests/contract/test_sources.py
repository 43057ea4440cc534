"""What every source must do, whatever its format. A new source adds itself and one good file to ``SOURCES``."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import delivery_files as make
from indforecast.domain.errors import InputError
from indforecast.domain.files import plain_file_name, sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS, Basis
from indforecast.sources.bundle import Bundle
from indforecast.sources.eurostat import Eurostat
from indforecast.sources.file_drop import FileDrop
from indforecast.sources.protocol import Source
from indforecast.sources.statline import StatLine
from tests.publishers import eurostat_service

EUROSTAT = Bundle(
    "eurostat",
    "migr_asyappctzm",
    date(2026, 11, 18),
    {"figures.csv": eurostat_service.Eurostat().figures()},
).to_bytes()
STATLINE = Path(__file__).parents[1] / "golden" / "statline"


@dataclass(frozen=True)
class Case:
    source: Source
    good: bytes
    file_name: str
    form: str = ""


SOURCES = [
    Case(
        FileDrop(),
        (
            ",".join(DELIVERY_COLUMNS)
            + "\nasylum_first.SYR,2025-11,412,published,first_application_signed,IND press,2025-12-20"
            + "\nasylum_first.SYR,2025-12,398,published,first_application_signed,IND press,2026-01-20"
            + "\nstudents,2025-12,812,simulated,study_application,invented,2026-01-15\n"
        ).encode(),
        "2025-12.csv",
    ),
    *(
        Case(FileDrop(), content, name, form)
        for form, name, content in (
            ("long", "long.csv", make.csv_file(make.long(), ",", "utf-8-sig")),
            ("streams_across", "wide.csv", make.csv_file(make.streams_across(thousands="."), ";", "cp1252")),
            ("months_across", "across.txt", make.csv_file(make.months_across(), "\t")),
            ("xlsx", "data.xlsx", make.xlsx_file({"Data": make.typed(make.streams_across(months=make.MONTHS))})),
            ("ods", "data.ods", make.ods_file({"Data": make.typed(make.long())})),
        )
    ),
    *(Case(StatLine(), (STATLINE / f"{api}.zip").read_bytes(), "statline.zip", api) for api in ("v4", "v3")),
    Case(Eurostat(), EUROSTAT, "eurostat.zip"),
]


@pytest.fixture(params=SOURCES, ids=lambda case: "-".join(filter(None, (case.source.name, case.form))))
def case(request):
    return request.param


def test_has_a_stable_key(case):
    assert case.source.name.isidentifier()


def test_a_delivery_is_named_by_its_bytes(case):
    staged = case.source.read(case.good, f"../{case.file_name}")
    assert staged.delivery_id == sha256_hex(case.good)
    assert staged.name == case.file_name
    assert staged.publisher


def test_a_delivery_has_the_columns_and_types(case):
    frame = case.source.read(case.good, case.file_name).frame
    assert list(frame.columns) == [*DELIVERY_COLUMNS, "row"]
    assert frame.index.equals(pd.RangeIndex(len(frame)))
    assert len(frame)
    assert frame["period"].dtype == frame["available_from"].dtype == "datetime64[ns]"
    assert frame["observed"].dtype == frame["row"].dtype == np.int64
    assert (frame["period"].dt.day == 1).all()
    assert (frame["available_from"] == frame["available_from"].dt.normalize()).all()
    assert set(frame["basis"]) <= set(Basis)
    for column in ("series_id", "basis", "definition", "source"):
        assert frame[column].map(lambda value: type(value) is str and value == value.strip() != "").all()


def test_rows_are_numbered_from_one_and_rise(case):
    rows = case.source.read(case.good, case.file_name).frame["row"]
    assert rows.min() >= 1
    assert rows.is_monotonic_increasing


def test_reading_is_deterministic(case):
    first = case.source.read(case.good, case.file_name)
    second = case.source.read(case.good, case.file_name)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert first.delivery_id == second.delivery_id


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff\xfe", b"PK\x03\x04", b"<html></html>", b"\n\n\n", b'"'])
def test_what_is_not_a_delivery_is_one_sentence(case, content):
    with pytest.raises(InputError) as caught:
        case.source.read(content, "some/odd name.csv")
    assert "odd name.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_give_a_delivery_or_an_input_error(case, data):
    content = bytearray(case.good)
    for _ in range(data.draw(st.integers(1, 6), "damages")):
        place = data.draw(st.integers(0, len(content)), "place")
        length = data.draw(st.integers(0, 12), "length")
        piece = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b",", b"\n", b"\r", b'"', b"-", b"0", b"9" * 20, b"\x00", b"\xef\xbb\xbf", b"=1+1"]
                ),
                st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")),
            ),
            "piece",
        )
        content[place : place + length] = piece
    check(case, bytes(content), "f.csv")


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=300), name=st.text(max_size=30))
def test_any_bytes_give_a_delivery_or_an_input_error(case, content, name):
    check(case, content, name)


def check(case, content, name):
    try:
        staged = case.source.read(content, name)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert staged.name == plain_file_name(name)
        assert list(staged.frame.columns) == [*DELIVERY_COLUMNS, "row"]
        assert not staged.frame.isna().any(axis=None)
