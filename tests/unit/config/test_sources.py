"""Settings of sources on the network: what is packaged, and what is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from indforecast.config import load_settings
from indforecast.domain.errors import ConfigError


def refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    return str(caught.value)


def test_the_packaged_sources_are_enabled_and_lead_to_their_publishers() -> None:
    sources = load_settings().sources
    assert {name: one.enabled for name, one in sources.by_name().items()} == {"cbs": True, "eurostat": True}
    assert sources.cbs.api == "v4"
    assert sources.cbs.base_url == sources.cbs.base_url_v4
    assert all(one.base_url.startswith("https://") for one in sources.by_name().values())
    assert [one.title for one in sources.by_name().values()] == [
        "CBS StatLine 83102NED",
        "Eurostat migr_asyappctzm",
    ]


def test_the_older_service_answers_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[sources.cbs]\napi = "v3"\nbase_url_v3 = "https://example.org/x/"\n', encoding="utf-8")
    assert load_settings(file).sources.cbs.base_url == "https://example.org/x"


def test_where_a_source_answers_is_no_part_of_what_a_release_is_made_from(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[sources.cbs]\nenabled = false\n[sources.file_drop]\ndue_days = 7\n", encoding="utf-8")
    assert load_settings(file).sha256() == load_settings().sha256()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('base_url_v4 = "ftp://example.org"', "begins with https://"),
        ('base_url_v4 = "http://example.org"', "http:// is for services on this machine"),
        ('base_url_v4 = "https://user:secret@example.org"', "more than host and path"),
        ('base_url_v4 = "https://example.org/?a=b"', "more than host and path"),
        ('schedule = "* * * * *"', "more than once an hour"),
        ('schedule = "0 7 * *"', "minute, hour, day, month and day of the week"),
        ('schedule = "0 25 * * *"', "no hour"),
        ('schedule = "0 7 * * mon"', "no day of the week"),
        ('api = "v5"', "'v4' or 'v3'"),
        ('table = "../83102NED"', "is not written as it should be"),
        ("due_days = 0", "greater than or equal to 1"),
        ("enabeld = true", "did you mean 'enabled'?"),
        ("patience.attempts = 99", "less than or equal to 10"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(line: str, words: str, tmp_path: Path) -> None:
    message = refused(tmp_path, f"[sources.cbs]\n{line}\n")
    assert "mine.toml, line 2, field 'sources.cbs." in message
    assert words in message


@pytest.mark.parametrize("cron", ["0 7 * * *", "5 7-9 1,15 */2 1-5", "59 23 31 12 6"])
def test_a_schedule_that_dagster_knows_is_taken(cron: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'[sources.eurostat]\nschedule = "{cron}"\n', encoding="utf-8")
    assert load_settings(file).sources.eurostat.schedule == cron
    from dagster._utils.schedules import is_valid_cron_schedule

    assert is_valid_cron_schedule(cron)


def test_a_service_on_this_machine_needs_no_certificate(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[sources.eurostat]\nbase_url = "http://127.0.0.1:8080/sdmx"\n', encoding="utf-8")
    assert load_settings(file).sources.eurostat.base_url == "http://127.0.0.1:8080/sdmx"
