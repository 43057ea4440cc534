from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from indforecast.config.settings import Settings
from indforecast.domain.files import canonical_json, sha256_hex
from indforecast.publication.manifest import (
    build_manifest,
    inputs_record,
    inputs_sha256,
    manifest_bytes,
    own_settings,
    release_id_for,
    settings_values,
    sidecar_bytes,
)
from tests.unit.publication.conftest import Published
from tests.unit.publication.factory import release_inputs, settings, verdict


def test_the_settings_in_the_manifest_are_those_behind_the_hash() -> None:
    values = settings_values(settings())
    assert sha256_hex(canonical_json(values).encode()) == settings().sha256()
    assert "workers" not in values["forecast"]


def test_nothing_of_the_machine_or_the_clock_gets_in(published: Published) -> None:
    text = published.first.manifest_bytes().decode()
    assert str(published.home) not in text
    assert "/tmp" not in text
    stamps = {"2026-01-30", "2026-02-28", "2013-02-20"}  # vintage, next release, first vintage
    found = set()
    for line in text.split('"settings": {')[0].splitlines():
        found |= {
            word.strip('",') for word in line.split() if word.strip('",').startswith("20") and len(word) > 12
        }
    assert found <= stamps | {published.first.release_id}


def test_a_verdict_keeps_no_path(published: Published) -> None:
    inputs = release_inputs()
    noted = [
        *inputs.verdicts[1:],
        verdict("delivery", "d" * 64, docs="/home/somebody/page.html", run_time="12:00"),
    ]
    record = inputs_record(replace(inputs, tables=published.first.tables, verdicts=noted))
    assert "somebody" not in canonical_json(record)
    assert "12:00" not in canonical_json(record)
    assert record["verdicts"][-1]["results"] == noted[-1]["results"]


def test_what_a_manifest_says(published: Published) -> None:
    first, second = published.first.manifest, published.second.manifest
    assert first["previous"] is None
    assert second["previous"] == {
        "release_id": published.first.release_id,
        "manifest_sha256": sha256_hex((published.first.path / "manifest.json").read_bytes()),
        "chosen_as": "older_vintage_same_settings",
    }
    assert (first["vintage"], first["forecast_origin"], first["next_release"]) == (
        "2026-01-30",
        "2025-12",
        "2026-02-28",
    )
    assert first["inputs"]["deliveries"][0]["delivery_id"] == "d" * 64
    assert first["inputs"]["deliveries"][0]["first_vintage"] == "2013-02-20"
    assert first["inputs"]["code"]["source_sha256"] == "c" * 64
    assert first["inputs"]["code"]["libraries"]["numpy"] == np.__version__
    assert first["inputs"]["seeds"] == {"joint/asylum_first": "12345678901234567890"}
    assert {item["model"] for item in first["scores"]} == {"ensemble"}
    assert first["release_id"] == release_id_for("2026-01-30", inputs_sha256(first["inputs"]))


def test_every_file_stands_with_size_and_hash(published: Published) -> None:
    for name, entry in published.first.manifest["files"].items():
        content = (published.first.path / name).read_bytes()
        assert entry == {"sha256": sha256_hex(content), "bytes": len(content)}


def test_bytes_are_canonical_and_the_sidecar_is_for_sha256sum(published: Published) -> None:
    content = (published.first.path / "manifest.json").read_bytes()
    assert manifest_bytes(json.loads(content)) == content
    assert sidecar_bytes(content) == (published.first.path / "manifest.sha256").read_bytes()
    assert sidecar_bytes(b"").decode().split() == [sha256_hex(b""), "manifest.json"]


def test_own_settings_are_those_that_differ_a_figure_counting_once() -> None:
    assert own_settings(settings()) == ()
    values = settings().model_dump()
    values["bands"]["maximum"] = 0.95
    values["forecast"]["workers"] = 7
    hours = values["planning"]["streams"]["asylum_first"]["handling_hours"]
    hours |= {"value": 1.0, "source": None, "assumption": "mine"}
    assert own_settings(Settings.model_validate(values)) == (
        "bands.maximum",
        "planning.streams.asylum_first.handling_hours",
    )


def test_missing_scores_become_null(published: Published) -> None:
    inputs = release_inputs()
    board = inputs.tables["leaderboard"].copy()
    board["wis_ratio"] = np.nan
    tables = {**published.first.tables, "leaderboard": board}
    inputs = replace(inputs, tables=tables)
    manifest = build_manifest(inputs, inputs_record(inputs), {}, date(2026, 2, 28))
    assert all(item["wis_ratio"] is None for item in manifest["scores"])
    manifest_bytes(manifest)


def test_deliveries_stand_in_one_order(published: Published) -> None:
    inputs = replace(release_inputs(), tables=published.first.tables)
    other = inputs.deliveries.assign(delivery_id="a" * 64)
    one, two = pd.concat([inputs.deliveries, other]), pd.concat([other, inputs.deliveries])
    assert inputs_record(replace(inputs, deliveries=one)) == inputs_record(replace(inputs, deliveries=two))
