"""Two releases with their real reports, made once; and a stand-in for the report where it does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from indforecast.publication import report
from indforecast.publication.release import Release, previous_release, publish
from tests.unit.publication.factory import release_inputs


@dataclass(frozen=True)
class Published:
    """A home with the first release and the one of the month after."""

    home: Path
    first: Release
    second: Release


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    home = tmp_path_factory.mktemp("published")
    first = publish(release_inputs(), home)
    vintage = date(2026, 2, 28)
    second = publish(
        release_inputs(last="2026-01", vintage=vintage, shift=1.04, previous=previous_release(home, vintage)), home
    )
    return Published(home, first, second)


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish without drawing: for tests of files, not of the report."""
    monkeypatch.setattr(report, "render_report", lambda inputs, record, **about: f"<p>{about['release_id']}</p>")
