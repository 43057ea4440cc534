"""Proof that a release is what was published, and that only checked tables are.

What belongs here: verifying a folder against its manifest, refusing inputs whose verdicts do not fit. What does
not: reaching a verdict (``expectations``).

A manifest and its sidecar that are both forged together with a file are not found out by hashes alone: that takes
a signature by the publisher.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from indforecast.domain.errors import IntegrityError
from indforecast.domain.files import canonical_json, sha256_hex
from indforecast.publication.manifest import inputs_sha256, manifest_bytes, release_id_for, sidecar_bytes
from indforecast.publication.tables import table_sha256

if TYPE_CHECKING:
    from pathlib import Path

    from indforecast.publication.inputs import ReleaseInputs

MANIFEST: Final = "manifest.json"
SIDECAR: Final = "manifest.sha256"

#: Tables that must each have been judged by a verdict called ``bands``.
_JUDGED: Final = ("monthly_bands", "yearly_bands")


def check_verdicts(inputs: ReleaseInputs) -> None:
    """Refuse to publish what was not checked, what failed, or what was checked and then changed.

    Raises
    ------
    IntegrityError
        Naming the table.
    """
    hint = "Run the cycle again from the delivery, so that every table is checked."
    hashes = {name: table_sha256(inputs.tables[name]) for name in _JUDGED}
    known = {"delivery": set(inputs.deliveries["delivery_id"].astype(str)), "bands": set(hashes.values())}
    for verdict in inputs.verdicts:
        table, subject = str(verdict["table"]), str(verdict["subject_sha256"])
        failed = [
            item["name"] for item in verdict["results"] if item["severity"] == "critical" and not item["success"]
        ]
        if failed or not verdict["success"]:
            raise IntegrityError(
                f"Nothing is published: the check of {table} failed ({', '.join(failed) or 'no reason given'}).",
                hint=hint,
            )
        if subject not in known.get(table, set()):
            raise IntegrityError(
                f"Nothing is published: a verdict on {table} judged {subject[:12]}, which is not published here.",
                hint=hint,
            )
    judged = {str(verdict["subject_sha256"]) for verdict in inputs.verdicts if verdict["table"] == "bands"}
    for name, digest in hashes.items():
        if digest not in judged:
            raise IntegrityError(f"Nothing is published: {name} was never checked.", hint=hint)


def verify(path: Path) -> list[str]:
    """Everything that is wrong with a release folder; an empty list when it is as published.

    Parameters
    ----------
    path : Path
        The release's folder.

    Returns
    -------
    list of str
        One sentence per problem: changed, missing and foreign files, an edited manifest, a renamed folder.
    """
    if not path.is_dir():
        return [f"{path} is not a folder."]
    try:
        content = (path / MANIFEST).read_bytes()
        manifest = json.loads(content)
        problems = _manifest_problems(path, content, manifest)
        listed = {str(name): dict(entry) for name, entry in manifest["files"].items()}
    except FileNotFoundError:
        return [f"{MANIFEST} is missing."]
    except OSError as error:
        return [f"{MANIFEST} cannot be read: {error.strerror}."]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"{MANIFEST} is not a release's manifest any more."]
    return problems + _file_problems(path, listed)


def _manifest_problems(path: Path, content: bytes, manifest: dict[str, Any]) -> list[str]:
    problems = []
    sidecar = path / SIDECAR
    if not sidecar.is_file():
        problems.append(f"{SIDECAR} is missing.")
    elif sidecar.read_bytes() != sidecar_bytes(content):
        problems.append(f"{MANIFEST} is not the one that {SIDECAR} was written for.")
    if manifest_bytes(manifest) != content:
        problems.append(f"{MANIFEST} is not in the form in which manifests are written.")
    record = manifest["inputs"]
    digest = inputs_sha256(record)
    if digest != manifest["inputs_sha256"]:
        problems.append(f"{MANIFEST}: the inputs do not add up to inputs_sha256.")
    problems += [
        f"{MANIFEST}: {field} is not the inputs' {field}."
        for field in ("vintage", "forecast_origin")
        if manifest[field] != record[field]
    ]
    if sha256_hex(canonical_json(record["settings"]).encode()) != record["settings_sha256"]:
        problems.append(f"{MANIFEST}: the settings do not add up to settings_sha256.")
    expected = release_id_for(record["vintage"], digest)
    if manifest["release_id"] != expected:
        problems.append(f"{MANIFEST}: release_id is {manifest['release_id']}, but the inputs make {expected}.")
    if path.resolve().name != expected:
        problems.append(f"The folder is called {path.resolve().name}, but holds release {expected}.")
    for name, table_digest in record["tables"].items():
        entry = manifest["files"].get(f"tables/{name}.csv")
        if entry is None or entry["sha256"] != table_digest:
            problems.append(f"{MANIFEST}: tables/{name}.csv is not the table that the inputs name.")
    return problems


def _file_problems(path: Path, listed: dict[str, dict[str, Any]]) -> list[str]:
    problems = []
    for name, entry in listed.items():
        file = path / name
        if not file.is_file() or file.is_symlink():
            problems.append(f"{name} is missing.")
            continue
        try:
            content = file.read_bytes()
        except OSError as error:
            problems.append(f"{name} cannot be read: {error.strerror}.")
            continue
        digest = sha256_hex(content)
        if digest != entry["sha256"] or len(content) != entry["bytes"]:
            problems.append(
                f"{name} was changed: its hash is {digest[:12]}, published was {str(entry['sha256'])[:12]}"
                f" ({len(content)} bytes, published were {entry['bytes']})."
            )
    folders = {parent.as_posix() for name in listed for parent in (path / name).relative_to(path).parents}
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if name in (MANIFEST, SIDECAR) or name in listed or (file.is_dir() and name in folders):
            continue
        problems.append(f"{name} does not belong to the release.")
    return problems
