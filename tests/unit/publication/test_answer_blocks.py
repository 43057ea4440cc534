"""Answers beside the bands: tables right, in both languages, and none where a release lacks the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from markupsafe import Markup

from indforecast.planning.funding_tables import REGIME_COLUMNS, REGIME_MEASURES
from indforecast.planning.hiring_table import ADVICE_COLUMNS
from indforecast.planning.proof import PROOF_COLUMNS
from indforecast.planning.uncertainty import MONEY_SOURCES, STAFF_SOURCES
from indforecast.planning.uncertainty_queue import BED_SOURCES, QUEUE_SOURCES
from indforecast.planning.waiting_table import WAITING_COLUMNS
from indforecast.publication.answer_blocks import (
    BLOCKS,
    certainty_block,
    hiring_block,
    places_block,
    proofs_table,
    regimes_block,
    tower_block,
    uncertainty_block,
    waiting_block,
)
from indforecast.publication.context import Facts, ReportContext
from indforecast.publication.language import Language, texts
from indforecast.publication.plan_sections import plan_sections
from indforecast.publication.views import Block
from tests.unit.publication.factory import release_inputs, settings

MONTHS = pd.date_range("2026-01-01", periods=12, freq="MS")


def hiring() -> pd.DataFrame:
    rows = [
        (group, month, float(hires), 0.0, 0.0, 5.0, 100.0, 100.0 + place, 1e6)
        for group, hires in (("asylum", 10), ("nareis", 2))
        for place, month in enumerate(MONTHS)
    ]
    columns = [
        "group", "period", "hires_fte", "dismissals_fte", "flexible_fte", "trainees_fte", "trained_fte",
        "effective_fte", "cost_eur",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def advice() -> pd.DataFrame:
    met = {
        "group": "asylum", "share_in_term": 0.9, "probability": 0.8, "asked_from": "2027-01",
        "within_reach_from": "2027-01", "planned_from": "2027-06", "reached_probability": 0.83,
        "reached_share": 0.91, "staff_eur": 90e6, "late_eur": 5e6, "cost_eur": 100e6, "cvar_eur": 120e6,
        "latest_month_to_decide": "2026-03", "wait_months": 3, "waiting_cost_eur": 2.5e6,
        "waiting_meets_target": True, "hires_possible": 30.0, "hires_needed": None,
        "structural_fall_probability": 0.2, "present_probability": 0.4, "reachable_share": None,
        "reachable_from": None, "reachable_late_cases": None, "present_late_cases": None,
        "reachable_late_at": None, "reachable_latest_month": None, "needed_from_1": None,
        "hires_needed_1": None, "needed_from_2": None, "hires_needed_2": None, "judged_probability": 0.9,
        "judged_cost_eur": 101e6, "rule_probability": 0.85, "rule_cost_eur": 90e6, "recommended": "rule",
    }  # fmt: skip
    missed = {**met, "group": "nareis", "planned_from": None, "latest_month_to_decide": None}
    missed |= {"waiting_cost_eur": None, "reached_probability": 0.0, "hires_needed": 44.0}
    missed |= {"reachable_share": 0.35, "reachable_from": "2029-01", "reachable_late_cases": 68_000.0}
    missed |= {"present_late_cases": 93_000.0, "reachable_late_at": "2028-12", "reachable_latest_month": "2026-01"}
    missed |= {"needed_from_1": "2028-01", "hires_needed_1": 22.0, "recommended": "plan"}
    return pd.DataFrame([met, missed], columns=list(ADVICE_COLUMNS))


def certainty() -> pd.DataFrame:
    rows = [
        ("baseline", measure, series_id, year, level, need, granted, need - granted, 1e5)
        for measure, more in (("budget_eur", 0.0), ("budget_with_backlog_eur", 100e6))
        for series_id, granted in (("all", 1_000e6), ("students", float("nan")))
        for year in (2026, 2027)
        for level, need in ((0.5, 990e6 + more + year), (0.9, 1_050e6 + more + year))
    ]
    columns = [
        "scenario", "measure", "series_id", "year", "certainty", "need_eur", "granted_eur", "gap_eur",
        "sampling_error_eur",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def regimes() -> pd.DataFrame:
    rows = [
        (
            regime,
            inflow,
            measure,
            0.0,
            0.0,
            0.0,
            0.5 if known.unit == "share" else scale * 1e6,
            1.0,
            known.unit,
            400,
        )
        for scale, regime in enumerate(settings().planning.funding.regimes, 1)
        for inflow in ("all", "high")
        for measure, known in REGIME_MEASURES.items()
    ]
    return pd.DataFrame(rows, columns=list(REGIME_COLUMNS))


def places() -> pd.DataFrame:
    held = (50_000.0, 31_000.0, 19_000.0, 0.0)
    rows = [(month, *held, 60_000.0, 65_000.0, 70_000.0, 66_000.0, 16_000.0 + month.month) for month in MONTHS]
    columns = [
        "period", "contracted", "regular", "emergency", "expiring", "need_minimum", "need_medio", "need_maximum",
        "target", "to_find",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def place_costs() -> pd.DataFrame:
    rows = [(choice, 60_000.0, 2e9, 3e9, 0.25) for choice in ("minimum", "medio", "target", "maximum")]
    return pd.DataFrame(rows, columns=["choice", "places", "expected_eur", "worst_eur", "months_short"])


def waiting() -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for track, half in (("all", 13), ("dublin", 2)):
        for applied in MONTHS[:2]:
            for level, waited in ((0.5, half), (0.9, None if track == "all" else 4)):
                rows.append(
                    ("asylum_first", track, applied, False, 2000.0, 6, level, waited, None, waited is None,
                     None if track == "all" else 0.75, 0.2)
                )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(WAITING_COLUMNS))
    frame["months_waited"] = frame["months_waited"].astype("Float64").astype("Int64")
    return frame


def uncertainty() -> pd.DataFrame:
    sources = {
        "staffing_fte": STAFF_SOURCES, "budget_eur": MONEY_SOURCES, "open_cases": QUEUE_SOURCES,
        "penalties_eur": QUEUE_SOURCES, "beds": BED_SOURCES,
    }  # fmt: skip
    rows = [
        (measure, "all", year, source, 0.6 if source == "inflow" else 0.4 / (len(names) - 1), 0.01, 0.5, 1.0)
        for measure, names in sources.items()
        for year in (2026, 2027)
        for source in names
    ]
    columns = [
        "measure", "series_id", "year", "source_of_uncertainty", "share", "standard_error", "alone", "variance",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def hours_per_case() -> pd.DataFrame:
    rows = [("students", 2026, 0.9, 1.0, 1.1), ("students", 2027, 0.8, 1.05, 1.4)]
    return pd.DataFrame(rows, columns=["series_id", "year", "minimum", "medio", "maximum"])


def tower_outcome() -> pd.DataFrame:
    rows = [
        (plan, measure, value * better, unit)
        for plan, better in (("optimum", 2), ("proportional_oldest_first", 1), ("proportional_term_first", 1.5))
        for measure, value, unit in (
            ("in_term", 100.0, "cases"), ("share_in_term", 0.4, "share"), ("hours_used", 7.0, "hours"),
            ("late_case_months", 50.0, "case-months"), ("cost_eur", 3e6, "EUR"),
        )
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["plan", "measure", "value", "unit"])


def tower_sentences() -> pd.DataFrame:
    return pd.DataFrame({"text_en": ["An hour is worth much."], "text_nl": ["Een uur is veel waard."]})


def proofs() -> pd.DataFrame:
    rows = [("cases_balance", True, 0.0, "cases", 1000, "It balances", "Het sluit"),
            ("whole_cents", False, 0.5, "cents", 7, "Whole cents", "Hele centen")]  # fmt: skip
    return pd.DataFrame(rows, columns=list(PROOF_COLUMNS))


TABLES = {
    "plan_hiring": hiring, "plan_hiring_advice": advice, "plan_certainty": certainty, "plan_regimes": regimes,
    "plan_places": places, "plan_place_costs": place_costs, "plan_waiting": waiting,
    "plan_uncertainty": uncertainty, "plan_hours_per_case": hours_per_case, "plan_tower_outcome": tower_outcome,
    "plan_tower_sentences": tower_sentences, "plan_proofs": proofs,
}  # fmt: skip
ASKED = (hiring_block, certainty_block, regimes_block, places_block, waiting_block, uncertainty_block, tower_block)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportContext, "draw", lambda self, key, build: Markup())


def context(code: str = "en", **tables: pd.DataFrame | None) -> ReportContext:
    inputs = release_inputs()
    every = {**inputs.tables, **{name: make() for name, make in TABLES.items()}, **tables}
    kept = {name: table for name, table in every.items() if table is not None}
    return ReportContext(Facts(replace(inputs, tables=kept), {}, "r", date(2026, 2, 28), 1), Language(code))


def plain(value: object) -> str:
    return str(value).replace("\u00a0", " ").replace("\u2212", "-")


def rows(block: Block, table: int = 0) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in block.tables[table].rows]


def test_a_target_that_is_met_and_one_that_is_not() -> None:
    (block,) = hiring_block(context())
    assert "90%" in plain(block.tables[0].caption)
    assert "80%" in plain(block.tables[0].caption)
    met, missed = rows(block)
    assert met == ["Asylum", "from June 2027", "83%", "40%", "March 2026", "+2.5", "100.0", "120.0"]
    assert missed[1:6] == ["–", "0%", "40%", "–", "–"]
    assert "with all that can be done: Nareis." in plain(block.sentences[1])
    assert "Asylum (90.0 instead of 101.0 million, probability 85%)" in plain(block.sentences[2])
    alone = hiring_block(context(plan_hiring_advice=advice().iloc[:1].assign(recommended="plan")))[0]
    assert len(alone.sentences) == 1
    assert len(alone.tables) == 2
    assert "3 months" in plain(block.tables[0].note)


def test_what_can_be_reached_instead_is_a_table_of_its_own() -> None:
    (block,) = hiring_block(context())
    (row,) = rows(block, 1)
    assert row[1:] == [
        "35% from January 2029", "68,000 at the end of December 2028; 93,000 with present staff", "January 2026",
        "44 for from January 2027; 22 for from January 2028",
    ]  # fmt: skip
    assert plain(hiring_block(context("nl"))[0].tables[1].rows[0][1]) == "35% vanaf januari 2029"


def test_a_group_whose_history_is_simulated_is_marked() -> None:
    told = advice().assign(group=["asylum", "naturalisation"])
    board = release_inputs().tables["leaderboard"]
    streams = board["series_id"].isin(["naturalisation", "asylum_first", "asylum_repeat"])
    board = board.assign(simulated=streams & (board["series_id"] == "naturalisation"))
    assert board["simulated"].any()
    (block,) = hiring_block(context(plan_hiring_advice=told, leaderboard=board))
    names = [row[0] for row in rows(block)]
    assert names == ["Asylum", "Naturalisation (history simulated, not validated)"]


def test_hires_are_added_up_per_quarter_and_output_stands_at_its_end() -> None:
    (block,) = hiring_block(context())
    assert rows(block, 2)[0] == ["2026 Q1", "30", "102", "6", "102"]
    assert rows(block, 2)[3] == ["2026 Q4", "30", "111", "6", "111"]
    assert len(block.tables[2].head) == 5
    assert plain(hiring_block(context("nl"))[0].tables[2].rows[0][0]) == "2026 kw 1"


def test_certainty_is_that_of_the_releases_year_and_of_all_streams() -> None:
    (block,) = certainty_block(context())
    assert rows(block) == [
        ["50%", "990.0", "-10.0", "1,090.0", "+90.0"],
        ["90%", "1,050.0", "+50.0", "1,150.0", "+150.0"],
    ]
    assert "2026" in block.tables[0].caption


def test_regimes_are_columns_and_only_all_paths_count() -> None:
    (block,) = regimes_block(context())
    named = settings().planning.funding.regimes
    assert list(block.tables[0].head[1:]) == [one.label_en for one in named.values()]
    assert "400" in block.tables[0].caption
    shown = {row[0]: row[1:] for row in rows(block)}
    assert shown["Granted (million euro)"] == [f"{scale}.0" for scale in range(1, len(named) + 1)]
    assert shown["Share decided within the term"][0] == "50%"
    assert list(regimes_block(context("nl"))[0].tables[0].head[1:]) == [one.label_nl for one in named.values()]


def test_places_stand_per_half_year_with_what_a_choice_costs() -> None:
    (block,) = places_block(context())
    assert [row[0] for row in rows(block)] == ["June 2026", "December 2026"]
    assert rows(block)[0][1:] == ["50,000", "60,000", "65,000", "70,000", "66,000", "16,006"]
    assert [row[0] for row in rows(block, 1)] == ["minimum", "medio", "target", "maximum"]
    assert rows(block, 1)[0][1:] == ["60,000", "2,000.0", "3,000.0", "25%"]
    assert len(places_block(context(plan_place_costs=None))[0].tables) == 1


def test_who_applies_now_waits_so_long() -> None:
    (block,) = waiting_block(context())
    assert rows(block) == [
        ["First asylum applications", "13 mo", "beyond the horizon", "–", "20%"],
        ["– Dublin", "2 mo", "4 mo", "75%", "20%"],
    ]
    assert "January 2026" in plain(block.tables[0].caption)
    later = waiting().assign(applied=MONTHS[5])
    assert waiting_block(context(plan_waiting=later)) == ()


def test_a_source_that_a_measure_does_not_have_is_a_dash() -> None:
    (block,) = uncertainty_block(context())
    head = block.tables[0].head
    shown = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows(block)}
    beds = shown["Reception beds"]
    assert (beds["Inflow"], beds["Length of stay"], beds["Going to court"]) == ("60%", "20%", "–")
    assert shown["Budget need to keep up with inflow"]["Hours per case moving"] == "40%"
    assert len(shown) == 5


def test_hours_that_move_stand_per_stream_and_year() -> None:
    (block,) = uncertainty_block(context())
    assert list(block.tables[1].head[1:]) == ["2026", "2027"]
    (row,) = rows(block, 1)
    assert row[0] == "Students"
    assert all(number in row[2] for number in ("0.80", "1.05", "1.40"))
    assert len(uncertainty_block(context(plan_hours_per_case=None))[0].tables) == 1


def test_the_control_towers_plan_stands_before_the_plain_ones() -> None:
    (block,) = tower_block(context())
    assert rows(block)[0][1:] == ["200", "80%", "100", "6.0"]
    assert [row[1] for row in rows(block)] == ["200", "150", "100"]
    assert "An hour is worth much." in block.items
    assert "Een uur is veel waard." in tower_block(context("nl"))[0].items
    assert tower_block(context(plan_tower_sentences=None)) == ()


def test_proofs_say_what_holds_and_what_does_not() -> None:
    table = proofs_table(context())
    assert table is not None
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        ["It balances", "holds", "1,000"],
        ["Whole cents", "fails", "7"],
    ]
    dutch = proofs_table(context("nl"))
    assert dutch is not None
    assert dutch.rows[0][0] == "Het sluit"


@pytest.mark.parametrize("code", ["nl", "en"])
@pytest.mark.parametrize("ask", ASKED)
def test_every_word_is_there_in_both_languages_and_rows_fit_their_heads(code: str, ask: Any) -> None:
    (block,) = ask(context(code))
    told = [block.heading, *block.sentences]
    for table in block.tables:
        told += [table.caption, table.note, *table.head]
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.head)}
    assert block.heading
    assert not any("{" in text for text in told)


def test_dutch_is_not_english() -> None:
    for ask in ASKED:
        assert ask(context("nl"))[0].heading != ask(context("en"))[0].heading


@pytest.mark.parametrize("empty", [True, False])
def test_a_release_without_the_tables_has_no_such_blocks(empty: bool) -> None:
    lacking = context(**{name: make().iloc[:0] if empty else None for name, make in TABLES.items()})
    for ask in ASKED:
        assert ask(lacking) == ()
    assert proofs_table(lacking) is None


def test_each_answer_ends_its_section() -> None:
    sections = {section.section_id: section for section in plan_sections(context())}
    assert set(BLOCKS) <= set(sections)
    ends = {name: [block.block_id for block in section.blocks] for name, section in sections.items()}
    assert ends["staff"][-2:] == ["hire", "uncertainty"]
    assert ends["budget"][-2:] == ["certainty", "regimes"]
    assert ends["beds"][-1] == "places"
    assert ends["terms"][-2:] == ["waiting", "tower"]
    assert {"late", "desks"} <= set(sections)


def test_sections_of_measures_are_left_out_where_nothing_was_planned() -> None:
    plan = release_inputs().tables["plan_yearly"]
    only = context(
        plan_yearly=plan[plan["measure"].isin(["staffing_fte", "beds", "residents", "reception_cost_eur"])]
    )
    assert [section.section_id for section in plan_sections(only)] == ["staff", "beds"]


def test_groups_and_sources_of_the_settings_have_names_for_readers() -> None:
    for group in settings().planning.hiring.groups:
        assert f"group.{group}" in texts()
    for source in {*STAFF_SOURCES, *MONEY_SOURCES, *QUEUE_SOURCES, *BED_SOURCES}:
        assert f"uncertainty.source_{source}" in texts()
    for stream in settings().planning.streams.values():
        for track in stream.track_order:
            assert f"track.{track}" in texts()
