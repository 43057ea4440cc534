import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.delimited_text import Limits, decode, records

LIMITS = Limits(bytes=200, rows=3, columns=4, cell_characters=10)


def split(text, limits=LIMITS):
    return list(records(text, "f.csv", limits))


def test_records_carry_the_line_they_begin_at():
    assert split('a,b\r\n\r\n1, 2 \n,,\n"x,y",z\r4,5') == [
        (1, ["a", "b"]),
        (3, ["1", "2"]),
        (5, ["x,y", "z"]),
        (6, ["4", "5"]),
    ]


def test_quotes_may_be_doubled():
    assert split('"say ""x"""') == [(1, ['say "x"'])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n1\n2\n3\n4", "more than 3 rows"),
        ("a,b,c,d,e", "line 1: 5 cells, more than the 4"),
        ("a\n" + "x" * 11, "line 2: a cell of more than 10 characters"),
        ('a\n"open', "line 2: broken quotes"),
        ('a\n"x"y', "line 2: broken quotes"),
        ('a\n"two\nlines"', "line 2: a cell holds a line end"),
        ("a\r\n\r\nx\x1b[31m", "line 3: a cell holds control characters"),
        ("a\n\u202ex", "line 2: a cell holds control characters"),
    ],
)
def test_limits_and_broken_text(text, words):
    with pytest.raises(InputError, match="'f.csv'.*" + words):
        split(text)


def test_a_cell_beyond_the_parser_is_refused_too():
    with pytest.raises(InputError, match="line 1: broken quotes"):
        split("x" * 200_000, Limits())


def test_limits_are_inclusive():
    assert len(split("a,b,c,d\n1\n2\n" + "x" * 10)) == 4


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf8_with_and_without_mark(mark):
    assert decode(mark + "één".encode(), "f.csv", LIMITS) == "één"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * 201, "201 bytes, more than the 200"),
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "spreadsheet or archive"),
        (b"a\nb\x00", "line 2: a NUL byte"),
        ("a\n\né".encode("cp1252"), "line 3: not UTF-8"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
    ],
)
def test_what_is_no_text(content, words):
    with pytest.raises(InputError, match="'f.csv'.*" + words):
        decode(content, "f.csv", LIMITS)
