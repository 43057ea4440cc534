import pytest

from indforecast.domain.errors import InputError, IntegrityError, NotFound
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


def test_the_mapping_that_an_operator_chose_is_kept_beside_the_copy(tmp_path):
    raw = RawCopies(tmp_path)
    delivery_id = raw.keep(b"x", "a.csv")
    assert raw.publisher(delivery_id) is None
    assert raw.publisher("0" * 64) is None
    raw.keep(b"x", "b.csv", "cbs")
    assert (RawCopies(tmp_path).publisher(delivery_id), raw.read(delivery_id)) == ("cbs", ("a.csv", b"x"))
    before = files(tmp_path)
    raw.keep(b"x", "a.csv", "cbs")
    raw.keep(b"x", "a.csv")
    assert files(tmp_path) == before
    raw.keep(b"x", "a.csv", "ind")
    assert raw.publisher(delivery_id) == "ind"


def test_what_is_stored_as_one_mapping_reads_it_is_not_read_with_another(tmp_path):
    raw = RawCopies(tmp_path)
    delivery_id = raw.keep(b"x", "a.csv", "cbs", lambda _: True)
    assert raw.keep(b"x", "a.csv", "cbs", lambda _: True) == raw.keep(b"x", "a.csv", None, lambda _: True)
    with pytest.raises(InputError, match=r"'a\.csv' was taken in before, and not as a file of 'ind'"):
        raw.keep(b"x", "a.csv", "ind", lambda one: one == delivery_id)
    assert raw.publisher(delivery_id) == "cbs"
    assert raw.keep(b"x", "a.csv", "ind", lambda _: False) == delivery_id
