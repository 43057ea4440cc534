"""Words and tables of the budget letter."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

from indforecast.publication.budget_letter import columns, words
from indforecast.publication.language import LANGUAGES, Language


def test_every_text_exists_in_both_languages_with_the_same_placeholders():
    text = (resources.files("indforecast.publication") / "budget_letter.toml").read_text(encoding="utf-8")
    for section in tomllib.loads(text).values():
        for key, both in section.items():
            assert set(both) == set(LANGUAGES), key
            names = [set(re.findall(r"{(\w+)}", both[code])) for code in LANGUAGES]
            assert names[0] == names[1], key


def test_a_text_with_its_values():
    assert words(Language("nl"), "budget.granted", year=2027) == "Begroting 2027"


def test_columns_stand_under_each_other():
    assert columns(["a", "bb"], [["long", "1"], ["x", "222"]]).splitlines() == [
        "a      bb", "---------", "long    1", "x     222",
    ]  # fmt: skip
