from dataclasses import dataclass

import pandas as pd
import pytest

from indforecast.domain.files import sha256_hex


@dataclass(frozen=True)
class Delivered:
    """The least that the store asks of a delivery; made here so that these tests need no source."""

    delivery_id: str
    name: str
    publisher: str
    frame: pd.DataFrame


@pytest.fixture
def frame():
    """Delivery frame from (series, month, persons, day known) tuples."""

    def build(*rows, basis="published", definition="first_application_signed", source="press release"):
        return pd.DataFrame(
            {
                "series_id": [row[0] for row in rows],
                "period": pd.to_datetime([row[1] for row in rows]),
                "observed": [row[2] for row in rows],
                "basis": basis,
                "definition": definition,
                "source": source,
                "available_from": pd.to_datetime([row[3] for row in rows]),
                "row": range(2, len(rows) + 2),
            }
        )

    return build


@pytest.fixture
def delivery(frame):
    """Delivery from (series, month, persons, day known) tuples."""

    def build(*rows, name="counts.csv", publisher="IND", content=None, **words):
        delivery_id = sha256_hex((content or repr((rows, name, words))).encode())
        return Delivered(delivery_id, name, publisher, frame(*rows, **words))

    return build
