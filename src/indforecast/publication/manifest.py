"""The manifest: what a release was made from, and the hash of everything in it.

What belongs here: its content, its canonical bytes, and the release_id that follows from the inputs. What does
not: writing it (``release``) and checking it (``integrity``).

The parts of the manifest, and what may change what::

    inputs    all that determines the figures -> inputs_sha256 -> release_id
    previous  the release that this one is compared with in its report, and by which rule it was chosen
    own_settings  settings that differ from the packaged ones
    files     size and SHA-256 of every other file

There is no wall-clock time, user, machine or path in it, so equal inputs give equal bytes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from indforecast.config import load_settings
from indforecast.domain.files import canonical_json, sha256_hex
from indforecast.domain.periods import month_label
from indforecast.publication.code import library_versions, split_code_version
from indforecast.publication.tables import table_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from indforecast.config import Settings
    from indforecast.publication.inputs import ReleaseInputs

SCHEMA_VERSION: Final = "1.0"

#: Why a release is compared with the one it is compared with, in order of preference.
OLDER_SAME_SETTINGS: Final = "older_vintage_same_settings"
SAME_VINTAGE: Final = "same_vintage"
OLDER: Final = "older_vintage"

#: Parts of a figure (``config.parameter.Parameter``).
_PARAMETER_PART: Final = re.compile(r"\.(value|unit|source|assumption)$")

#: What the manifest keeps of a verdict; anything else (a path to its page) would name a machine.
_VERDICT_KEYS: Final = ("table", "subject_sha256", "success", "summary", "row_word", "results")

_SCORE_COLUMNS: Final = (
    "series_id", "horizon_band", "wis_ratio", "coverage_80", "coverage_95", "targets", "independent_windows",
    "simulated",
)  # fmt: skip


def settings_values(settings: Settings) -> dict[str, Any]:
    """All values of the settings that can change a result: the content behind ``Settings.sha256``."""
    values = settings.model_dump(mode="json", exclude={"sources"})
    del values["forecast"]["workers"]
    return values


def inputs_record(inputs: ReleaseInputs) -> dict[str, Any]:
    """All that determines the figures of a release, as plain JSON types."""
    version, source = split_code_version(inputs.code_version)
    return {
        "code": {"version": version, "source_sha256": source, "libraries": library_versions()},
        "deliveries": _rows(inputs.deliveries.sort_values(["first_vintage", "delivery_id"])),
        "forecast_origin": month_label(inputs.forecast_origin),
        "paths_sha256": sha256_hex(np.ascontiguousarray(inputs.paths.to_numpy(), dtype="<f8").tobytes()),
        "seeds": {str(key): str(value) for key, value in sorted(inputs.seeds.items())},
        "settings": settings_values(inputs.settings),
        "settings_sha256": inputs.settings.sha256(),
        "tables": {name: table_sha256(frame) for name, frame in sorted(inputs.tables.items())},
        "verdicts": [{key: item[key] for key in _VERDICT_KEYS if key in item} for item in inputs.verdicts],
        "vintage": inputs.vintage.isoformat(),
    }


def inputs_sha256(record: Mapping[str, Any]) -> str:
    """Hash of an inputs record."""
    return sha256_hex(canonical_json(record).encode())


def release_id_for(vintage: date | str, digest: str) -> str:
    """``<vintage>-<first 8 hexadecimal digits of the inputs' hash>``."""
    return f"{vintage}-{digest[:8]}"


def build_manifest(
    inputs: ReleaseInputs, record: Mapping[str, Any], files: Mapping[str, bytes], next_release: date
) -> dict[str, Any]:
    """The whole manifest.

    Parameters
    ----------
    inputs : ReleaseInputs
        What is published.
    record : mapping
        :func:`inputs_record` of it.
    files : mapping of str to bytes
        Every other file of the release, by its path below the folder.
    next_release : date
        The day of the next release.
    """
    digest = inputs_sha256(record)
    previous = inputs.previous
    return {
        "schema_version": SCHEMA_VERSION,
        "release_id": release_id_for(inputs.vintage, digest),
        "vintage": inputs.vintage.isoformat(),
        "forecast_origin": month_label(inputs.forecast_origin),
        "edition": inputs.edition,
        "publisher": inputs.settings.release.publisher,
        "next_release": next_release.isoformat(),
        "inputs_sha256": digest,
        "inputs": dict(record),
        "own_settings": list(own_settings(inputs.settings)),
        "previous": None
        if previous is None
        else {
            "release_id": previous.release_id,
            "manifest_sha256": sha256_hex(previous.manifest_bytes()),
            "chosen_as": chosen_as(inputs),
        },
        "scores": _scores(inputs.tables["leaderboard"]),
        "files": {
            name: {"sha256": sha256_hex(content), "bytes": len(content)} for name, content in sorted(files.items())
        },
    }


def chosen_as(inputs: ReleaseInputs) -> str:
    """By which rule of ``release.previous_release`` the previous release was chosen; empty without one."""
    previous = inputs.previous
    if previous is None:
        return ""
    if previous.vintage == inputs.vintage:
        return SAME_VINTAGE
    same = previous.manifest["inputs"]["settings_sha256"] == inputs.settings.sha256()
    return OLDER_SAME_SETTINGS if same else OLDER


def own_settings(settings: Settings) -> tuple[str, ...]:
    """Dotted paths of all settings that differ from the packaged ones, sorted; a figure with its source is one."""
    own, packaged = (dict(leaves(settings_values(each))) for each in (settings, load_settings()))
    differing = {
        path
        for path in own.keys() | packaged.keys()
        if path not in own or path not in packaged or own[path] != packaged[path]
    }
    return tuple(sorted({_PARAMETER_PART.sub("", path) for path in differing}))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value of a tree of settings with its dotted path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Canonical bytes: sorted keys, two spaces, UTF-8, a newline at the end."""
    return (json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sidecar_bytes(manifest_content: bytes) -> bytes:
    """``manifest.sha256`` in the form that ``sha256sum --check`` reads."""
    return f"{sha256_hex(manifest_content)}  manifest.json\n".encode()


def _scores(leaderboard: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of the published combination; all models where a leaderboard knows no combination."""
    combined = leaderboard[leaderboard["model"] == "ensemble"]
    rows = leaderboard if combined.empty else combined
    columns = [column for column in ("model", *_SCORE_COLUMNS) if column in rows.columns]
    return _rows(rows[columns])


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: object) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):  # type: ignore[call-overload]
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return pd.Timestamp(value).date().isoformat()  # type: ignore[arg-type]
