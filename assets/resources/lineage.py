"""Lineage of record: what DVC says of each artifact, and how a new one enters it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from assets.resources.edges import INPUTS
from assets.resources.errors import LineageError
from assets.resources.project import Project
from sv6d.fingerprint import fingerprint

# DVC names the stage whose command it runs; the lock on that stage is then DVC's own.
_RUNNING_STAGE = "DVC_STAGE"


def running_stage() -> str | None:
    """The stage whose command DVC is running around this process, or None."""
    return os.environ.get(_RUNNING_STAGE)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What an artifact is made from, as DVC hashes it: path or params key to value."""

    values: Mapping[str, Any]

    @property
    def identity(self) -> str:
        """SHA-256, 64 hex digits: equal where nothing that counts has changed."""
        return fingerprint(self.values)

    def differences(self, other: Dependencies) -> list[str]:
        """Names whose values differ, sorted."""
        names = set(self.values) | set(other.values)
        return sorted(name for name in names if self.values.get(name) != other.values.get(name))


class Lineage:
    """DVC of one project. Each call opens the repository anew: other processes write it too."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def dependencies(self, word: str) -> Dependencies:
        """The present dependencies of a stage.

        Raises:
            LineageError: one of them is missing.
        """
        from dvc.dependency.base import DependencyDoesNotExistError
        from dvc.dependency.param import BadParamFileError, MissingParamsError

        with self._stage(word) as stage:
            try:
                stage.save_deps()
            except (DependencyDoesNotExistError, MissingParamsError, BadParamFileError) as error:
                raise LineageError(
                    f"{word} cannot be made yet",
                    found=str(error),
                    wanted=f"everything that dvc.yaml lists as dependencies of {word}",
                    next_step="make run goes through all of them in order",
                ) from error
            return Dependencies({dep.def_path: dep.hash_info.value for dep in stage.deps})

    def changes(self, word: str) -> list[str]:
        """Why an artifact is stale, in words; empty when it is not."""
        with self._stage(word) as stage, stage.repo.lock:
            status = stage.status()
            if stage.outs[0].hash_info.value is None:
                return ["it has not been made yet"]
        reasons: list[str] = []
        for entry in next(iter(status.values()), []):
            if isinstance(entry, str):
                reasons.append("its command changed" if entry == "changed checksum" else entry)
                continue
            for kind, entries in entry.items():
                reasons.extend(_reason(kind, path, state) for path, state in entries.items())
        return reasons

    def stale(self) -> dict[str, Any]:
        """DVC's own status of the whole project: empty when it is clean."""
        with self._repo() as repo:
            return dict(repo.status())

    def recorded(self, word: str) -> str | None:
        """The MD5 of an artifact in dvc.lock, or None where it was never recorded."""
        with self._stage(word) as stage:
            value: str | None = stage.outs[0].hash_info.value
            return value

    def recorded_all(self) -> dict[str, str]:
        """The MD5 in dvc.lock by word, for every word that has one."""
        with self._repo() as repo:
            found = {stage.name: stage.outs[0].hash_info.value for stage in repo.index.stages}
        return {name: value for name, value in found.items() if value is not None}

    def changed_recipe(self, word: str) -> list[str]:
        """As `changes`, for code, settings and inputs alone: not for what the folder holds."""
        with self._stage(word) as stage, stage.repo.lock:
            if stage.outs[0].hash_info.value is None:
                return ["it has not been made yet"]
            return [_reason("changed deps", path, state) for dep in stage.deps for path, state in dep.status().items()]

    def differing_files(self, word: str, folder: str) -> list[str]:
        """Paths below `folder` of an artifact that are not as DVC recorded them, sorted."""
        with self._stage(word) as stage:
            out = stage.outs[0]
            recorded = _files(out.get_obj(), folder)
            if not out.exists:
                return sorted(recorded)
            out.save()
            return sorted({path for path, _ in recorded.items() ^ _files(out.obj, folder).items()})

    def present(self, word: str) -> str | None:
        """The MD5 of an artifact's folder as it is now, or None where there is no folder."""
        with self._stage(word) as stage:
            out = stage.outs[0]
            if not out.exists:
                return None
            value: str = out.get_hash().value
            return value

    def record(self, word: str) -> str:
        """Record the published folder and its present dependencies in dvc.lock; returns its MD5.

        Inside DVC's own run of that stage only the MD5 is computed: DVC records it itself.
        """
        if running_stage() == word:
            with self._stage(word) as stage:
                stage.save(run_cache=False)
                value: str = stage.outs[0].hash_info.value
                return value
        with self._repo() as repo:
            (stage,) = repo.commit(word, force=True, relink=False)
            recorded: str = stage.outs[0].hash_info.value
            return recorded

    def lock_entry(self, word: str) -> dict[str, Any]:
        """The entry of an artifact in dvc.lock; inside DVC's own run of that stage, the one that DVC will write."""
        from dvc.stage.serialize import to_single_stage_lockfile

        with self._stage(word) as stage:
            if running_stage() == word:
                stage.save(run_cache=False)
            entry: dict[str, Any] = json.loads(json.dumps(to_single_stage_lockfile(stage)))
            return entry

    def commit(self) -> str | None:
        """The git commit of the checkout, or None outside git."""
        from dvc.scm import NoSCM
        from scmrepo.exceptions import SCMError

        with self._repo() as repo:
            if isinstance(repo.scm, NoSCM):
                return None
            try:
                revision: str = repo.scm.get_rev()
            except SCMError:  # no commit yet
                return None
            return revision

    @contextmanager
    def _repo(self) -> Iterator[Any]:
        from dvc.repo import Repo

        # DVC reports every step of a commit, and warns of every empty file; errors are raised anyway.
        logging.getLogger("dvc").setLevel(logging.ERROR)
        with Repo(str(self._project.root), _wait_for_lock=True) as repo:
            yield repo

    @contextmanager
    def _stage(self, word: str) -> Iterator[Any]:
        with self._repo() as repo:
            (stage,) = repo.stage.collect(word)
            yield stage


def _files(tree: Any, folder: str) -> dict[str, str]:
    if tree is None:
        return {}
    paths = {"/".join(key): info.value for key, (_, info) in tree.iteritems()}
    return {path: md5 for path, md5 in paths.items() if path.startswith(f"{folder}/")}


def _reason(kind: str, path: str, state: Any) -> str:
    if kind == "changed outs":
        return "its files are gone" if state == "deleted" else f"its files are {state}"
    if isinstance(state, Mapping):  # a params file: its keys and how they changed
        return f"settings changed: {', '.join(sorted(state))}"
    if path.startswith("data/") or path == INPUTS:
        return f"{path.removeprefix('data/')} changed"
    return f"code changed: {path}"
