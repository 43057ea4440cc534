from __future__ import annotations

from pathlib import Path

import pytest

from indforecast.domain.errors import StoreUnavailable
from indforecast.vintages.verdicts import Verdicts

SHA = "a" * 64


def test_a_verdict_is_found_under_the_hash_of_what_it_judged(tmp_path: Path) -> None:
    Verdicts(tmp_path).keep({"table": "bands", "subject_sha256": SHA, "success": True})
    assert Verdicts(tmp_path).find("bands", SHA) == {"table": "bands", "subject_sha256": SHA, "success": True}


def test_nothing_is_found_for_other_bytes_or_another_table(tmp_path: Path) -> None:
    Verdicts(tmp_path).keep({"table": "bands", "subject_sha256": SHA, "success": True})
    assert Verdicts(tmp_path).find("bands", "b" * 64) is None
    assert Verdicts(tmp_path).find("delivery", SHA) is None


def test_the_last_verdict_on_the_same_bytes_counts(tmp_path: Path) -> None:
    for success in (True, False):
        Verdicts(tmp_path).keep({"table": "delivery", "subject_sha256": SHA, "success": success})
    kept = Verdicts(tmp_path).find("delivery", SHA)
    assert kept is not None
    assert not kept["success"]


def test_a_damaged_verdict_is_no_verdict_but_an_error(tmp_path: Path) -> None:
    Verdicts(tmp_path).keep({"table": "bands", "subject_sha256": SHA, "success": True})
    (tmp_path / "verdicts" / "bands" / f"{SHA}.json").write_text("{")
    with pytest.raises(StoreUnavailable):
        Verdicts(tmp_path).find("bands", SHA)


@pytest.mark.parametrize(("table", "sha"), [("../x", SHA), ("bands", "../../etc")])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, table: str, sha: str) -> None:
    with pytest.raises(ValueError, match="no table and hash"):
        Verdicts(tmp_path).find(table, sha)


def test_all_verdicts_on_a_kind_of_table_are_found_in_the_order_of_their_hashes(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path)
    assert verdicts.all_of("delivery") == []
    for subject in ("bb", "aa"):
        verdicts.keep({"table": "delivery", "subject_sha256": subject * 32, "success": True})
    verdicts.keep({"table": "bands", "subject_sha256": "cc" * 32, "success": True})
    assert [kept["subject_sha256"][:2] for kept in verdicts.all_of("delivery")] == ["aa", "bb"]
