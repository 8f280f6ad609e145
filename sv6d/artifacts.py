"""An artifact: a folder, its record, and the one way to publish it.

A job fills a staging folder; `seal` hashes and fsyncs it and writes `record.json` last, so a folder
with a valid record is complete. `exchange` swaps it with the published folder in one step.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sv6d.errors import ArtifactError, EmptyOutputError
from sv6d.events import Events
from sv6d.fingerprint import Config, Runtime, canonical, fingerprint
from sv6d.io import DISK_ERRORS, fsync_path, read_json, sha256_file, storage_error, storing, write_json

RECORD_NAME = "record.json"
_RENAME_EXCHANGE = 2  # <linux/fs.h>
_AT_FDCWD = -100  # <fcntl.h>


class JobRuntime(Runtime):
    """Where and how fast a job runs.

    Attributes:
        workers: processes for per-clip work.
        device: "auto", "cpu" or "cuda".
        gpus: on how many a stage that asks a model works at once, with a copy of the model on each.
        models: how many copies of the model answer at once where there is no GPU.
        sources: the `sources.json` that says where the bytes of each video lie.
    """

    workers: int = 2
    device: str = "auto"
    gpus: int = 1
    models: int = 1
    sources: Path = Path("inputs/sources.json")


@dataclass(frozen=True)
class Job:
    """What a stage's verb is given beside its Config.

    Attributes:
        word: the stage's word.
        inputs: published folder of each input artifact, by word.
        out: staging folder to fill; it exists and is empty.
        work: scratch folder that a killed run of the same fingerprint finds again.
        cache: scratch folder shared by all fingerprints of the stage (per-clip results by key).
        frames: scratch folder shared by all stages (sampled frames by key).
        runtime: workers, device, sources.
        events: progress, metrics, messages.
    """

    word: str
    inputs: Mapping[str, Path]
    out: Path
    work: Path
    cache: Path
    frames: Path
    runtime: JobRuntime
    events: Events


# Counts by name. Every stage reports at least `items`: what it yielded.
Counts = dict[str, int]


@dataclass(frozen=True)
class Record:
    """`record.json`: what an artifact is and what it was made from. No time, host or run id.

    Attributes:
        word: the artifact's word.
        config: the settings that defined it.
        fingerprint: identity of config and inputs, 64 hex digits.
        inputs: content digest of each input, or of the part of it that was used.
        counts: how much there is, and how much was left out.
        files: SHA-256 and size in bytes of every other file.
    """

    word: str
    config: Mapping[str, Any]
    fingerprint: str
    inputs: Mapping[str, str]
    counts: Mapping[str, int]
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Content identity: SHA-256 over the files' names and hashes, 64 hex digits.

        The record itself is left out: an artifact rebuilt from other inputs with equal files is
        equal for whoever reads it.
        """
        return hashlib.sha256(canonical(self.files)).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return {
            "config": dict(self.config),
            "counts": dict(self.counts),
            "digest": self.digest,
            "files": {name: dict(entry) for name, entry in self.files.items()},
            "fingerprint": self.fingerprint,
            "inputs": dict(self.inputs),
            "word": self.word,
        }


def read_record(folder: Path) -> Record:
    """The record of a published or staged artifact.

    Raises:
        ArtifactError: there is none, or it contradicts itself.
    """
    path = folder / RECORD_NAME
    raw = read_json(path)
    try:
        stored_digest = raw.pop("digest")
        record = Record(**raw)
    except (AttributeError, KeyError, TypeError) as error:
        raise _broken(folder, f"{path} lacks or adds fields: {error}") from error
    if record.digest != stored_digest:
        raise _broken(folder, f"{path} says digest {stored_digest}, its list of files gives {record.digest}")
    return record


def seal(folder: Path, *, word: str, config: Config, inputs: Mapping[str, str], counts: Counts) -> Record:
    """Hash and fsync all files of a staging folder and write its record last.

    Raises:
        EmptyOutputError: the stage yielded no items, or no file.
        ArtifactError: the folder holds a link or an empty file.
    """
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(p for p in folder.rglob("*") if not p.is_dir() or p.is_symlink()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise _broken(folder, f"{name} is a link; artifacts hold plain files")
        fsync_path(path)
        files[name] = {"bytes": path.stat().st_size, "sha256": sha256_file(path)}
    if not files or counts.get("items", 0) <= 0:
        raise EmptyOutputError(
            f"{word} yielded nothing",
            found=f"counts {counts}, {len(files)} files",
            wanted="at least one item",
            next_step="look at the counts and the quarantine list of the stages before it",
        )
    record = Record(
        word=word,
        config=config.model_dump(mode="json"),
        fingerprint=fingerprint({"word": word, "config": config, "inputs": dict(inputs)}),
        inputs=dict(sorted(inputs.items())),
        counts=dict(sorted(counts.items())),
        files=files,
    )
    write_json(folder / RECORD_NAME, record.as_dict())
    for sub in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        fsync_path(sub)
    fsync_path(folder)
    return record


def verify(folder: Path) -> Record:
    """Re-hash every file of an artifact against its record.

    Raises:
        ArtifactError: a file is missing, added or changed; the message names it.
    """
    record = read_record(folder)
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != RECORD_NAME}
    if present != set(record.files):
        raise _broken(folder, f"files added or missing: {sorted(present ^ set(record.files))}")
    for name, entry in record.files.items():
        if sha256_file(folder / name) != entry["sha256"]:
            raise _broken(folder, f"{name} was changed after it was recorded")
    return record


def exchange(staging: Path, published: Path) -> None:
    """Swap two folders of one file system in one step; a reader sees the old one or the new one.

    After it `staging` holds the previous artifact, if there was one. fsyncs both parents.

    Raises:
        ArtifactError: the file system can not exchange folders.
        StorageError: the disk refused; both folders are as they were.
    """
    with storing(published, None):
        published.parent.mkdir(parents=True, exist_ok=True)
        if is_first := not published.exists():
            staging.rename(published)
    if not is_first:
        libc = ctypes.CDLL(None, use_errno=True)
        outcome = libc.renameat2(_AT_FDCWD, os.fsencode(staging), _AT_FDCWD, os.fsencode(published), _RENAME_EXCHANGE)
        if outcome != 0:
            code = ctypes.get_errno()
            if code in DISK_ERRORS:
                raise storage_error(OSError(code, os.strerror(code)), published)
            raise ArtifactError(
                f"cannot exchange {staging} with {published}",
                found=f"{errno.errorcode.get(code, code)}: {os.strerror(code)}",
                wanted="two folders on one Linux file system that supports RENAME_EXCHANGE",
                next_step="keep data/ and .work/ on one local file system (ext4, xfs, btrfs, tmpfs, overlay)",
            )
    fsync_path(published.parent)
    fsync_path(staging.parent)


def _broken(folder: Path, found: str) -> ArtifactError:
    return ArtifactError(
        f"artifact {folder.name} does not match its record",
        found=found,
        wanted="exactly the files that its record lists",
        next_step=f"rebuild it: make run, or python -m jobs.materialize {folder.name}",
    )
