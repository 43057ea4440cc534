from __future__ import annotations

import pytest

from indforecast.sources.mapping import Publisher, load_publishers


@pytest.fixture(scope="session")
def publishers() -> dict[str, Publisher]:
    return load_publishers()


@pytest.fixture(scope="session")
def ind(publishers: dict[str, Publisher]) -> Publisher:
    return publishers["ind"]
