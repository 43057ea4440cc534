"""A small share of the mutated files that ``python -m benchmarks fuzz`` sends through the house."""

from __future__ import annotations

from benchmarks.fuzz import bases, fuzz, mutated


def test_mutated_files_are_accepted_quarantined_or_refused_and_never_half_ingested() -> None:
    outcome = fuzz(range(20_000, 20_090))
    assert {what for counts in outcome.counts.values() for what in counts} <= {
        "accepted",
        "quarantined",
        "refused",
    }
    assert outcome.first_of == {}
    assert all(outcome.total(what) for what in ("accepted", "quarantined", "refused"))


def test_the_same_number_is_the_same_file() -> None:
    for _, content in bases().values():
        assert mutated(content, 7) == mutated(content, 7)
