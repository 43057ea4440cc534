from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from indforecast.domain.errors import ConfigError
from indforecast.sources.described_table import load_description


class Words(BaseModel):
    model_config = ConfigDict(extra="allow")
    publisher: str


def load(table="migr_asyappctzm", folder=None):
    return load_description(Words, table, folder, "migr_asyappctzm")


def refusal(folder, content):
    (folder / "migr_asyappctzm.toml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(folder=folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_packaged_description_stands_without_a_folder(tmp_path):
    assert load().publisher == "Eurostat"
    assert load(folder=tmp_path) == load(folder=tmp_path / "nowhere") == load()


def test_the_users_words_are_laid_over_key_by_key_and_lists_replace(tmp_path):
    (tmp_path / "migr_asyappctzm.toml").write_text(
        'publisher = "Me"\n[dimensions.applicant]\nnames = ["kind"]\n[citizens.countries]\nQQ = "QQQ"\n'
    )
    mine, packaged = load(folder=tmp_path).model_dump(), load().model_dump()
    assert mine["publisher"] == "Me"
    assert mine["dimensions"]["applicant"] == {"names": ["kind"]}
    assert mine["dimensions"]["geo"] == packaged["dimensions"]["geo"]
    assert mine["citizens"]["countries"] == packaged["citizens"]["countries"] | {"QQ": "QQQ"}


def test_a_table_of_the_users_own_needs_no_packaged_one(tmp_path):
    (tmp_path / "other_1.toml").write_text('publisher = "Me"\n')
    assert load("other_1", tmp_path).publisher == "Me"
    with pytest.raises(ConfigError, match="Nothing describes table other_1"):
        load("other_1")


@pytest.mark.parametrize("table", ["", "a", "../migr", "a/b", "x" * 41, "é" * 5, "a\n"])
def test_what_is_no_table_is_refused_before_a_file_is_looked_for(tmp_path, table):
    with pytest.raises(ConfigError, match="is no table"):
        load(table, tmp_path)


def test_files_that_cannot_be_read_are_one_sentence(tmp_path):
    assert "is not TOML" in refusal(tmp_path, b"publisher = ")
    assert "is not UTF-8" in refusal(tmp_path, b'publisher = "\xff"')
    assert "is larger than 200,000 bytes" in refusal(tmp_path, b"#" * 200_001)
    assert "field 'publisher'" in refusal(tmp_path, b"publisher = 1")
