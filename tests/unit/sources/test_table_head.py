from __future__ import annotations

from datetime import date

import pytest

from indforecast.domain.errors import InputError
from indforecast.sources.grid import Row
from indforecast.sources.mapping import Publisher
from indforecast.sources.table_head import TableHead, read_head


def head(publisher: Publisher, *lines: tuple[object, ...]) -> TableHead:
    rows = [Row(line, cells) for line, cells in enumerate(lines, start=1)]  # type: ignore[arg-type]
    return read_head(rows, publisher, "f.csv")


@pytest.mark.parametrize(
    "line",
    [
        ("Stand per 20-02-2026",),
        ("Peildatum:", None, "20 februari 2026"),
        ("Peildatum", date(2026, 2, 20)),
        ("Publicatiedatum: 2026-02-20",),
        ("Peildatum", "20/02/2026 23:00"),
        ("Peildatum", "2026-02-20T23:00:00+0100"),
        ("Peildatum", "20/02/26 23:00:00"),
    ],
)
def test_a_day_behind_its_word_is_when_all_of_it_was_known(ind: Publisher, line: tuple[object, ...]) -> None:
    assert head(ind, ("Instroom",), line).known_from == date(2026, 2, 20)


def test_the_first_day_counts_and_other_words_do_not(ind: Publisher) -> None:
    found = head(ind, ("Gemaakt op 1-1-2026",), ("Peildatum 20-02-2026",), ("Peildatum 21-02-2026",))
    assert found.known_from == date(2026, 2, 20)


def test_a_stream_above_the_table_is_whose_it_is(ind: Publisher) -> None:
    assert head(ind, ("Eerste asielaanvragen (aantal)",)).series_id == "asylum_first"
    assert head(ind, ("Soort", "HASA")) == TableHead(None, "asylum_repeat", None, "HASA")
    assert head(ind, ("Soort: HASA",)).series_id == "asylum_repeat"
    assert head(ind, ("Land van herkomst", "Syrië")).code == "SYR"
    assert head(ind, ("Eerste asielaanvragen en HASA",)).series_id is None
    # Beside another text it is a sentence, not a label.
    assert head(ind, ("Eerste asielaanvragen", "per maand")).series_id is None


def test_a_table_of_a_part_of_what_is_counted_is_refused(publishers: dict[str, Publisher]) -> None:
    eurostat = publishers["eurostat"]
    lines = (("Sex", None, "Total"), ("Geopolitical entity (reporting)", "Netherlands"), ("Age class: Total",))
    assert head(eurostat, *lines) == TableHead()
    for line in (("Sex", None, "Males"), ("Sex: Females",), ("Geopolitical entity (reporting)", "Austria")):
        with pytest.raises(InputError, match=r"'f\.csv', line 1, above the table: .* is not the (sex|country)"):
            head(eurostat, line)


def test_figures_in_thousands_are_refused(ind: Publisher) -> None:
    with pytest.raises(InputError, match=r"line 2, above the table: .* not single persons"):
        head(ind, ("Instroom",), ("Aantallen x 1 000",))
