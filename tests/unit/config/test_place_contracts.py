"""A list of contracts as CSV, and errors that name line and column."""

from datetime import date

import pytest

from indforecast.config.place_contracts import read_contracts
from indforecast.domain.errors import ConfigError

HEAD = "name,places,kind,from,until\n"


@pytest.fixture
def write(tmp_path):
    def write(text, encoding="utf-8"):
        file = tmp_path / "contracts.csv"
        file.write_text(text, encoding=encoding)
        return file

    return write


def test_commas_semicolons_and_a_byte_order_mark_are_read_alike(write):
    rows = HEAD + 'Ter Apel,2000,Regular,,\n"Ships, north",1500,emergency,2025-01-01,2026-12-31\n\n'
    first, second = read_contracts(write(rows, encoding="utf-8-sig"))
    assert (first.name, first.places.value, first.kind, first.starts, first.until) == (
        "Ter Apel", 2000, "regular", None, None,
    )  # fmt: skip
    assert (second.name, second.starts, second.until) == ("Ships, north", date(2025, 1, 1), date(2026, 12, 31))
    assert second.places.source.endswith("contracts.csv, line 3")
    semicolons = read_contracts(write("until;from;kind;places;name\n2026-12-31;;regular;7;x\n"))
    assert (semicolons[0].places.value, semicolons[0].until) == (7, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,places\nx,1\n", "line 1: no column kind, from, until"),
        (HEAD, "holds no contract"),
        (HEAD + "x,many,regular,,\n", "line 2, column 'places': 'many' is not a whole number"),
        (HEAD + "x,-5,regular,,\n", "line 2, column 'places'"),
        (HEAD + "x,2000000,regular,,\n", "line 2, column 'places': must be at most 1,000,000 places"),
        (HEAD + "x,5,hotel,,\n", "line 2, column 'kind'"),
        (HEAD + "x,5,regular,,\ny,5,regular,31-12-2026,\n", "line 3, column 'from': '31-12-2026' is not a day"),
        (HEAD + "x,5,regular,2026-02-01,2026-01-31\n", "line 2, column 'days': contract 'x' ends on 2026-01-31"),
        (HEAD + ",5,regular,,\n", "line 2, column 'name'"),
    ],
)
def test_a_wrong_value_is_named_by_line_and_column(write, text, said):
    with pytest.raises(ConfigError) as caught:
        read_contracts(write(text))
    assert said in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_text_is_refused(tmp_path):
    file = tmp_path / "contracts.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_contracts(file)
