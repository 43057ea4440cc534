from __future__ import annotations

import pytest

from indforecast.sources.labels import is_total, is_unit, is_word, scaled, series_named
from indforecast.sources.mapping import Publisher


@pytest.mark.parametrize(
    ("label", "series_id"),
    [
        ("eerste aanvragen", "asylum_first"),
        ("eerste aanvragen (aantal)", "asylum_first"),
        ("eerste aanvragen, aantal", "asylum_first"),
        ("eerste aanvragen (personen)", "asylum_first"),
        ("nareis (inreis gezinsleden)", "asylum_nareis"),
        ("nareis (inreis gezinsleden) (aantal)", "asylum_nareis"),
        ("eerste aanvragen (x 1 000)", None),
        ("eerste aanvragen (%)", None),
        ("eerste aanvragen (cumulatief)", None),
        ("asylum_first", "asylum_first"),
        ("asylum_first.syr", "asylum_first.SYR"),
        ("asylum_first.sy", None),
        ("foo.syr", None),
        ("syrië", None),
        ("eersteasielverzoekenpersonen_2", None),
    ],
)
def test_a_label_names_its_series(ind: Publisher, label: str, series_id: str | None) -> None:
    assert series_named(label, ind) == series_id


def test_a_topic_may_carry_its_number_where_the_publisher_says_so(publishers: dict[str, Publisher]) -> None:
    assert series_named("eersteasielverzoekenpersonen_2", publishers["cbs"]) == "asylum_first"
    assert series_named("eersteasielverzoekenpersonen_x", publishers["cbs"]) is None


@pytest.mark.parametrize(
    ("label", "total"),
    [
        ("totaal", True),
        ("totaal eerste aanvragen", True),
        ("eerste aanvragen totaal", True),
        ("syrië totaal", True),
        ("2025 total", True),
        ("totaal foo", False),
        ("eerste aanvragen", False),
        ("", False),
    ],
)
def test_totals_of_pivot_tables_are_totals(ind: Publisher, label: str, total: bool) -> None:
    assert is_total(label, ind) is total


def test_units_stand_alone_or_behind_a_label(ind: Publisher, publishers: dict[str, Publisher]) -> None:
    assert [is_unit(label, ind) for label in ("aantal", "(aantal)", "x 1", "x 1 000", "%", "")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert is_word("overig (aantal)", "remainder", ind)
    assert not is_word("overig (x 1 000)", "remainder", ind)
    assert is_word("totaal asielverzoeken (personen)", "ignore", publishers["cbs"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x 1 000", True),
        ("Aantallen x1.000", True),
        ("× 1000 personen", True),
        ("in duizendtallen", True),
        ("figures in thousands", True),
        ("Thousand persons", True),
        ("x 1", False),
        ("x 10 000 stappen", False),
        ("10% meer dan vorig jaar", False),
        ("Bron: IND, 1.000 aanvragen", False),
    ],
)
def test_a_factor_is_noticed(text: str, found: bool) -> None:
    assert scaled(text) is found
