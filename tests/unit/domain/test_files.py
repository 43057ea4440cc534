import pytest
from hypothesis import given
from hypothesis import strategies as st

from indforecast.domain.files import canonical_json, plain_file_name, sha256_hex


def test_hash_is_sha256():
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_canonical_json_does_not_depend_on_order_or_spelling():
    assert canonical_json({"b": 1, "a": "é"}) == canonical_json({"a": "é", "b": 1}) == '{"a":"é","b":1}'


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("2026-01.csv", "2026-01.csv"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\Windows\\win.ini", "win.ini"),
        ("../../.bashrc", "bashrc"),
        ("-rf", "rf"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("a/", "unnamed"),
        ("IND export januari (2).csv", "IND export januari (2).csv"),
        ("a\nb\x00c;d|e.csv", "a_b_c_d_e.csv"),
        ("één.csv", "één.csv"),
        ("trailing. . ", "trailing"),
    ],
)
def test_file_names_become_plain(name, plain):
    assert plain_file_name(name) == plain


def test_a_long_name_keeps_its_beginning_and_end():
    plain = plain_file_name("begin" + "é" * 500 + ".csv")
    assert len(plain.encode()) <= 120
    assert plain.startswith("begin")
    assert plain.endswith(".csv")


@given(st.text(max_size=300))
def test_any_name_is_one_visible_component_and_stable(name):
    plain = plain_file_name(name)
    assert plain
    assert not set(plain) & set('/\\\x00\n\r":*?<>|')
    assert plain[0] not in ".-"
    assert len(plain.encode()) <= 120
    assert plain_file_name(plain) == plain
