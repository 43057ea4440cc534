"""The packaged registry answers for all that the house is fed with; a mistake in one's own is told by its line."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from indforecast.config import load_settings
from indforecast.config.settings import Settings
from indforecast.domain.definitions import Registry
from indforecast.domain.errors import ConfigError
from indforecast.reference.dataset import reference_frame
from indforecast.sources.mapping import load_publishers

OWN = """
[definitions.visits]
label_en = "Visits"
label_nl = "Bezoeken"
counts_en = "visits"
counts_nl = "bezoeken"
moment = "arrived"
series = ["students"]
sources = ["a leaflet"]
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_settings().registry


def load(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_the_reference_data_count_what_the_registry_says(registry: Registry):
    for row in reference_frame()[["series_id", "definition"]].drop_duplicates().itertuples():
        assert [item.key for item in registry.of_series(row.series_id)] == [row.definition]


def test_every_month_of_the_reference_data_can_be_counted_so(registry: Registry):
    for name, rows in reference_frame().groupby("definition"):
        found = registry.find(str(name))
        assert found is not None
        assert all(found.holds_in(month) for month in (rows["period"].min(), rows["period"].max()))


def test_words_of_publishers_lead_to_definitions_that_fit(registry: Registry):
    for publisher in load_publishers().values():
        for series_id, words in publisher.streams.items():
            found = registry.find(words.definition)
            assert found is not None
            assert found.fits(series_id)


def test_tables_on_the_network_lead_to_definitions_that_fit(registry: Registry):
    folder = resources.files("indforecast.sources") / "tables"
    seen = 0
    for entry in folder.iterdir() if folder.is_dir() else ():
        if not entry.name.endswith(".toml"):
            continue
        table = tomllib.loads(entry.read_text(encoding="utf-8"))
        for group in ("series", "measures"):
            for series_id, words in table.get(group, {}).items():
                found = registry.find(words["definition"])
                assert found is not None, words["definition"]
                assert found.fits(series_id), series_id
                seen += 1
    assert seen or not folder.is_dir()


def test_every_entry_has_both_languages_and_an_origin(registry: Registry):
    for item in (*registry.definitions, *registry.breaks):
        assert item.sources or item.assumption
    assert all(item.label_nl and item.counts_nl for item in registry.definitions)
    assert all(item.changed_nl for item in registry.breaks)


def test_indicators_have_definitions_and_are_no_streams():
    settings = load_settings()
    ids = {indicator.series_id for indicator in settings.observed_indicators}
    assert ids == {
        "eurostat_asylum_applicants", "eurostat_first_time_applicants", "eurostat_subsequent_applicants"
    }  # fmt: skip
    assert not ids & set(settings.hierarchy.series_ids)
    assert all(settings.registry.of_series(series_id) for series_id in ids)


def test_one_may_add_a_definition_and_keep_the_packaged_ones(tmp_path):
    added = load(tmp_path, OWN).registry
    assert [item.key for item in added.of_series("students")] == ["study_application", "visits"]


def test_a_break_may_be_declared_comparable_in_one_line(tmp_path):
    text = "[breaks.nareis_2014]\ncomparable = true\nassumption = 'recounted'\n"
    found = next(item for item in load(tmp_path, text).registry.breaks if item.key == "nareis_2014")
    assert found.comparable
    assert found.before == ("first_application_with_nareis",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["students"]', '["student"]', r"line 8, field 'definitions.visits.series': unknown series 'student'"),
        ('"arrived"', '"arival"', r"line 7, field 'definitions.visits.moment': must be .*'arrived'.*not 'arival'"),
        ('sources = ["a leaflet"]', "", r"field 'definitions.visits': needs sources or an assumption"),
        ('label_nl = "Bezoeken"', "", r"field 'definitions.visits.label_nl': 'label_nl' is missing"),
        ('"visits"', '" "', r"line 5, field 'definitions.visits.counts_en': must not be empty"),
        ("label_en", "label", r"line 3, field 'definitions.visits.label': unknown field 'label'; did you mean"),
        (
            "series =", "valid_from = 2020-01-01\nvalid_until = 2019-01-01\nseries =",
            r"definition ends \(2019-01-01\) before it starts",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_definition_names_file_line_and_field(tmp_path, old, new, said):
    with pytest.raises(ConfigError, match=rf"own\.toml, line \d+.*{said}|own\.toml, {said}"):
        load(tmp_path, OWN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("within = ['study']", "break x names an unknown definition: 'study'"),
        ("", "name the definitions it lies within"),
        ("before = ['study_application']", "name the definitions it lies within"),
        ("within = ['study_application']\nuntil = 2020-01-01", "ends .2020-01-01. before it starts"),
    ],
)
def test_a_mistake_in_a_break_is_said(tmp_path, text, said):
    start = "[breaks.x]\nmonth = 2026-06-12\nchanged_en = 'a'\nchanged_nl = 'a'\ncomparable = true\n"
    with pytest.raises(ConfigError, match=rf"own\.toml, line \d+, field 'breaks.*{said}"):
        load(tmp_path, f"{start}sources = ['a']\n{text}\n")


def test_a_stream_of_which_nothing_says_what_it_counts_is_refused():
    values = load_settings().model_dump()
    del values["definitions"]["study_application"]
    with pytest.raises(ValueError, match=r"nothing says what 'students' counts; add a table \[definitions"):
        Settings.model_validate(values)


def test_an_indicator_cannot_be_a_stream():
    values = load_settings().model_dump()
    for taken in ("students", "eurostat_asylum_applicants"):
        twice = [*values["indicators"], {"series_id": taken, "label_en": "x", "label_nl": "x"}]
        with pytest.raises(ValueError, match=f"'{taken}' is the name of a stream or of another indicator"):
            Settings.model_validate({**values, "indicators": twice})


def test_without_definitions_settings_say_nothing_of_them():
    values = load_settings().model_dump()
    bare = Settings.model_validate({**values, "definitions": {}, "breaks": {}, "indicators": ()})
    assert bare.registry == Registry()
