from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd

from indforecast.forecasting.nowcast_table import NOWCAST_COLUMNS
from indforecast.publication.context import Facts, ReportContext
from indforecast.publication.language import Language
from indforecast.publication.manifest import inputs_record
from indforecast.publication.nowcast_words import nowcast_sentences
from tests.unit.publication.factory import release_inputs

made = cache(release_inputs)


def sentences(language: str, *rows: tuple[object, ...]) -> str:
    inputs = made()
    table = pd.DataFrame(rows, columns=list(NOWCAST_COLUMNS)).astype({"period": "datetime64[ns]"})
    inputs = replace(inputs, tables={**inputs.tables, "nowcast": table})
    facts = Facts(inputs, inputs_record(inputs), "x", inputs.vintage, 1)
    context = ReportContext(facts, Language(language))
    return " ".join(nowcast_sentences(context, "asylum_repeat"))


def row(month: str, lower: int, upper: int, *, fed: bool) -> tuple[object, ...]:
    return ("asylum_repeat", pd.Timestamp(month), 0, "publisher", 140, 140, 0.97, 0.2, 144, lower, upper, 17, fed)


def test_the_newest_month_is_told_as_an_estimate_in_both_languages() -> None:
    told = [row("2025-12", 138, 152, fed=True), row("2025-11", 100, 200, fed=False)]
    english, dutch = sentences("en", *told), sentences("nl", *told)
    for words in (
        "Nowcast (our estimate, no published figure)",
        "December 2025",
        "between 138 and 152",
        "17 followed",
    ):
        assert words in english
    assert "takes that distribution" in english
    for words in ("Nowcast (onze schatting, geen gepubliceerd cijfer)", "december 2025", "tussen 138 en 152"):
        assert words in dutch
    assert "rekent voor de nieuwste maanden met die verdeling" in dutch
    assert "takes that distribution" not in sentences("en", row("2025-12", 138, 152, fed=False))


def test_nothing_is_told_where_nothing_moves() -> None:
    assert sentences("en", row("2025-12", 140, 140, fed=False)) == ""
    assert sentences("nl") == ""
