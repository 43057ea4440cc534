"""Figures of places: what has to hold between them."""

from datetime import date

import pytest
from pydantic import ValidationError

from indforecast.config import load_settings
from indforecast.config.planning_places import PlaceContract, PlacesCase
from indforecast.domain.errors import ConfigError

CASE = load_settings().planning.places.cases["june-2022"]


def changed(**fields):
    return PlacesCase.model_validate({**CASE.model_dump(), **fields})


def test_a_case_knows_nothing_after_its_own_day():
    assert max(CASE.then.residents) <= "2022-06"
    assert all(date.fromisoformat(day) > CASE.known_until for day in CASE.came)
    with pytest.raises(ValidationError, match="must follow each other"):
        changed(known_until=date(2023, 1, 1))


def test_the_model_starts_from_a_count():
    then = CASE.then.model_dump()
    with pytest.raises(ValidationError, match="opened = 2022-06 has no residents"):
        changed(then={**then, "opened": "2022-06"})
    with pytest.raises(ValidationError, match="fitted_from = 2022-01 has no status_holders"):
        changed(then={**then, "fitted_from": "2022-01"})


def test_a_contract_cannot_end_before_it_starts():
    places = {"value": 5, "unit": "places", "source": "test"}
    with pytest.raises(ValidationError, match="before it starts"):
        PlaceContract.model_validate(
            {"name": "x", "places": places, "kind": "regular", "starts": "2026-02-01", "until": "2026-01-01"}
        )


def test_a_users_contracts_replace_the_configured_ones(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(
        '[[planning.places.contracts]]\nname = "Ter Apel"\n'
        'places = { value = 2000, unit = "places", source = "agreement" }\nkind = "regular"\nuntil = 2027-06-30\n',
        encoding="utf-8",
    )
    (contract,) = load_settings(file).planning.places.contracts
    assert (contract.places.value, contract.until) == (2000, date(2027, 6, 30))


def test_a_task_is_dated_by_half_year(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(
        '[planning.reception.housing_task]\n"2026" = { value = 9, unit = "persons", source = "x" }\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="'2026' is not a half year; write 2023H1"):
        load_settings(file)
