from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indforecast.domain.errors import IntegrityError
from indforecast.publication.integrity import check_verdicts, verify
from indforecast.publication.manifest import manifest_bytes, sidecar_bytes
from indforecast.publication.tables import table_sha256
from tests.unit.publication.conftest import Published
from tests.unit.publication.factory import DELIVERY, release_inputs, verdict


@pytest.fixture
def folder(published: Published, tmp_path: Path) -> Path:
    """A copy of a release that may be spoilt."""
    copy = tmp_path / published.first.release_id
    shutil.copytree(published.first.path, copy)
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None], *, sidecar: bool) -> None:
    """Forge the manifest, and its sidecar when asked."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    change(manifest)
    content = manifest_bytes(manifest)
    (folder / "manifest.json").write_bytes(content)
    if sidecar:
        (folder / "manifest.sha256").write_bytes(sidecar_bytes(content))


def test_a_published_release_has_no_problems(published: Published) -> None:
    assert verify(published.first.path) == []
    assert verify(published.second.path) == []


def test_a_flipped_bit_is_found_in_every_file(folder: Path) -> None:
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        content = path.read_bytes()
        for place in (0, len(content) // 2, len(content) - 1):
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            problems = verify(folder)
            assert problems, f"{path.name} byte {place}"
            named = "manifest" if path.name.startswith("manifest") else path.relative_to(folder).as_posix()
            assert any(named in problem for problem in problems)
        path.write_bytes(content)
    assert verify(folder) == []


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_single_byte_change_is_found(
    published: Published, tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    source = published.first.path
    file = data.draw(st.sampled_from(sorted(path for path in source.rglob("*") if path.is_file())))
    content = file.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))
    copy = tmp_path_factory.mktemp("flip") / source.name
    shutil.copytree(source, copy)
    target = copy / file.relative_to(source)
    target.chmod(0o644)
    target.write_bytes(content[:place] + bytes([other]) + content[place + 1 :])
    assert verify(copy)


def test_missing_foreign_and_cut_files_are_named(folder: Path) -> None:
    (folder / "report.html").unlink()
    (folder / "extra.txt").write_text("x")
    (folder / "more" / "deep").mkdir(parents=True)
    cut = folder / "paths.parquet"
    cut.write_bytes(cut.read_bytes()[:-1])
    problems = "\n".join(verify(folder))
    assert "report.html is missing." in problems
    assert "extra.txt does not belong to the release." in problems
    assert "more does not belong to the release." in problems
    assert "paths.parquet was changed" in problems


def test_a_link_to_the_same_bytes_is_no_file_of_the_release(folder: Path, published: Published) -> None:
    (folder / "report.html").unlink()
    (folder / "report.html").symlink_to(published.first.report)
    assert any("report.html" in problem for problem in verify(folder))


def test_a_renamed_folder_is_found(folder: Path) -> None:
    moved = folder.with_name("2026-01-30-00000000")
    folder.rename(moved)
    assert any("The folder is called" in problem for problem in verify(moved))


def test_an_edited_manifest_is_found_by_its_sidecar(folder: Path) -> None:
    rewrite(folder, lambda manifest: manifest.update(publisher="someone else"), sidecar=False)
    assert verify(folder) == ["manifest.json is not the one that manifest.sha256 was written for."]


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["inputs"].update(vintage="2025-12-31"),
        lambda manifest: manifest["inputs"]["seeds"].update(other="1"),
        lambda manifest: manifest["inputs"]["settings"]["bands"].update(maximum=0.95),
        lambda manifest: manifest["inputs"].update(verdicts=[]),
        lambda manifest: manifest.update(release_id="2026-01-30-00000000"),
        lambda manifest: manifest.update(forecast_origin="2025-11"),
        lambda manifest: manifest["inputs"]["code"].update(source_sha256="0" * 64),
    ],
)
def test_forged_inputs_are_found_even_with_a_forged_sidecar(
    folder: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    rewrite(folder, change, sidecar=True)
    assert verify(folder)


def test_a_forged_table_is_found_even_with_forged_manifest_and_sidecar(folder: Path) -> None:
    table = folder / "tables" / "yearly_bands.csv"
    table.write_bytes(table.read_bytes().replace(b"2026", b"2027", 1))
    digest = __import__("hashlib").sha256(table.read_bytes()).hexdigest()
    rewrite(folder, lambda item: item["files"]["tables/yearly_bands.csv"].update(sha256=digest), sidecar=True)
    assert verify(folder) == ["manifest.json: tables/yearly_bands.csv is not the table that the inputs name."]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"files": 3, "inputs": {}}', b"\xff\xfe"])
def test_a_ruined_manifest_is_told_in_words(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    assert verify(folder) == ["manifest.json is not a release's manifest any more."]


def test_what_is_no_release_at_all(tmp_path: Path) -> None:
    assert verify(tmp_path / "absent") == [f"{tmp_path / 'absent'} is not a folder."]
    assert verify(tmp_path) == ["manifest.json is missing."]


def test_fitting_verdicts_pass() -> None:
    check_verdicts(release_inputs())


def test_what_was_not_checked_is_not_published() -> None:
    base = release_inputs()
    yearly = table_sha256(base.tables["yearly_bands"])
    with pytest.raises(IntegrityError, match="yearly_bands was never checked"):
        check_verdicts(replace(base, verdicts=[v for v in base.verdicts if v["subject_sha256"] != yearly]))
    with pytest.raises(IntegrityError, match="monthly_bands was never checked"):
        check_verdicts(replace(base, verdicts=[]))


def test_what_failed_is_not_published() -> None:
    base = release_inputs()
    result = {"name": "observed_not_negative", "severity": "critical", "success": False, "reason": "negative"}
    with pytest.raises(IntegrityError, match="observed_not_negative"):
        check_verdicts(replace(base, verdicts=[*base.verdicts, verdict("delivery", DELIVERY, results=[result])]))
    with pytest.raises(IntegrityError, match="delivery failed"):
        check_verdicts(replace(base, verdicts=[*base.verdicts, verdict("delivery", DELIVERY, success=False)]))


def test_a_failed_warning_is_published() -> None:
    base = release_inputs()
    result = {"name": "plausible", "severity": "warning", "success": False, "reason": "high"}
    check_verdicts(replace(base, verdicts=[*base.verdicts, verdict("delivery", DELIVERY, results=[result])]))


def test_what_was_changed_after_its_check_is_not_published() -> None:
    base = release_inputs()
    bands = base.tables["monthly_bands"].copy()
    bands.loc[3, "medio"] += 1
    with pytest.raises(IntegrityError, match="bands judged"):
        check_verdicts(replace(base, tables={**base.tables, "monthly_bands": bands}))


def test_a_verdict_on_another_delivery_is_not_accepted() -> None:
    base = release_inputs()
    with pytest.raises(IntegrityError, match="delivery judged"):
        check_verdicts(replace(base, verdicts=[*base.verdicts, verdict("delivery", "a" * 64)]))
