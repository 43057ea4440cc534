"""Fixtures of these tests."""

from __future__ import annotations

from tests.unit.invented_histories import counts, make_histories, make_history  # noqa: F401 - fixtures
