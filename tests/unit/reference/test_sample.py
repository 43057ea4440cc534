"""The sample delivery: reproducible, complete, near the recent level, and plainly invented."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from indforecast.reference import sample
from indforecast.reference.dataset import read_delivery, reference_frame

FILE = Path(__file__).parents[3] / "samples" / "2026-01.csv"


def test_the_file_in_the_tree_is_reproduced():
    assert sample.build_sample() == FILE.read_bytes()


def test_every_stream_and_nationality_once_and_all_invented():
    frame = read_delivery(FILE.read_bytes())
    expected = set(reference_frame()["series_id"]) - {"asylum"}
    assert set(frame["series_id"]) == expected
    assert len(frame) == len(expected) == 21
    assert set(frame["basis"]) == {"simulated"}
    assert set(frame["source"]) == {"sample delivery: invented figures"}
    assert set(frame["period"]) == {pd.Timestamp("2026-01-01")}
    assert set(frame["available_from"]) == {pd.Timestamp("2026-02-20")}
    definitions = reference_frame().groupby("series_id")["definition"].first()
    assert (frame.set_index("series_id")["definition"] == definitions.drop("asylum")).all()


def test_figures_lie_near_recent_months():
    frame = read_delivery(FILE.read_bytes()).set_index("series_id")["observed"]
    newest = reference_frame().sort_values("available_from", kind="stable").groupby(["series_id", "period"]).last()
    for series_id, observed in frame.items():
        months = newest.loc[series_id, "observed"]
        recent = months.iloc[-13:]
        assert 0.7 * recent.min() - 5 <= observed <= 1.3 * recent.max() + 5, series_id
    for stream in ("asylum_first", "asylum_nareis"):
        assert frame[frame.index.str.startswith(f"{stream}.")].sum() <= frame[stream]


def test_command_writes_the_file(tmp_path, capsys):
    assert sample.main([str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / "2026-01.csv").read_bytes() == FILE.read_bytes()
    assert "invented" in capsys.readouterr().out
