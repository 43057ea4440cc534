import json

import pytest

from indforecast.domain.files import sha256_hex
from indforecast.vintages import quarantine as room
from indforecast.vintages.quarantine import list_quarantine, quarantine

NEGATIVE = {"check": "observed_not_negative", "severity": "critical", "rows": [3, 9]}
UNKNOWN = {"check": "series_known", "severity": "critical", "rows": [4]}


def test_kept_whole_with_the_reasons(tmp_path):
    folder = quarantine(tmp_path, b"bytes\x00", "../evil/2026-01.csv", [NEGATIVE])
    assert folder == tmp_path / "quarantine" / sha256_hex(b"bytes\x00")
    assert {entry.name for entry in folder.iterdir()} == {"2026-01.csv", "reason.json"}
    assert (folder / "2026-01.csv").read_bytes() == b"bytes\x00"
    assert json.loads((folder / "reason.json").read_bytes())["reasons"] == [NEGATIVE]


def test_again_adds_only_new_reasons(tmp_path):
    quarantine(tmp_path, b"x", "a.csv", [NEGATIVE])
    before = (tmp_path / "quarantine" / sha256_hex(b"x") / "reason.json").read_bytes()
    folder = quarantine(tmp_path, b"x", "other name.csv", [NEGATIVE])
    assert (folder / "reason.json").read_bytes() == before
    quarantine(tmp_path, b"x", "a.csv", [NEGATIVE, UNKNOWN])
    (entry,) = list_quarantine(tmp_path)
    assert entry["reasons"] == [NEGATIVE, UNKNOWN]
    assert entry["name"] == "a.csv"


def test_a_file_that_is_called_like_the_note(tmp_path):
    folder = quarantine(tmp_path, b"mine", "reason.json", [NEGATIVE])
    assert json.loads((folder / "reason.json").read_bytes())["name"] == "reason.json"
    assert b"mine" in {entry.read_bytes() for entry in folder.iterdir()}


def test_listing_is_ordered_and_empty_at_first(tmp_path):
    assert list_quarantine(tmp_path) == []
    for content, name in ((b"2", "b.csv"), (b"1", "a.csv"), (b"3", "c.csv")):
        quarantine(tmp_path, content, name, [UNKNOWN])
    assert [entry["name"] for entry in list_quarantine(tmp_path)] == ["a.csv", "b.csv", "c.csv"]
    assert list_quarantine(tmp_path)[0]["path"].is_dir()


def test_a_crash_half_way_leaves_nothing_visible(tmp_path, monkeypatch):
    def crash(path, content):
        path.write_bytes(content[:1])
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "write_atomically", crash)
    with pytest.raises(KeyboardInterrupt):
        quarantine(tmp_path, b"x", "a.csv", [UNKNOWN])
    assert list_quarantine(tmp_path) == []
    monkeypatch.undo()
    quarantine(tmp_path, b"x", "a.csv", [UNKNOWN])
    assert len(list_quarantine(tmp_path)) == 1


def test_reasons_may_hold_dates(tmp_path):
    from datetime import date

    reason = {"check": "not_in_future", "day": date(2026, 2, 20)}
    quarantine(tmp_path, b"x", "a.csv", [reason])
    quarantine(tmp_path, b"x", "a.csv", [reason])
    assert list_quarantine(tmp_path)[0]["reasons"] == [{"check": "not_in_future", "day": "2026-02-20"}]
