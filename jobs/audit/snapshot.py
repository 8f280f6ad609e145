"""A project as one git revision has it: `dvc.lock`, and the files of artifacts wherever their bytes lie."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from assets.resources.edges import INPUTS
from assets.resources.project import Project
from jobs.audit.model import Recorded, Source
from sv6d.errors import InputError
from sv6d.stages import WORDS

WORKING_TREE = "the working tree"
LOCK = "dvc.lock"
_RECORD = "record.json"
_FOLDER_MD5 = re.compile(r"^\+.*\bmd5: ([0-9a-f]{32}\.dir)$")
_COMMIT = "commit\t"


@dataclass
class Snapshot:
    """A revision of a project. `commit` is None for the working tree."""

    project: Project
    revision: str
    commit: str | None
    lock: Mapping[str, Any]
    _listings: dict[str, dict[str, str]] = field(default_factory=dict)

    def words(self) -> tuple[str, ...]:
        """`inputs` and the artifacts that were recorded, in the order of the flow."""
        return tuple(word for word in (INPUTS, *WORDS) if word in self.lock)

    def out(self, word: str) -> Mapping[str, Any]:
        """The entry of an artifact's folder in `dvc.lock`."""
        entry: Mapping[str, Any] = self.lock[word]["outs"][0]
        return entry

    def md5(self, word: str) -> str:
        return str(self.out(word)["md5"])

    def path(self, word: str, name: str) -> Path | None:
        """Where a file of an artifact can be read: in the project, else in DVC's cache; None where it is in neither.

        In the working tree it is the file that lies there, whether or not it is the recorded one.
        """
        if self.commit is None:
            here = self.folder(word) / name
            return here if here.is_file() else None
        md5 = self.listing(word).get(name)
        cached = cache_path(self.project, md5) if md5 else None
        return cached if cached is not None and cached.is_file() else None

    def folder(self, word: str) -> Path:
        """The artifact's folder in the checkout."""
        return self.project.inputs if word == INPUTS else self.project.data / word

    def listing(self, word: str) -> dict[str, str]:
        """MD5 of every file by name, as DVC's cache lists the recorded folder; empty where there is none."""
        if word not in self._listings:
            path = cache_path(self.project, self.md5(word)) if word in self.lock else None
            rows = orjson.loads(path.read_bytes()) if path is not None and path.is_file() else []
            self._listings[word] = {row["relpath"]: row["md5"] for row in rows}
        return self._listings[word]

    def record(self, word: str) -> Mapping[str, Any] | None:
        """The artifact's `record.json`, or None where it is not here or is not JSON."""
        path = self.path(word, _RECORD)
        try:
            return orjson.loads(path.read_bytes()) if path is not None else None
        except orjson.JSONDecodeError:
            return None

    def tracked(self, name: str) -> bytes | None:
        """The bytes of a file that git tracks beside the artifacts, as this revision has it; None where it has none."""
        if self.commit is not None:
            return file_at(self.project, self.commit, name)
        path = self.project.root / name
        return path.read_bytes() if path.is_file() else None

    def sources(self) -> tuple[Source, ...]:
        """The files from outside, in the order of `inputs/sources.json`; none where there is no list."""
        path = self.path(INPUTS, "sources.json")
        if path is None:
            return ()
        raw = orjson.loads(path.read_bytes())
        root = (self.project.inputs / raw["root"]).resolve()
        folders = {entry["name"]: entry for entry in raw["sources"]}
        found = []
        for kind, key, place in (("video", "files", "path"), ("document", "documents", "documents")):
            for entry in raw[key]:
                folder = folders[entry["source"]][place]
                path = root / folder / entry["name"]
                uri = f"{entry['source']}/{entry['name']}"
                found.append(Source(entry["sha256"], uri, str(path), entry["bytes"], kind))
        for entry in raw["sidecars"]:
            path = root / folders[entry["source"]]["path"] / entry["name"]
            uri = f"{entry['source']}/{entry['name']}"
            found.append(Source(entry["sha256"], uri, str(path), entry["bytes"], "sidecar"))
        return tuple(found)


def cache_path(project: Project, md5: str) -> Path:
    """Where DVC's local cache keeps an object."""
    return cache_folder(project) / md5[:2] / md5[2:]


def cache_folder(project: Project) -> Path:
    """Where DVC's local cache keeps all objects."""
    return project.root / ".dvc" / "cache" / "files" / "md5"


def open_snapshot(project: Project, revision: str | None) -> Snapshot:
    """The working tree, or the project at a git revision.

    Raises:
        InputError: there is no such revision, or no `dvc.lock` in it.
    """
    if revision is None:
        path = project.root / LOCK
        if not path.is_file():
            raise _no_lock(f"no file {path}")
        return Snapshot(project, WORKING_TREE, None, parse_lock(path.read_bytes()))
    commit = _git(project, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None:
        raise InputError(
            "there is no such revision",
            found=revision,
            wanted="a commit, branch or tag of this repository",
            next_step="git log --oneline -- dvc.lock lists those that record artifacts",
        )
    body = file_at(project, commit.strip(), LOCK)
    if body is None:
        raise _no_lock(f"{revision} has no {LOCK}")
    return Snapshot(project, revision, commit.strip(), parse_lock(body))


@lru_cache(maxsize=8)
def parse_lock(body: bytes) -> Mapping[str, Any]:
    """The stages of a `dvc.lock`; not to be changed. Raises: InputError where it is not one."""
    try:
        # DVC's own parser: others read 1e-05 as a text.
        stages: Mapping[str, Any] = YAML(typ="safe").load(body)["stages"]
        for stage in stages.values():
            _check_stage(stage)
    except (YAMLError, KeyError, TypeError, IndexError, AttributeError, UnicodeDecodeError) as error:
        raise _no_lock(f"{type(error).__name__}: {error}") from error
    return stages


def _check_stage(stage: Mapping[str, Any]) -> None:
    """What the rest of the audit takes for granted of an entry. Raises: TypeError, KeyError."""
    for entry in [*stage["outs"], *stage.get("deps", ())]:
        if not isinstance(entry["path"], str) or not isinstance(entry["md5"], str):
            raise TypeError(f"the MD5 of {entry['path']} is no text")
    sections = stage.get("params", {}).get("params.yaml", {})
    if not all(isinstance(values, Mapping) for values in sections.values()):
        raise TypeError("settings are no mapping")


def file_at(project: Project, commit: str, name: str) -> bytes | None:
    """The bytes of a tracked file at a commit, or None where it has none."""
    done = subprocess.run(["git", "show", f"{commit}:{name}"], cwd=project.root, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


@cache
def first_commits(project: Project, commit: str | None) -> Mapping[str, Recorded]:
    """The first commit that recorded each folder's MD5, up to `commit` (or HEAD)."""
    text = _git(project, "log", f"--format={_COMMIT}%H\t%cI\t%s", "-p", "-U0", commit or "HEAD", "--", LOCK) or ""
    found: dict[str, Recorded] = {}
    current = Recorded("", "", "")
    for line in text.splitlines():
        if line.startswith(_COMMIT):
            current = Recorded(*line.removeprefix(_COMMIT).split("\t", 2))
        elif match := _FOLDER_MD5.match(line):
            found[match[1]] = current  # newest first: the last one that is seen is the oldest
    return found


def _git(project: Project, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=project.root, capture_output=True, check=False)
    except FileNotFoundError:  # git is not installed: the working tree can be audited all the same
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _no_lock(found: str) -> InputError:
    return InputError(
        "nothing is recorded here",
        found=found,
        wanted=f"a {LOCK} with the artifacts that were made",
        next_step="make run; commit dvc.lock to be able to ask for it later",
    )
