from __future__ import annotations

from pathlib import Path

import pytest

from indforecast.domain.errors import InputError
from indforecast.domain.files import sha256_hex
from indforecast.sources import drop_folder
from indforecast.sources.delimited_text import Limits
from indforecast.sources.drop_folder import dropped_files, publisher_of, read_incoming, waiting_files


def test_a_file_is_read_with_its_plain_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    assert read_incoming(tmp_path / "a.csv") == drop_folder.Incoming("a.csv", b"x")


@pytest.mark.parametrize(("name", "what"), [("absent.csv", "does not exist"), ("", "is a folder")])
def test_what_is_no_file_is_said_in_one_sentence(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read_incoming(tmp_path / name)


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_folder, "Limits", lambda: Limits(bytes=3))
    (tmp_path / "big.csv").write_bytes(b"1234")
    with pytest.raises(InputError, match="4 bytes, more than the 3"):
        read_incoming(tmp_path / "big.csv")


def test_hidden_and_half_written_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden", "c.csv.part", "d.csv~"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder" / "deeper").mkdir(parents=True)
    (tmp_path / "folder" / "deeper" / "d.csv").write_text("d")
    (tmp_path / ".hidden_folder").mkdir()
    (tmp_path / ".hidden_folder" / "e.csv").write_text("e")
    assert [path.name for path in dropped_files(tmp_path)] == ["a.csv", "b.csv"]


def test_a_folder_within_says_whose_its_files_are(tmp_path: Path) -> None:
    for name in ("z.csv", "cbs/b.csv", "cbs/a.csv", "cbs/.a", "ind/c.csv.part", "ind/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    found = dropped_files(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["z.csv", "cbs/a.csv", "cbs/b.csv", "ind/c.csv"]
    assert [publisher_of(path, tmp_path) for path in found] == [None, "cbs", "cbs", "ind"]
    assert publisher_of(tmp_path.parent / "elsewhere" / "a.csv", tmp_path) is None


def test_what_was_dealt_with_does_not_wait_and_equal_files_wait_once(tmp_path: Path) -> None:
    for name, text in (("a.csv", "1"), ("b.csv", "2"), ("copy of b.csv", "2")):
        (tmp_path / name).write_text(text)
    assert [path.name for path in waiting_files(tmp_path, set())] == ["a.csv", "b.csv"]
    assert [path.name for path in waiting_files(tmp_path, {sha256_hex(b"1")})] == ["b.csv"]


def test_no_drop_folder_is_nothing_waiting(tmp_path: Path) -> None:
    assert waiting_files(tmp_path / "drop", set()) == []
