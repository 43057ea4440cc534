from __future__ import annotations

from pathlib import Path

import pytest

import indforecast
from indforecast.publication import code


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "models" / "b.toml").write_text("y = 2\n")
    monkeypatch.setattr(code.resources, "files", lambda _: tmp_path)
    return tmp_path


def test_version_and_hash() -> None:
    version, source = code.split_code_version(code.code_version())
    assert version == indforecast.__version__
    assert source is not None
    assert len(source) == 64
    assert code.code_version() == code.code_version()
    assert code.split_code_version("1.2") == ("1.2", None)


def test_the_hash_follows_every_module_and_resource(package: Path) -> None:
    seen = {code.code_version()}
    for name, text in (("a.py", "x = 2\n"), ("models/b.toml", "y = 3\n"), ("models/c.py", "")):
        (package / name).write_text(text)
        seen.add(code.code_version())
    (package / "a.py").rename(package / "z.py")
    seen.add(code.code_version())
    assert len(seen) == 5


def test_the_hash_does_not_follow_caches(package: Path) -> None:
    before = code.code_version()
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"x")
    (package / ".hidden").write_text("x")
    assert code.code_version() == before


def test_a_moved_boundary_between_name_and_content_is_another_package(package: Path) -> None:
    (package / "c").write_text("de")
    one = code.code_version()
    (package / "c").unlink()
    (package / "cd").write_text("e")
    assert code.code_version() != one


def test_libraries_are_those_the_package_requires() -> None:
    versions = code.library_versions()
    assert versions["python"] == "3.11"
    assert {"numpy", "pandas", "statsmodels", "vl-convert-python"} <= set(versions)
    assert "pytest" not in versions
