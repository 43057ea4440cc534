"""The data set in the tree is what the sources in the tree give."""

from __future__ import annotations

from indforecast.reference import build
from indforecast.reference.dataset import reference_csv


def test_build_reproduces_the_packaged_bytes():
    assert build.build() == reference_csv()


def test_check_says_whether_they_agree(monkeypatch, capsys):
    monkeypatch.setattr(build, "build", reference_csv)
    assert build.main(["--check"]) == 0
    assert "is what the sources give" in capsys.readouterr().out
    monkeypatch.setattr(build, "build", lambda: reference_csv() + b"x")
    assert build.main(["--check"]) == 1
    assert "differs" in capsys.readouterr().out


def test_writing_makes_the_file(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build, "build", lambda: b"series_id\na\n")
    monkeypatch.setattr(build, "_TARGET", tmp_path / "data" / "observations.csv")
    assert build.main([]) == 0
    assert (tmp_path / "data" / "observations.csv").read_bytes() == b"series_id\na\n"
    assert "1 rows" in capsys.readouterr().out
