"""A seed says what it is for, and nothing else moves it."""

from __future__ import annotations

from datetime import date

from indforecast.domain.seeds import generator_for, seed_for


def test_seeds_are_the_same_on_every_machine() -> None:
    # Golden: sha256("2026-01-30\x1fensemble\x1fjoint"), first eight bytes, big-endian.
    assert seed_for(date(2026, 1, 30), "ensemble", "joint") == 0x3E14F145286316AC


def test_different_purposes_get_different_draws() -> None:
    first = generator_for("2026-01-30", "ets", "students").standard_normal(5)
    again = generator_for("2026-01-30", "ets", "students").standard_normal(5)
    other = generator_for("2026-01-30", "ets", "naturalisation").standard_normal(5)
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_parts_do_not_run_together() -> None:
    assert seed_for("ab", "c") != seed_for("a", "bc")
