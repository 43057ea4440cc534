from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indforecast.domain.errors import InputError
from indforecast.sources.archive import Archive
from indforecast.sources.bundle import (
    BUNDLE_LIMITS,
    HEADER,
    AnswerSource,
    Bundle,
    bundled,
    is_bundle,
    read_bundle,
)
from indforecast.sources.http import Answer
from indforecast.sources.limits import Stopwatch, TableLimits

BUNDLE = Bundle(
    "cbs",
    "83102NED",
    date(2026, 11, 18),
    {"b.json": b"{}", "a.json": b'{"value": []}'},
    {
        "a.json": AnswerSource("https://example.org/a", "application/json"),
        "b.json": AnswerSource("https://example.org/b?x=1", "application/json"),
    },
    "CC BY 4.0",
)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_header(**changes):
    members = parts(BUNDLE.to_bytes())
    header = json.loads(members[HEADER]) | changes
    return zipped({**members, HEADER: json.dumps(header)})


def refusal(content):
    with pytest.raises(InputError) as caught:
        read_bundle(content, "some/odd name.zip")
    assert "odd name.zip" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_written_is_read():
    assert read_bundle(BUNDLE.to_bytes(), BUNDLE.name) == BUNDLE
    assert BUNDLE.name == "cbs-83102NED-2026-11-18.zip"


def test_equal_bundles_are_equal_bytes():
    turned = dataclasses.replace(BUNDLE, answers=dict(reversed(BUNDLE.answers.items())))
    assert turned.to_bytes() == BUNDLE.to_bytes()
    assert dataclasses.replace(BUNDLE, licence="").to_bytes() != BUNDLE.to_bytes()


def test_anybody_can_open_it_and_see_what_it_is():
    members = parts(BUNDLE.to_bytes())
    assert list(members) == [HEADER, "a.json", "b.json"]
    header = json.loads(members[HEADER])
    assert header["format"] == 1
    assert (header["source"], header["table"], header["published"]) == ("cbs", "83102NED", "2026-11-18")
    assert header["licence"] == "CC BY 4.0"
    assert [one["name"] for one in header["answers"]] == ["a.json", "b.json"]
    assert set(header["answers"][0]) == {"name", "url", "sha256", "content_type"}


def test_a_bundle_of_answers_says_where_they_came_from():
    made = bundled(
        "eurostat", "t", date(2026, 1, 2), {"x.csv": Answer("https://example.org/x", b"1", "text/csv")}, "free"
    )
    assert read_bundle(made.to_bytes(), "x.zip").about == {
        "x.csv": AnswerSource("https://example.org/x", "text/csv")
    }


@given(
    answers=st.dictionaries(
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True), st.binary(max_size=2_000), max_size=5
    ),
    published=st.dates(),
)
@settings(deadline=None)
def test_any_answers_come_back_byte_for_byte(answers, published):
    made = Bundle("a", "b", published, answers, {name: AnswerSource("", "") for name in answers})
    assert read_bundle(made.to_bytes(), "x.zip") == made


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", HEADER, "a\\b", "x" * 101, "é"])
def test_a_member_whose_name_is_not_plain_is_not_written(name):
    with pytest.raises(ValueError, match="no plain member name"):
        Bundle("a", "b", date(2026, 1, 1), {name: b""}).to_bytes()


@pytest.mark.parametrize(("source", "table"), [("", "b"), ("a", ""), ("a/b", "c"), ("a", "../c")])
def test_keys_that_are_not_plain_are_not_written(source, table):
    with pytest.raises(ValueError, match="keys are letters"):
        Bundle(source, table, date(2026, 1, 1), {}).to_bytes()


def test_only_a_bundle_is_taken_for_one():
    assert is_bundle(BUNDLE.to_bytes())
    for other in (b"", b"PK\x03\x04", zipped({"x": b""}), b"series_id,period\n"):
        assert not is_bundle(other)
        assert "is no download" in refusal(other)


def test_an_answer_that_was_changed_is_noticed():
    members = parts(BUNDLE.to_bytes())
    assert "not what was downloaded" in refusal(zipped({**members, "a.json": b'{"value": [1]}'}))


def test_a_member_too_few_or_too_many_is_noticed():
    members = parts(BUNDLE.to_bytes())
    assert "does not name" in refusal(zipped({**members, "extra": b""}))
    del members["b.json"]
    assert "b.json is missing" in refusal(zipped(members))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "1"}, {"source": None}, {"source": "../x"}, {"table": "a b"}, {"published": "2026-02-30"},
        {"published": "20260218"}, {"published": 1}, {"licence": 1}, {"answers": {}}, {"answers": ["a.json"]},
        {"answers": [{"name": "a.json"}]},
        {"answers": [{"name": "../../etc/passwd", "url": "", "sha256": "", "content_type": ""}]},
        {"answers": [{"name": "a.json", "url": "", "sha256": "", "content_type": ""}] * 2},
    ],
)  # fmt: skip
def test_a_header_with_a_wrong_field_is_refused(changes):
    assert "cannot be read" in refusal(with_header(**changes))


@pytest.mark.parametrize("header", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_a_header_that_is_none_is_refused(header):
    assert "cannot be read" in refusal(zipped({**parts(BUNDLE.to_bytes()), HEADER: header}))


def test_a_later_form_asks_for_a_later_version():
    assert "form 2 of a download, and form 1 is read. Update" in refusal(with_header(format=2))


def test_a_bomb_is_not_inflated():
    bomb = zipped({HEADER: b"{}", "zeros": b"\0" * 300_000_000})
    assert len(bomb) < 400_000
    assert "would expand" in refusal(bomb)


def test_limits_hold():
    with pytest.raises(InputError, match="more than the 10"):
        read_bundle(BUNDLE.to_bytes(), "x.zip", TableLimits(bytes=10))
    with pytest.raises(InputError, match="members"):
        read_bundle(BUNDLE.to_bytes(), "x.zip", TableLimits(entries=2))


def test_an_archive_gives_members_whole():
    archive = Archive(BUNDLE.to_bytes(), "x.zip", BUNDLE_LIMITS, Stopwatch("x.zip", 10))
    assert archive.members() == {HEADER, "a.json", "b.json"}
    assert archive.read("a.json") == b'{"value": []}'
    with pytest.raises(InputError, match="nothing is missing"):
        archive.read("nothing")


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_bundle_is_the_same_bundle_or_one_sentence(data):
    content = bytearray(BUNDLE.to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=6))
    try:
        found = read_bundle(bytes(content), "x.zip")
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert found.answers == BUNDLE.answers or set(found.answers) < set(BUNDLE.answers)
