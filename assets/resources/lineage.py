"""Lineage of record: what DVC says of each artifact, and how a new one enters it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.resources.edges import INPUTS, PACKAGES, is_folder, md5_of, recipe_version
from assets.resources.errors import LineageError
from assets.resources.lock_file import enter, mend
from assets.resources.project import Project
from assets.resources.stage_changes import changed_recipe, reasons
from sv6d.fingerprint import fingerprint

# DVC names the stage whose command it runs; the lock on that stage is then DVC's own.
_RUNNING_STAGE = "DVC_STAGE"


def running_stage() -> str | None:
    """The stage whose command DVC is running around this process, or None."""
    return os.environ.get(_RUNNING_STAGE)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What an artifact is made from, as DVC hashes it: path to MD5, or params file to its sections."""

    values: Mapping[str, Any]

    @property
    def identity(self) -> str:
        """SHA-256, 64 hex digits: equal where nothing that counts has changed."""
        return fingerprint(self.values)

    @property
    def inputs(self) -> dict[str, str]:
        """MD5 of each input by its name."""
        return {_word_of(path): md5 for path, md5 in self.values.items() if is_folder(path)}

    def version(self, word: str) -> str:
        """The code version of an asset that is made from these: see `edges.recipe_version`."""
        params = {path: value for path, value in self.values.items() if isinstance(value, Mapping)}
        code = {path: md5 for path, md5 in self.values.items() if path not in params and not is_folder(path)}
        return recipe_version(params.get("params.yaml", {}).get(word) or {}, code, params.get(PACKAGES, {}))

    def differences(self, other: Dependencies) -> list[str]:
        """Names whose values differ, sorted."""
        names = set(self.values) | set(other.values)
        return sorted(name for name in names if self.values.get(name) != other.values.get(name))


@dataclass(frozen=True, slots=True)
class Recorded:
    """An artifact as `dvc.lock` has it: its MD5, and what it was made from."""

    md5: str
    made_from: Dependencies


@dataclass(frozen=True, slots=True)
class Survey:
    """Where everything stood at one moment.

    Attributes:
        changes: why each artifact is stale, in words; empty where it is not.
        changed_inputs: the same of `inputs`: of its code and settings, not of what the folder holds.
        recorded: what dvc.lock says of each artifact that it names, and of `inputs`.
        present: MD5 of each artifact's folder as it is now, None where there is no folder.
    """

    changes: Mapping[str, list[str]]
    changed_inputs: list[str]
    recorded: Mapping[str, Recorded]
    present: Mapping[str, str | None]


class Lineage:
    """DVC of one project. Each call opens the repository anew: other processes write it too."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def dependencies(self, word: str, checkout: Path) -> Dependencies:
        """What a job that reads code and settings from `checkout` is made from.

        Its inputs are the artifacts of record: those that dvc.lock names.

        Raises:
            LineageError: one of them is missing.
        """
        with self._repo() as repo:
            stages = self._stages(repo)
            stage = stages[word]
            made = [stages[_word_of(dep.def_path)].outs[0] for dep in stage.deps if is_folder(dep.def_path)]
            recorded = {out.def_path: out.hash_info.value for out in made}
            found = {}
            for dep in stage.deps:
                try:
                    found[dep.def_path] = _value_of(dep, recorded, checkout)
                except (FileNotFoundError, KeyError) as error:
                    raise _missing(word, str(error)) from error
                if found[dep.def_path] is None:
                    raise _missing(word, f"{dep.def_path} has not been made")
            return Dependencies(found)

    def recorded_files(self, word: str) -> dict[str, tuple[str, Path]]:
        """MD5 and place in DVC's cache of every file of a recorded artifact, by its name below the folder.

        Raises:
            LineageError: the list of its files is not in the cache.
        """
        with self._stage(word) as stage:
            out = stage.outs[0]
            tree = out.get_obj()
            if tree is None:
                raise _not_cached(out.def_path)
            files = {"/".join(key): info.value for key, (_, info) in tree.iteritems()}
            return {name: (md5, Path(out.cache.oid_to_path(md5))) for name, md5 in files.items()}

    def changes(self, word: str) -> list[str]:
        """Why an artifact is stale, in words; empty when it is not."""
        with self._stage(word) as stage, stage.repo.lock:
            return reasons(stage)

    def survey(self, words: Sequence[str]) -> Survey:
        """All of these artifacts and `inputs` at one moment: dvc.yaml and dvc.lock are read once.

        To open the repository and read both takes DVC as long as to look at all artifacts (docs/operations.md).
        """
        with self._repo() as repo, repo.lock:
            stages = dict(self._stages(repo))
            return Survey(
                changes={word: reasons(stages[word]) for word in words},
                changed_inputs=changed_recipe(stages[INPUTS]),
                recorded=_recipes(stages.values()),
                present=_present(stages[word] for word in words),
            )

    def stale(self) -> dict[str, Any]:
        """DVC's own status of the whole project: empty when it is clean."""
        with self._repo() as repo:
            return dict(repo.status())

    def recorded_recipes(self, words: Sequence[str]) -> dict[str, Recorded]:
        """What dvc.lock says of those of these artifacts that it names, by word."""
        with self._repo() as repo:
            stages = self._stages(repo)
            return _recipes(stages[word] for word in words)

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
            return changed_recipe(stage)

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
        return self.present_all([word])[word]

    def present_all(self, words: Sequence[str]) -> dict[str, str | None]:
        """As `present`, for several words."""
        with self._repo() as repo:
            stages = self._stages(repo)
            return _present(stages[word] for word in words)

    def record_inputs(self) -> str:
        """Record `inputs` and what it is made from, as they are now, in dvc.lock; returns its MD5.

        Inside DVC's own run of that stage only the MD5 is computed: DVC records it itself.
        """
        mend(self._project)
        with self._stage(INPUTS) as stage, stage.repo.lock:
            stage.save(run_cache=False)
            if running_stage() != INPUTS:
                self._enter(stage)
            md5: str = stage.outs[0].hash_info.value
            return md5

    def record(self, word: str, made_from: Dependencies) -> str:
        """Record the published folder in dvc.lock, and that it was made from these; returns its MD5.

        Not what lies there now is recorded as its origin but what the job has read. Inside DVC's own
        run of the stage DVC writes the same again, unless the run is ended with an error.

        Raises:
            LineageError: the stage has dependencies that these do not name.
        """
        from dvc_data.hashfile.hash_info import HashInfo
        from dvc_data.hashfile.meta import Meta

        mend(self._project)
        with self._stage(word) as stage, stage.repo.lock:
            if unnamed := sorted({dep.def_path for dep in stage.deps} - set(made_from.values)):
                raise _unnamed(word, unnamed)
            for dep in stage.deps:
                dep.hash_info = HashInfo(dep.hash_name, made_from.values[dep.def_path])
                dep.meta = Meta()  # the one of the last time holds its MD5, and would win
            stage.save_outs()
            stage.md5 = stage.compute_md5()
            self._enter(stage)
            md5: str = stage.outs[0].hash_info.value
            return md5

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

    def _enter(self, stage: Any) -> None:
        """Bytes into DVC's cache, then the entry into dvc.lock."""
        for out in stage.outs:  # not stage.commit: its locks are those of the `dvc repro` around us
            out.commit(relink=False)
        enter(self._project, stage)

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
            yield self._stages(repo)[word]

    def _stages(self, repo: Any) -> Any:
        """Stages by their names, each read where it is asked for.

        Not `repo.index`: that reads every stage, 0.15 s of processor time each time (measured), and not
        `repo.stage.collect`: that looks into the dvc.yaml of the current folder.
        """
        from dvc.dvcfile import load_file

        return load_file(repo, str(self._project.root / "dvc.yaml")).stages


def _word_of(path: str) -> str:
    return path.removeprefix("data/")


def _value_of(dep: Any, recorded: Mapping[str, str | None], checkout: Path) -> Any:
    from dvc.dependency import ParamsDependency
    from dvc.utils.serialize import load_yaml

    if dep.def_path in recorded:
        return recorded[dep.def_path]
    path = checkout / dep.def_path
    if isinstance(dep, ParamsDependency):
        values = load_yaml(str(path))
        return {name: values[name] for name in dep.params}
    return md5_of(path)


def _missing(word: str, found: str) -> LineageError:
    return LineageError(
        f"{word} cannot be made yet",
        found=found,
        wanted=f"everything that dvc.yaml lists as dependencies of {word}",
        next_step="make run goes through all of them in order",
    )


def _unnamed(word: str, paths: Sequence[str]) -> LineageError:
    return LineageError(
        f"{word} cannot be recorded",
        found=f"a version of the code made it that did not read {', '.join(paths)}",
        wanted=f"everything that dvc.yaml lists as dependencies of {word}",
        next_step="make run makes it again",
    )


def _not_cached(path: str) -> LineageError:
    return LineageError(
        f"{path} is recorded but its bytes are not here",
        found="no copy in DVC's cache",
        wanted=f"the files of {path} as dvc.lock names them",
        next_step="dvc pull, or make it again: make run",
    )


def _files(tree: Any, folder: str) -> dict[str, str]:
    if tree is None:
        return {}
    paths = {"/".join(key): info.value for key, (_, info) in tree.iteritems()}
    return {path: md5 for path, md5 in paths.items() if path.startswith(f"{folder}/")}


def _recipes(stages: Iterable[Any]) -> dict[str, Recorded]:
    found = {}
    for stage in stages:
        md5 = stage.outs[0].hash_info.value
        if md5 is not None:
            made_from = {dep.def_path: dep.hash_info.value for dep in stage.deps if dep.hash_info.value}
            found[stage.name] = Recorded(md5, Dependencies(made_from))
    return found


def _present(stages: Iterable[Any]) -> dict[str, str | None]:
    outs = {stage.name: stage.outs[0] for stage in stages}
    return {word: out.get_hash().value if out.exists else None for word, out in outs.items()}
