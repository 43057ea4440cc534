"""The data dictionary names every published column, and no column that is not published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indforecast.evaluation.backtest import FAILURE_COLUMNS
from indforecast.evaluation.leaderboard import LEADERBOARD_COLUMNS
from indforecast.evaluation.official_record import RECORD_COLUMNS
from indforecast.evaluation.score_tables import TABLES
from indforecast.forecasting.hit_rates import HIT_RATE_COLUMNS
from indforecast.forecasting.nationalities import NATIONALITY_SCORE_COLUMNS
from indforecast.forecasting.nowcast_table import NOWCAST_COLUMNS
from indforecast.forecasting.sums import SUM_COLUMNS
from indforecast.planning.beds import COST_COLUMNS, PLACES_COLUMNS
from indforecast.planning.certainty import CERTAINTY_COLUMNS, PRICE_QUANTITY_COLUMNS
from indforecast.planning.control_tower import ALLOCATION_COLUMNS, OUTCOME_COLUMNS, PRICE_COLUMNS
from indforecast.planning.funding_tables import DIFFERENCE_COLUMNS, REGIME_COLUMNS
from indforecast.planning.hiring_table import ADVICE_COLUMNS, HIRING_COLUMNS
from indforecast.planning.measures import MEASURES
from indforecast.planning.plan import FACT_COLUMNS, START_COLUMNS
from indforecast.planning.proof import PROOF_COLUMNS
from indforecast.planning.tables import MONTHLY_COLUMNS, YEARLY_COLUMNS
from indforecast.planning.track_table import TRACK_COLUMNS
from indforecast.planning.uncertainty import UNCERTAINTY_COLUMNS
from indforecast.planning.waiting_table import WAITING_COLUMNS
from indforecast.publication.changes import CHANGE_COLUMNS, PLAN_CHANGE_COLUMNS
from indforecast.publication.counted_section import BREAK_COLUMNS, DEFINITION_COLUMNS
from indforecast.publication.nationality_tables import NATIONALITY_COLUMNS
from indforecast.publication.tables import REQUIRED_COLUMNS

PAGE = Path(__file__).resolve().parents[3] / "src" / "indforecast" / "publication" / "data-dictionary.md"

# The rooms' own word on the columns of their tables, where they have one.
PUBLISHED: dict[str, set[str]] = {
    **{name: set(columns) for name, columns in REQUIRED_COLUMNS.items()},
    "history": {*REQUIRED_COLUMNS["history"], "delivery_id"},
    "leaderboard": set(LEADERBOARD_COLUMNS),
    "hit_rates": set(HIT_RATE_COLUMNS),
    **{name: set(columns) for name, columns in TABLES.items()},
    "nowcast": set(NOWCAST_COLUMNS),
    "nationalities": set(NATIONALITY_COLUMNS),
    "nationality_scores": set(NATIONALITY_SCORE_COLUMNS),
    "official_record": set(RECORD_COLUMNS),
    "sums": set(SUM_COLUMNS),
    "failures": set(FAILURE_COLUMNS),
    "plan_monthly": set(MONTHLY_COLUMNS),
    "plan_yearly": set(YEARLY_COLUMNS),
    "plan_start": set(START_COLUMNS),
    "plan_facts": set(FACT_COLUMNS),
    "plan_notes": {"text_en", "text_nl"},
    "plan_proofs": set(PROOF_COLUMNS),
    "plan_tower": set(ALLOCATION_COLUMNS),
    "plan_tower_outcome": set(OUTCOME_COLUMNS),
    "plan_tower_prices": set(PRICE_COLUMNS),
    "plan_tower_sentences": {"text_en", "text_nl"},
    "plan_tracks": set(TRACK_COLUMNS),
    "plan_hiring": set(HIRING_COLUMNS),
    "plan_hiring_advice": set(ADVICE_COLUMNS),
    "plan_certainty": set(CERTAINTY_COLUMNS),
    "plan_price_quantity": set(PRICE_QUANTITY_COLUMNS),
    "plan_regimes": set(REGIME_COLUMNS),
    "plan_regime_differences": set(DIFFERENCE_COLUMNS),
    "plan_places": set(PLACES_COLUMNS),
    "plan_place_costs": set(COST_COLUMNS),
    "plan_uncertainty": set(UNCERTAINTY_COLUMNS),
    "plan_hours_per_case": {"series_id", "year", "minimum", "medio", "maximum"},
    "plan_waiting": set(WAITING_COLUMNS),
    "definitions": set(DEFINITION_COLUMNS),
    "definition_breaks": set(BREAK_COLUMNS),
    "inflow_history": {"series_id", "period", "observed", "basis"},
    "changes": set(CHANGE_COLUMNS),
    "changes_plan": set(PLAN_CHANGE_COLUMNS),
    "paths": {"series_id", "path", "period", "inflow_persons"},
}


def described() -> dict[str, set[str]]:
    tables: dict[str, set[str]] = {}
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        cells = re.findall(r"^\| (`[^|]+`) \|", section, re.M)
        tables[section.split("\n", 1)[0].strip()] = {
            name for cell in cells for name in re.findall(r"`(\w+)`", cell)
        }
    return tables


@pytest.mark.parametrize("table", sorted(PUBLISHED))
def test_every_column_is_described(table: str) -> None:
    assert PUBLISHED[table] - described()[table] == set()


def test_nothing_is_described_that_is_not_published() -> None:
    assert set(described()) == set(PUBLISHED)
    open_ended = {"weights"}  # its columns have no name of their own in the room that makes it
    extra = {name: columns - PUBLISHED[name] for name, columns in described().items() if name not in open_ended}
    assert {name: columns for name, columns in extra.items() if columns} == {}


def test_each_room_publishes_what_a_release_needs() -> None:
    for name, columns in REQUIRED_COLUMNS.items():
        assert set(columns) <= PUBLISHED[name]


def test_every_table_that_planning_gives_to_a_release_is_described() -> None:
    from assets.release import PLANNING_TABLES

    given = {name for names in PLANNING_TABLES.values() for name in names}
    assert given <= set(PUBLISHED)
    assert given <= set(described())


def test_every_unit_of_a_measure_is_named() -> None:
    section = PAGE.read_text(encoding="utf-8").split("\n## plan_monthly\n")[1].split("\n## ")[0]
    row = next(line for line in section.splitlines() if line.startswith("| `unit`"))
    assert {measure.unit for measure in MEASURES.values()} == set(re.findall(r"`(\w+)`", row)) - {"unit"}
