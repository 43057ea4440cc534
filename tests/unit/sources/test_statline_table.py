"""Descriptions of StatLine tables: the packaged one, a user's on top."""

import pytest

from indforecast.domain.errors import ConfigError
from indforecast.reference.dataset import reference_frame
from indforecast.sources.statline_table import load_table


def test_the_packaged_description_names_the_nationalities_of_the_reference_data():
    words = load_table("83102NED")
    known = {series.split(".")[1] for series in reference_frame()["series_id"] if "." in series}
    assert known <= set(words.nationality.countries)
    assert known == set(words.nationality.required)


def test_definitions_are_those_of_the_reference_data():
    words = load_table("83102NED")
    frame = reference_frame()
    for series, measure in words.measures.items():
        assert set(frame.loc[frame["series_id"] == series, "definition"]) == {measure.definition}, series


def test_a_user_may_lay_words_over_it(tmp_path):
    (tmp_path / "83102NED.toml").write_text(
        '[measures.asylum_first]\ntitles = ["Eerste verzoeken"]\n[nationality.countries]\nEGY = ["Egyptisch"]\n',
        encoding="utf-8",
    )
    words = load_table("83102NED", tmp_path)
    assert words.measures["asylum_first"].titles == ("Eerste verzoeken",)
    assert words.measures["asylum_first"].definition == "first_application_signed"
    assert words.nationality.countries["EGY"] == ("Egyptisch",)
    assert "SYR" in words.nationality.countries
    assert load_table("83102NED", tmp_path / "absent") == load_table("83102NED")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = ", "not TOML"),
        ("x = 1", "field 'x'"),
        ('[nationality.countries]\nSyr = ["Syrisch"]', "no ISO 3166"),
        ('[nationality.countries]\nEGY = ["Syrisch"]', "'Syrisch' means two things"),
        ('[measures.asylum_repeat]\ntitles = ["Eerste asielverzoeken"]', "means two things"),
        ('[measures.asylum]\nsum_of = ["nothing"]', "unknown nothing"),
        ('[nationality]\nrequired = ["ZZZ"]', "ZZZ"),
        ('[period]\ntitles = ["Nationaliteit"]', "means two things"),
        ('table = "80059ned"', "describes table 80059ned"),
    ],
)
def test_a_wrong_description_is_one_sentence(tmp_path, text, message):
    path = tmp_path / "83102NED.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        load_table("83102NED", tmp_path)
    assert "83102NED.toml" in str(caught.value)


def test_a_description_that_is_no_text(tmp_path):
    (tmp_path / "83102NED.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_table("83102NED", tmp_path)
    (tmp_path / "83102NED.toml").write_bytes(b"#" * 300_000)
    with pytest.raises(ConfigError, match="larger"):
        load_table("83102NED", tmp_path)


@pytest.mark.parametrize("table", ["37296ned", "../83102NED", "", "a\nb"])
def test_a_table_that_nothing_describes(table):
    with pytest.raises(ConfigError) as caught:
        load_table(table)
    assert "\n" not in str(caught.value)
