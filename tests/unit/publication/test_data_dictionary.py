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
from indforecast.planning.plan import FACT_COLUMNS, START_COLUMNS
from indforecast.planning.tables import MONTHLY_COLUMNS, YEARLY_COLUMNS
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
