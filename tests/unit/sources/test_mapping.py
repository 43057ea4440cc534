from __future__ import annotations

from pathlib import Path

import pytest

from indforecast.config import load_settings
from indforecast.domain.errors import ConfigError
from indforecast.reference.dataset import reference_frame
from indforecast.sources.eurostat_words import load_words
from indforecast.sources.file_drop import FileDrop
from indforecast.sources.mapping import Publisher, load_publishers


def test_packaged_definitions_are_those_of_the_reference_data(publishers: dict[str, Publisher]) -> None:
    known = reference_frame().groupby("series_id")["definition"].unique().map(list).to_dict()
    for key in ("ind", "cbs"):
        for series_id, words in publishers[key].streams.items():
            assert known[series_id] == [words.definition]


def test_a_download_by_hand_means_what_the_service_answers(publishers: dict[str, Publisher]) -> None:
    by_hand, asked = publishers["eurostat"], load_words("migr_asyappctzm")
    assert {key: words.definition for key, words in by_hand.streams.items()} == {
        key: words.definition for key, words in asked.series.items()
    }
    for key, words in asked.series.items():
        assert {by_hand.series_of[code.lower()] for code in words.codes} == {key}
    for code, country in asked.citizens.countries.items():
        assert by_hand.code_of.get(code.lower(), country) == country


def test_the_service_has_words_for_every_stream(ind: Publisher) -> None:
    assert set(ind.streams) == set(load_settings().hierarchy.series_ids)


def test_one_publisher_at_most_is_the_default(publishers: dict[str, Publisher]) -> None:
    assert [key for key, publisher in publishers.items() if publisher.default] == ["ind"]


def test_a_user_lays_words_over_the_packaged_ones_and_adds_publishers(tmp_path: Path) -> None:
    (tmp_path / "ind.toml").write_text('[streams.students]\nlabels = ["Campus"]\n', encoding="utf-8")
    (tmp_path / "city.toml").write_text(
        'publisher = "City"\nsource = "city"\nmarks = ["stadhuis"]\nlag_days = 3\n'
        'known_from = "month"\ndecimal = ","\n'
        '[streams.students]\nlabels = ["Campus"]\ndefinition = "study_application"\n',
        encoding="utf-8",
    )
    publishers = load_publishers(tmp_path)
    assert publishers["ind"].series_of["campus"] == "students"
    assert "studie" not in publishers["ind"].series_of
    source = FileDrop(publishers=publishers)
    assert source.read(b"Periode;Campus\n2026-01;5\n", "f.csv").publisher == "IND"
    staged = source.read(b"Stadhuis\nPeriode;Campus\n2026-01;1.234\n2026-02;5\n", "f.csv")
    assert staged.publisher == "City"
    assert staged.frame["observed"].tolist() == [1234, 5]
    assert [f"{day:%m-%d}" for day in staged.frame["available_from"]] == ["02-03", "03-03"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=", "is not TOML"),
        ('colour = "red"', "field 'colour'"),
        ("lag_days = -1", "field 'lag_days'"),
        ('[streams.students]\nlabels = ["HASA"]', "stream label 'HASA' means both"),
        ('[streams."No Id"]\nlabels = []\ndefinition = "x"', "'No Id' is no series_id"),
        ('[nationalities]\nsyr = ["x"]', "'syr' is no ISO"),
        ('nationality_stream = "foo"', "'foo' is not among the streams"),
    ],
)
def test_a_mistake_names_file_and_field(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "ind.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_publishers(tmp_path)
    assert str(tmp_path / "ind.toml") in str(caught.value)
    assert words in str(caught.value)


def test_a_mapping_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ind.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_publishers(tmp_path)
