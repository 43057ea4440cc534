"""Sources on the network, from a real server on loopback through the command line into the store."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indforecast.domain.files import sha256_hex
from indforecast.sources.bundle import read_bundle
from indforecast.vintages.downloads import Downloads
from indforecast.vintages.quarantine import list_quarantine
from indforecast.vintages.store import Store
from tests.publishers import eurostat_service
from tests.publishers.server import LoopbackServer, changed, unavailable
from tests.publishers.statline_service import StatLineService, invented_table

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there

PATIENCE = """
[sources.{name}.patience]
connect_seconds = 5
read_seconds = 30
attempts = 2
backoff_seconds = 0.01
longest_wait_seconds = 0.01
"""


def settings_for(cbs: str, eurostat: str) -> str:
    """Settings on top of the small house's: where the publishers answer."""
    return (
        f'\n[sources.cbs]\nbase_url_v4 = "{cbs}"\n{PATIENCE.format(name="cbs")}'
        f'\n[sources.eurostat]\nbase_url = "{eurostat}"\n{PATIENCE.format(name="eurostat")}'
    )


@dataclass
class Publishers:
    """Both publishers on loopback and a house that knows where they are."""

    cbs: LoopbackServer
    eurostat: LoopbackServer
    statline: StatLineService
    home: Path
    settings_file: Path
    call: Callable[..., Any]

    def fetch(self, *arguments: str) -> Any:
        return self.call("fetch", "--config", str(self.settings_file), *arguments)

    def tables(self) -> dict[str, bytes]:
        """Every file of store and releases."""
        return self.call.content()  # type: ignore[attr-defined,no-any-return]

    def knows(self, source: str) -> Any:
        return Store(self.home).newest_from(source)


@pytest.fixture
def house(reference_home: Any, tmp_path: Path) -> Iterator[Publishers]:
    """A house that holds the reference data, and publishers that are well."""
    shutil.copytree(reference_home.home, tmp_path / "home")
    copy_of = type(reference_home)(tmp_path / "home", reference_home.settings_file)
    statline = StatLineService(invented_table(months=3, modified="2026-02-13T02:00:00+01:00"))
    service = eurostat_service.Eurostat(updated="18/02/26 23:00:00", months=eurostat_service.MONTHS[:12])
    with LoopbackServer(statline) as cbs, LoopbackServer(service) as eurostat:
        file = tmp_path / "network.toml"
        addresses = settings_for(statline.base_url(cbs, "v4"), eurostat.address + service.base_path)
        file.write_text(copy_of.settings_file.read_text(encoding="utf-8") + addresses, encoding="utf-8")
        yield Publishers(cbs, eurostat, statline, copy_of.home, file, copy_of)


def by_source(answer: Any) -> dict[str, Any]:
    return {one["source"]: one for one in answer.json["sources"]}


def test_what_is_newer_is_kept_checked_and_stored_once(house: Publishers) -> None:
    first = house.fetch("cbs", "--json")
    assert first.code == 0, first.err
    told = by_source(first)
    assert [one["outcome"] for one in told.values()] == ["taken_in"]
    assert told["cbs"]["freshness"]["edition"] == "2026-02-13"
    assert told["cbs"]["freshness"]["newest_month"] == "2025-12"
    assert told["cbs"]["rows_added"] > 50
    (path,) = (Path(name) for name in told["cbs"]["files"])
    assert path.is_relative_to(house.home / "downloads" / "cbs")
    content = path.read_bytes()
    assert Store(house.home).read_raw(sha256_hex(content)) == (path.name, content)
    assert read_bundle(content, path.name).source == "cbs"
    known = house.call("status", "--json").json
    assert known["waiting"] == []
    assert {one["source"]: one["edition"] for one in known["sources"]}["cbs"] == "2026-02-13"

    # Nothing newer: little is asked, nothing changes.
    before, asked = house.tables(), len(house.cbs.requests)
    again = house.fetch("cbs")
    assert again.code == 0, again.err
    assert "cbs: nothing newer; edition of 2026-02-13, up to 2025-12" in again.out
    assert len(house.cbs.requests) - asked <= 2
    assert house.tables() == before

    # What was seen is worth a download, no more.
    shutil.rmtree(house.home / "downloads")
    asked = len(house.cbs.requests)
    once_more = house.fetch("cbs", "--json")
    assert once_more.code == 0, once_more.err
    assert by_source(once_more)["cbs"]["rows_added"] == 0
    assert len(house.cbs.requests) - asked > 2
    assert house.tables() == before

    # A file of ours can be looked at and taken in like any other.
    (path,) = (house.home / "downloads" / "cbs").glob("*.zip")
    shown = house.call("ingest", str(path), "--preview")
    assert shown.code == 0, shown.err
    assert "asylum_first" in shown.out
    assert "Nothing new" in house.call("ingest", str(path)).out


def test_a_source_that_is_down_holds_up_no_other_and_recovers(house: Publishers) -> None:
    house.cbs.always(unavailable())
    partly = house.fetch("--json", "--keep-only")
    assert partly.code == 9
    assert partly.json["status"] == "partly"
    told = by_source(partly)
    assert told["cbs"]["error"]["kind"] == "SourceUnavailable"
    assert "503" in told["cbs"]["error"]["message"]
    assert told["eurostat"]["outcome"] == "kept"
    assert house.knows("Eurostat migr_asyappctzm") is None
    waiting = house.call("status", "--json").json
    assert [Path(name).name for name in told["eurostat"]["files"]] == waiting["waiting"]
    assert "waits to be taken in" in waiting["run_due"]

    house.cbs.always(None)
    house.cbs.bad(unavailable())  # once more, which the client does not mind
    recovered = house.fetch("cbs", "--keep-only")
    assert recovered.code == 0, recovered.err
    assert "kept cbs-83102NED-2026-02-13.zip, not taken in" in recovered.out
    # What was kept only is taken in by the next fetch, although its publisher has nothing newer.
    late = house.fetch("eurostat", "--json")
    assert late.code == 0, late.err
    assert by_source(late)["eurostat"]["outcome"] == "taken_in"
    assert by_source(late)["eurostat"]["freshness"]["newest_month"] == "2025-12"
    assert house.knows("Eurostat migr_asyappctzm") == (date(2026, 2, 18), date(2025, 12, 1))


def test_without_network_one_sentence_each_and_the_cycle_goes_on(first_month: Any, tmp_path: Path) -> None:
    shutil.copytree(first_month.home, tmp_path / "home")
    house = type(first_month)(tmp_path / "home", first_month.settings_file)
    file = tmp_path / "nobody.toml"
    file.write_text(settings_for(NOBODY, NOBODY), encoding="utf-8")
    before = house.content()
    answer = house("fetch", "--config", str(file))
    assert answer.code == 9
    errors = [line for line in answer.err.splitlines() if line.startswith("Error:")]
    assert [line.split(":")[1].strip() for line in errors] == ["cbs", "eurostat"]
    assert "Traceback" not in answer.err
    assert house.content() == before
    assert not list((house.home / "downloads").rglob("*.zip"))
    gone_on = house("run", "--json")
    assert gone_on.code == 0, gone_on.err
    assert gone_on.json["status"] == "unchanged"


def test_a_download_that_fails_its_check_lies_in_quarantine_whole(house: Publishers) -> None:
    table = house.statline.table
    ahead = {code: code.replace("2025", "2099") for code in (one.identifier for one in table.dimensions[3].codes)}
    for code in table.dimensions[3].codes:
        code.identifier = ahead[code.identifier]
    table.figures = {(*key[:3], ahead[key[3]]): figures for key, figures in table.figures.items()}
    before = house.tables()
    refused = house.fetch("cbs", "--json")
    assert refused.code == 3, refused.out
    assert by_source(refused)["cbs"]["error"]["kind"] == "ValidationRejected"
    (kept,) = list_quarantine(house.home)
    (path,) = (house.home / "downloads" / "cbs").glob("*.zip")
    assert (kept["path"] / path.name).read_bytes() == path.read_bytes()
    assert Store(house.home).read_raw(sha256_hex(path.read_bytes()))[1] == path.read_bytes()
    assert house.tables() == before
    again = house.fetch("cbs")
    assert again.code == 0
    assert f"nothing newer than {path.name}, which was refused" in again.out


def test_an_answer_that_is_not_what_is_documented_changes_nothing(house: Publishers) -> None:
    house.cbs.always(changed(lambda body: body.replace(b"Nationaliteit", b"Herkomst")))
    before = house.tables()
    answer = house.fetch("cbs")
    assert answer.code == 2, answer.out + answer.err
    assert "Error: cbs:" in answer.err
    assert "Traceback" not in answer.err
    assert house.tables() == before
    assert Downloads(house.home).seen("cbs") == {}


KILLED = """
import os, signal, sys
from assets.fetching import fetch_edition
from assets.house import House
from indforecast.vintages.downloads import Downloads

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[3] != "nowhere":
    setattr(Downloads, sys.argv[3], die)
fetch_edition(House(home=sys.argv[1], settings_file=sys.argv[2]), "cbs", lambda what: None)
"""


@pytest.mark.parametrize("where", ["keep", "note_seen"])
def test_killed_after_the_raw_copy_nothing_is_lost(house: Publishers, where: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(house.home), str(house.settings_file), where],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert Downloads(house.home).seen("cbs") == {}
    raw = [path for path in (house.home / "raw").rglob("*.zip") if path.name.startswith("cbs-")]
    assert len(raw) == 1
    after = house.fetch("cbs", "--json", "--keep-only")
    assert after.code == 0, after.err
    (path,) = by_source(after)["cbs"]["files"]
    assert Path(path).read_bytes() == raw[0].read_bytes()


def test_an_unknown_or_switched_off_source_is_said_so(house: Publishers) -> None:
    answer = house.fetch("ind")
    assert answer.code == 2
    assert "The sources are cbs, eurostat" in answer.err
    file = house.settings_file
    file.write_text("[sources.cbs]\nenabled = false\n[sources.eurostat]\nenabled = false\n", encoding="utf-8")
    assert house.fetch().code == 2
    assert "switched off" in house.fetch("cbs").err
