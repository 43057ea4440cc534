"""Quoted facts stand in the table of published facts, and are on the figures they claim to be."""

import pytest

from indforecast.config import load_settings
from indforecast.planning.measures import ALL, MEASURES
from indforecast.planning.quoted import FACT_COLUMNS, quoted_facts
from indforecast.reference.facts import fact

PLANNING = load_settings().planning


def spellings(value):
    """How a table of facts may write a value."""
    texts = {f"{value:g}", f"{value:.0f}", f"{value:,.0f}", f"{value / 1e6:.1f}", f"{value / 1e9:g}"}
    return texts | {f"{100 * value:g}"} if value <= 1 else texts


@pytest.mark.parametrize("quoted", PLANNING.facts, ids=lambda quoted: f"{quoted.measure}-{quoted.when}")
def test_quoted_value_stands_in_the_published_row_it_names(quoted):
    assert any(text in fact(quoted.topic).text for text in spellings(quoted.value))


def test_every_quoted_fact_stands_beside_a_measure_and_in_its_unit():
    for quoted in PLANNING.facts:
        assert quoted.unit == MEASURES[quoted.measure].unit
        assert quoted.series_id in {*PLANNING.streams, ALL}
        assert quoted.source
        assert quoted.text_en != quoted.text_nl


def test_law_rows_come_from_the_budget_settings_and_agree_with_the_published_row():
    table = quoted_facts(PLANNING)
    assert tuple(table.columns) == FACT_COLUMNS
    law = table[table["topic"] == "ind_budget"].set_index("when")
    assert list(law.index) == ["2025", "2026", "2027", "2028", "2029", "2030"]
    published = fact("ind_budget").text.split("total ")[1].split("/")
    assert [f"{value / 1e6:.1f}" for value in law["value"]] == published
    assert "€ 790,1 mln." in law.loc["2026", "text_nl"]


@pytest.mark.parametrize(
    ("topic", "values"),
    [
        ("coa_unit_cost", (PLANNING.reception.cost_regular.value, PLANNING.reception.cost_emergency.value)),
        ("unit_price", (506,)),
        ("naturalisation", (PLANNING.streams["naturalisation"].calibration_cases.value,)),
        ("stock", (PLANNING.streams["asylum_first"].open_cases["2021-12"].value, 66040)),
        (
            "coa_occupancy",
            tuple(PLANNING.reception.residents[month].value for month in ("2022-01", "2022-11", "2023-09")),
        ),
    ],
)
def test_parameters_with_a_source_agree_with_the_published_row(topic, values):
    for value in values:
        assert f"{value:.0f}" in fact(topic).text
