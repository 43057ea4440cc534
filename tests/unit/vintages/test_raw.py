import pytest

from indforecast.domain.errors import IntegrityError, NotFound
from indforecast.domain.files import sha256_hex
from indforecast.vintages.raw import RawCopies


def files(home):
    return {str(path.relative_to(home)): path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}


def test_kept_byte_for_byte_under_its_hash(tmp_path):
    delivery_id = RawCopies(tmp_path).keep(b"a\x00\xff", "../../2026-01.csv")
    assert delivery_id == sha256_hex(b"a\x00\xff")
    assert (tmp_path / "raw" / delivery_id[:2] / delivery_id / "2026-01.csv").read_bytes() == b"a\x00\xff"
    assert RawCopies(tmp_path).read(delivery_id) == ("2026-01.csv", b"a\x00\xff")


def test_again_is_a_no_op_whatever_it_is_called(tmp_path):
    raw = RawCopies(tmp_path)
    raw.keep(b"same", "first.csv")
    before = files(tmp_path)
    assert raw.keep(b"same", "first.csv") == raw.keep(b"same", "second.csv")
    assert files(tmp_path) == before
    assert raw.read(sha256_hex(b"same"))[0] == "first.csv"


def test_a_copy_without_its_note_is_completed(tmp_path):
    raw = RawCopies(tmp_path)
    delivery_id = raw.keep(b"x", "a.csv")
    (tmp_path / "raw" / delivery_id[:2] / f"{delivery_id}.json").unlink()
    with pytest.raises(NotFound):
        raw.read(delivery_id)
    raw.keep(b"x", "a.csv")
    assert raw.read(delivery_id) == ("a.csv", b"x")


@pytest.mark.parametrize("damage", [b"y", None])
def test_damage_is_found_and_mended_by_the_original(tmp_path, damage):
    raw = RawCopies(tmp_path)
    delivery_id = raw.keep(b"x", "a.csv")
    path = tmp_path / "raw" / delivery_id[:2] / delivery_id / "a.csv"
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(IntegrityError, match=r"'a\.csv'"):
        raw.read(delivery_id)
    raw.keep(b"x", "a.csv")
    assert raw.read(delivery_id) == ("a.csv", b"x")


def test_unknown_delivery(tmp_path):
    with pytest.raises(NotFound):
        RawCopies(tmp_path).read("0" * 64)
