"""What the report says of money, places and terms: two lines, how sure, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from markupsafe import Markup

from indforecast.config.settings import Settings
from indforecast.publication.context import Facts, ReportContext
from indforecast.publication.headline import headline_figures
from indforecast.publication.language import Language
from indforecast.publication.plan_sections import plan_sections
from indforecast.publication.plan_words import budget_lines, chance_in_words, plan_sentences
from indforecast.publication.views import Section, Table
from tests.unit.publication.factory import release_inputs, settings

LAW_2026 = 1_079_723_000.0
#: measure -> minimum, medio, maximum of 2026, over all streams
FIGURES = {
    "budget_eur": (1_000e6, 1_050e6, 1_130e6),
    "budget_other_products_eur": (563_261_770.0,) * 3,
    "budget_input_eur": (289_576_000.0,) * 3,
    "budget_backlog_eur": (110e6, 120e6, 130e6),
    "budget_with_backlog_eur": (1_115e6, 1_171e6, 1_259e6),
    "budget_decided_eur": (990e6, 1_010e6, 1_020e6),
    "budget_gap_eur": (1_000e6 - LAW_2026, 1_050e6 - LAW_2026, 1_130e6 - LAW_2026),
    "budget_gap_mean_eur": (5_500_000.0,) * 3,
    "budget_shortfall_probability": (0.32,) * 3,
    "budget_gap_with_backlog_eur": (1_115e6 - LAW_2026, 1_171e6 - LAW_2026, 1_259e6 - LAW_2026),
    "budget_gap_with_backlog_mean_eur": (101e6,) * 3,
    "budget_shortfall_with_backlog_probability": (1.0,) * 3,
}


def context(code: str = "en", *, config: Settings | None = None, **changes: object) -> ReportContext:
    inputs = release_inputs(**changes)
    plan = inputs.tables["plan_yearly"].copy()
    for measure, band in FIGURES.items():
        here = (plan["measure"] == measure) & (plan["series_id"] == "all") & (plan["year"] == 2026)
        assert here.sum() <= 1
        plan.loc[here, ["minimum", "medio", "maximum"]] = band
    for series_id, share in (("asylum_first", 0.0), ("students", 0.92), ("knowledge_migrants", 0.95)):
        here = (plan["measure"] == "share_in_term") & (plan["series_id"] == series_id) & (plan["year"] == 2026)
        plan.loc[here, "medio"] = share
    inputs = replace(inputs, tables={**inputs.tables, "plan_yearly": plan}, settings=config or inputs.settings)
    return ReportContext(Facts(inputs, {}, "r", date(2026, 2, 28), 1), Language(code))


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportContext, "draw", lambda self, key, build: Markup())


def section(of: ReportContext, name: str) -> Section:
    return next(item for item in plan_sections(of) if item.section_id == name)


def tables(of: Section) -> dict[str, Table]:
    return {table.caption: table for block in of.blocks for table in block.tables}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_first_line_says_need_law_both_ends_of_the_difference_and_the_probability() -> None:
    need, _ = [plain(line) for line in budget_lines(context(), 2026)]
    assert "€1,050.0 million (minimum 1,000.0, maximum 1,130.0)" in need
    assert "€29.7 million less than the budget law grants (€1,079.7 million)" in need
    assert "minimum €79.7 million less, maximum €50.3 million more" in need
    assert "is 32%; on average it is €5.5 million more." in need  # the mean's sign differs from the medio's


def test_the_second_line_adds_the_backlog_with_its_months_and_is_never_certain() -> None:
    _, backlog = [plain(line) for line in budget_lines(context("nl"), 2026)]
    assert "in 24 maanden wegwerken kost in 2026 daarnaast € 120,0 miljoen" in backlog
    assert "€ 91,3 miljoen meer dan de begrotingswet toekent" in backlog
    assert "dan > 99%" in backlog


@pytest.mark.parametrize(("share", "text"), [(0.0, "< 1%"), (0.5, "50%"), (1.0, "> 99%")])
def test_a_probability_counted_on_paths_is_neither_never_nor_always(share: float, text: str) -> None:
    assert plain(chance_in_words(context(), share)) == text


def test_a_year_that_the_law_does_not_know_stands_without_a_difference() -> None:
    plan = context()
    config = plan.facts.inputs.settings
    budget = config.planning.budget.model_dump()
    for row in ("law_product", "law_input"):
        del budget[row]["2026"]
    planning = {**config.planning.model_dump(), "budget": budget}
    without = Settings.model_validate({**config.model_dump(), "planning": planning})
    assert not any("budget law" in line for line in budget_lines(context(config=without), 2026))


@pytest.mark.parametrize("code", ["nl", "en"])
def test_the_headline_says_inflow_alone_24_months_and_which_shares_are_assumed(code: str) -> None:
    here = context(code)
    figures = {figure.key: figure for figure in headline_figures(here.facts.inputs.tables, 2026)}
    told = [plain(text) for text in plan_sentences(here, figures)]
    words = " ".join(told)
    assert ("alleen over de instroom" if code == "nl" else "concerns inflow alone") in words
    staff = next(text for text in told if "FTE" in text or "fte" in text)
    assert ("24 maanden" if code == "nl" else "24 months") in staff
    assert ("verschil in capaciteit" if code == "nl" else "different capacities") in staff
    terms = next(text for text in told if ("wettelijke termijn" if code == "nl" else "legal term") in text)
    found, assumed = terms.split("Een aanname" if code == "nl" else "An assumption")
    assert ("eerste asielaanvragen 0%" if code == "nl" else "first asylum applications 0%") in found
    assert ("kennismigranten 95%" if code == "nl" else "knowledge migrants 95%") in assumed
    assert ("studenten 92%" if code == "nl" else "students 92%") in assumed


def test_the_budget_section_shows_the_two_lines_the_gaps_and_the_two_fixed_parts() -> None:
    shown = tables(section(context(), "budget"))
    lines = next(table for caption, table in shown.items() if caption.startswith("Two lines"))
    assert lines.rows[0] == ("2026", "1,050.0", "120.0", "1,171.0", "1,079.7", "1,010.0")
    alone = next(table for caption, table in shown.items() if caption.startswith("Keeping up with inflow: need"))
    assert tuple(map(plain, alone.rows[0])) == ("2026", "\u221279.7", "\u221229.7", "+50.3", "+5.5", "32%")
    both = next(table for caption, table in shown.items() if "working away the backlog in 24 months" in caption)
    assert tuple(map(plain, both.rows[0])) == ("2026", "+35.3", "+91.3", "+179.3", "+101.0", "> 99%")
    parts = next(table for caption, table in shown.items() if "to keep up with inflow per stream" in caption)
    rows = {row[0]: row[1] for row in parts.rows}
    assert rows["Other products (held constant)"] == "563.3"
    assert rows["Input funding (budget law)"] == "289.6"


def test_the_budget_section_says_what_is_held_constant_and_that_the_law_falls() -> None:
    reading = section(context(), "budget").blocks[0]
    told = plain(" ".join(reading.items))
    assert "of 2026, 81% does not move with inflow" in told
    assert "of 2025 the need equals the law by construction" in told
    assert "not indexed" in told
    assert "falls from €1,007.4 million in 2028 to €790.4 million in 2029" in told
    assert "A price of its own" not in told


def test_a_price_of_its_own_is_told() -> None:
    values = settings().model_dump()
    values["planning"]["streams"]["students"]["unit_price"] = {"value": 400, "unit": "EUR/case", "source": "x"}
    reading = section(context(config=Settings.model_validate(values)), "budget").blocks[0]
    assert "A price of its own is set for Students" in " ".join(reading.items)


def test_tables_of_the_backlog_name_their_months_and_years_are_not_to_be_added() -> None:
    for name, word in (("staff", "Direct staff to work away"), ("budget", "Extra need to work away")):
        table = next(t for caption, t in tables(section(context(), name)).items() if caption.startswith(word))
        assert "in 24 months" in table.caption
        assert "do not add up" in table.note


def test_open_cases_have_the_footnote_of_sums_and_assumed_shares_theirs() -> None:
    shown = tables(section(context(), "terms"))
    assert "do not add up exactly" in shown["Open cases at the end of the year, medio"].note
    shares = shown["Share of decisions within the legal term, medio"]
    assert shares.note.startswith("Knowledge migrants and Students: an assumption")


def test_reception_says_where_it_starts_how_far_replays_were_off_and_whose_money_it_is() -> None:
    told = plain(" ".join(section(context(), "beds").blocks[0].items))
    assert "no count but derived: 73,000 residents in December 2024" in told
    assert "1.5% off (root mean square of five; the share in reception was chosen on them)" in told
    assert "133,500" in told
    assert "COA's money" in told


def test_reception_starts_from_a_count_where_there_is_one() -> None:
    inputs = release_inputs()
    start = inputs.tables["plan_start"].copy()
    start.loc[start["measure"] == "residents", "counted_in"] = "2023-09"
    here = context()
    changed = replace(here.facts.inputs, tables={**here.facts.inputs.tables, "plan_start": pd.DataFrame(start)})
    told = plain(
        " ".join(section(replace(here, facts=replace(here.facts, inputs=changed)), "beds").blocks[0].items)
    )
    assert "a count: 57,538 residents in September 2023" in told


def test_the_coa_forecast_is_not_spoken_of_before_it_is_quoted() -> None:
    older = context(last="2023-05", vintage=date(2023, 6, 30))
    assert "133,500" not in " ".join(section(older, "beds").blocks[0].items)


@pytest.mark.parametrize("name", ["staff", "budget", "beds", "terms"])
def test_every_section_says_that_the_odds_concern_inflow_alone(name: str) -> None:
    assert "8 in 10 concerns inflow alone" in " ".join(section(context(), name).lede)
