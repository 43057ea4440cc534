"""A small share of the mutated downloads that ``python -m benchmarks.fuzz_downloads`` reads."""

from __future__ import annotations

from benchmarks.fuzz_downloads import bases, download, fuzz


def test_mutated_downloads_are_read_or_refused_in_one_sentence() -> None:
    outcome = fuzz(range(40_000, 40_120))
    assert outcome.first_of == {}
    assert set(outcome.counts) == set(bases())
    assert {what for counts in outcome.counts.values() for what in counts} <= {"accepted", "refused"}
    assert outcome.total("accepted")
    assert outcome.total("refused")


def test_the_same_number_is_the_same_download() -> None:
    for _, content in bases().values():
        assert download(content, 8) == download(content, 8)
