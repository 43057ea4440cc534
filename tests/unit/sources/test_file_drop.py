from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import InputError
from indforecast.domain.files import sha256_hex
from indforecast.domain.observations import DELIVERY_COLUMNS
from indforecast.sources.delimited_text import Limits
from indforecast.sources.file_drop import FileDrop

HEADER = ",".join(DELIVERY_COLUMNS)
GOOD = f"""{HEADER}
asylum_first,2025-12,1764,published,first_application_signed,IND press January 2026,2026-01-20
students,2025-12,812,simulated,study_application,"invented, seeded",2026-01-15
"""


def read(text, **words):
    return FileDrop(**words).read(text.encode(), "f.csv")


def test_a_good_file_is_typed():
    staged = FileDrop(publisher="IND").read(GOOD.encode(), "drop/2026-01.csv")
    assert (staged.delivery_id, staged.name, staged.publisher) == (sha256_hex(GOOD.encode()), "2026-01.csv", "IND")
    expected = pd.DataFrame(
        {
            "series_id": ["asylum_first", "students"],
            "period": pd.to_datetime(["2025-12-01", "2025-12-01"]),
            "observed": np.array([1764, 812], dtype=np.int64),
            "basis": ["published", "simulated"],
            "definition": ["first_application_signed", "study_application"],
            "source": ["IND press January 2026", "invented, seeded"],
            "available_from": pd.to_datetime(["2026-01-20", "2026-01-15"]),
            "row": np.array([2, 3], dtype=np.int64),
        }
    )
    pd.testing.assert_frame_equal(staged.frame, expected)
    assert staged.frame["period"].dtype == "datetime64[ns]"


def test_columns_may_stand_in_any_order_and_case():
    frame = read("Observed, PERIOD ,series_id,Available_From\n5,2025-12,students,2026-01-15\n").frame
    assert list(frame.columns) == [*DELIVERY_COLUMNS, "row"]
    assert frame.loc[0, ["basis", "definition", "source"]].tolist() == ["published", "unspecified", "f.csv"]


def test_the_day_known_may_be_given_once():
    text = "series_id,period,observed\nstudents,2025-12,5\n"
    assert read(text, available_from=date(2026, 1, 20)).frame["available_from"][0] == pd.Timestamp("2026-01-20")
    with pytest.raises(InputError, match="line 1: column available_from missing"):
        read(text)
    mixed = "series_id,period,observed,available_from\na,2025-12,5,\nb,2025-12,5,2026-02-01\n"
    days = read(mixed, available_from=date(2026, 1, 20)).frame["available_from"]
    assert days.tolist() == [pd.Timestamp("2026-01-20"), pd.Timestamp("2026-02-01")]
    with pytest.raises(InputError, match="line 2, column available_from: '' is not a day"):
        read(mixed)


def test_values_are_not_judged_here():
    frame = read("series_id,period,observed,available_from\nno_such_series,2099-12,-5,2026-01-20\n").frame
    assert frame["observed"].tolist() == [-5]


def test_line_numbers_are_those_of_the_file():
    text = f"\n{HEADER}\n\na,2025-12,1,,,,2026-01-20\n,,,,,,\nb,2025-12,1,,,,2026-01-20"
    assert read(text).frame["row"].tolist() == [4, 6]


def row(**cells):
    good = dict(zip(DELIVERY_COLUMNS, GOOD.splitlines()[1].split(","), strict=True))
    return f"{HEADER}\n" + ",".join((good | cells).values()) + "\n"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"series_id": ""}, "line 2, column series_id: the series is empty"),
        ({"series_id": "asylum first"}, "column series_id: 'asylum first' has spaces"),
        ({"period": "2025-13"}, "column period: '2025-13' is not a month, written YYYY-MM"),
        ({"period": "2025-1"}, "column period"),
        ({"period": "2025M01"}, "column period"),
        ({"period": "0001-01"}, "column period"),
        ({"period": "2025-12-01"}, "column period"),
        ({"period": "２０２５-12"}, "column period"),
        ({"observed": ""}, "column observed: the figure is blank or suppressed"),
        ({"observed": "x"}, "blank or suppressed"),
        ({"observed": "."}, "blank or suppressed"),
        ({"observed": "NaN"}, "blank or suppressed"),
        ({"observed": "1.764"}, "column observed: '#.###' is not a whole number"),
        ({"observed": "1e3"}, "not a whole number"),
        ({"observed": "٣"}, "not a whole number"),
        ({"observed": "1_000"}, "not a whole number"),
        ({"observed": "9" * 30}, "not a whole number"),
        ({"observed": "=1+1"}, "not a whole number"),
        ({"basis": "guessed"}, "column basis: 'guessed' is not one of published, derived, estimated, simulated"),
        ({"available_from": "2026-02-30"}, "column available_from: '2026-02-30' is not in the calendar"),
        ({"available_from": "20-01-2026"}, "'20-01-2026' is not a day, written YYYY-MM-DD"),
        ({"available_from": "2026-01-20T00:00"}, "is not a day"),
        ({"available_from": "9999-01-01"}, "is not a day"),
    ],
)
def test_a_wrong_cell_names_file_line_and_column(cells, words):
    with pytest.raises(InputError) as caught:
        read(row(**cells))
    assert str(caught.value).startswith("'f.csv', line 2")
    assert words in str(caught.value)


def test_further_mistakes_are_counted():
    with pytest.raises(InputError, match=r"line 2, column observed: .* \(and 2 more like it\)\."):
        read(f"{HEADER}\na,2025-12,x,,,,2026-01-20\na,2025-12,1,x,,,2026-01-20\na,b\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("series_id;period;observed;available_from\na;2025-12;1;2026-01-20\n", "stream 'a' is not known"),
        ("series_id,period,available_from\n", "column observed missing"),
        ("series_id\n", "columns period, observed, available_from missing"),
        (f"{HEADER},comment\n", "column 'comment' is not known"),
        (f"{HEADER},period\n", "column 'period' stands twice"),
        (f"{HEADER},\n", "column '' is not known"),
        (f"{HEADER}\n", "has a header but no rows"),
        (f"{HEADER}\na,2025-12\n", "line 2: 2 cells where the header has 7"),
        (f"{HEADER}\na,2025-12,1,,,,2026-01-20,\n", "line 2: 8 cells where the header has 7"),
        (",,,\n", "is empty"),
        ("x" * 50 + ",period,observed,available_from\n", "…' is not known"),
    ],
)
def test_a_wrong_shape_is_named(text, words):
    with pytest.raises(InputError) as caught:
        read(text)
    assert "'f.csv'" in str(caught.value)
    assert words in str(caught.value)


def test_limits_hold():
    with pytest.raises(InputError, match="more than 1 rows"):
        read(GOOD, limits=Limits(rows=1))


def test_the_name_is_never_a_path():
    assert FileDrop().read(GOOD.encode(), "../../etc/pass\nwd").name == "pass_wd"
