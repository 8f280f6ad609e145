"""The bytes of an artifact against everything that says what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from assets.resources.edges import INPUTS
from jobs.audit.model import Finding
from jobs.audit.snapshot import Snapshot, cache_path
from sv6d.artifacts import RECORD_NAME, read_record
from sv6d.errors import ArtifactError

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Hashes:
    """Of one file's bytes."""

    sha256: str
    md5: str
    bytes: int


def hash_file(path: Path) -> Hashes:
    """Both hashes in one pass."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            sha256.update(block)
            md5.update(block)
            size += len(block)
    return Hashes(sha256.hexdigest(), md5.hexdigest(), size)


def folder_md5(files: Mapping[str, str]) -> str:
    """The MD5 that DVC gives a folder, from the MD5 of each file by name."""
    return hashlib.md5(listing_bytes(files), usedforsecurity=False).hexdigest() + ".dir"


def listing_bytes(files: Mapping[str, str]) -> bytes:
    """How DVC writes down a folder."""
    rows = [{"md5": md5, "relpath": name} for name, md5 in sorted(files.items())]
    return json.dumps(rows, sort_keys=True).encode()


def hash_folder(folder: Path) -> dict[str, Hashes]:
    """Both hashes of every file by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}


def check_folder(snapshot: Snapshot, word: str, signed: Mapping[str, str] | None) -> Iterator[Finding]:
    """What lies in the checkout, against the signed list, the artifact's own record, and `dvc.lock`."""
    folder = snapshot.folder(word)
    where = folder.relative_to(snapshot.project.root).as_posix()
    if not folder.is_dir():
        yield Finding(word, where, "is recorded, and is not here")
        return
    found = hash_folder(folder)
    sha256 = {name: hashes.sha256 for name, hashes in found.items()}
    if signed is not None:
        yield from _differences(word, where, "the signed statement", signed, sha256)
    if word != INPUTS:
        yield from _check_record(word, folder, where, snapshot, sha256)
    out = snapshot.out(word)
    now = {
        "md5": folder_md5({name: hashes.md5 for name, hashes in found.items()}),
        "size": sum(hashes.bytes for hashes in found.values()),
        "nfiles": len(found),
    }
    for name, value in now.items():
        if out.get(name) != value:
            yield Finding(
                word, f"dvc.lock and {where}", f"{name} is {out.get(name)} in dvc.lock, {value} in the folder"
            )


def _check_record(
    word: str, folder: Path, where: str, snapshot: Snapshot, sha256: Mapping[str, str]
) -> Iterator[Finding]:
    place = f"{where}/{RECORD_NAME}"
    try:
        record = read_record(folder)
    except ArtifactError as error:
        yield Finding(word, place, error.found)
        return
    listed = {name: str(entry["sha256"]) for name, entry in record.files.items()}
    present = {name: value for name, value in sha256.items() if name != RECORD_NAME}
    yield from _differences(word, where, "its record", listed, present)
    if record.word != word:
        yield Finding(word, place, f"is the record of {record.word}")
    settings: Mapping[str, Any] = next(iter(snapshot.lock[word].get("params", {}).get("params.yaml", {}).values()), {})
    different = sorted(name for name in settings if name in record.config and record.config[name] != settings[name])
    if different:
        yield Finding(word, place, f"names other settings than dvc.lock: {', '.join(different)}")


def _differences(
    word: str, where: str, source: str, wanted: Mapping[str, str], found: Mapping[str, str]
) -> Iterator[Finding]:
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield Finding(word, f"{where}/{name}", f"is in {source}, and is not here")
        elif name not in wanted:
            yield Finding(word, f"{where}/{name}", f"is not in {source}")
        elif wanted[name] != found[name]:
            yield Finding(word, f"{where}/{name}", f"is not what {source} says: SHA-256 {found[name][:16]}")


def check_cache(snapshot: Snapshot, word: str, signed: Mapping[str, str] | None) -> tuple[list[Finding], int]:
    """DVC's cached copies of an artifact; returns what is wrong, and how many files are not in the cache."""
    path = cache_path(snapshot.project, snapshot.md5(word))
    if not path.is_file():
        return [], len(signed or ())
    place = path.relative_to(snapshot.project.root).as_posix()
    body = path.read_bytes()
    if hashlib.md5(body, usedforsecurity=False).hexdigest() + ".dir" != snapshot.md5(word):
        return [Finding(word, place, "DVC's list of the folder was changed")], 0
    listed = {row["relpath"]: row["md5"] for row in orjson.loads(body)}
    findings = []
    num_missing = 0
    if signed is not None and set(listed) != set(signed):
        findings.append(
            Finding(word, place, f"lists other files than were signed: {sorted(set(listed) ^ set(signed))}")
        )
    for name, md5 in listed.items():
        copy = cache_path(snapshot.project, md5)
        if not copy.is_file():
            num_missing += 1
            continue
        hashes = hash_file(copy)
        if hashes.md5 != md5 or (signed is not None and signed.get(name, hashes.sha256) != hashes.sha256):
            place = copy.relative_to(snapshot.project.root).as_posix()
            findings.append(Finding(word, place, f"the cached copy of {name} was changed"))
    return findings, num_missing
