"""What a job reads, held still while it runs: inputs, clips, settings and code as they were when it began.

A job that takes hours must not be lost because somebody edits a setting, replaces a clip or publishes
an input meanwhile. It runs in a folder that is laid out like the project and that nobody else changes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assets.resources.edges import INPUTS, PACKAGES, edges, md5_of
from assets.resources.errors import ChangedInputsError, LineageError
from assets.resources.lineage import Dependencies, Lineage
from assets.resources.project import Project
from sv6d.io import read_json, sha256_file, write_json
from sv6d.stages import stage_of
from sv6d.video.sources import Listed, Source, Sources, read_sources

_CODE = "sv6d"
# `runtime.yaml` says where jobs run and is no dependency; whoever reads it looks beside the settings.
_SETTINGS = ("params.yaml", PACKAGES, "runtime.yaml")
_FICLONE = 0x40049409  # <linux/fs.h>: a copy that shares blocks until one side is written
_COPIED_BYTES = "SV6D_PINNED_BYTES"
# ours: a few hundred short videos. Beyond, clips are linked: safe against all but writing into the same file.
_COPIED_BYTES_DEFAULT = 4 << 30


@dataclass(frozen=True, slots=True)
class PinnedProject(Project):
    """A project's layout over pinned files; scratch and job folders are those of the real one."""

    origin: Project

    @property
    def checkout(self) -> Path:
        return self.origin.checkout

    @property
    def work(self) -> Path:
        return self.origin.work


class Pins:
    """The pinned files of one job."""

    def __init__(self, word: str, project: Project) -> None:
        self._word = word
        self._origin = project
        self._lineage = Lineage(project)
        self._marks: dict[Path, tuple[int, ...]] = {}
        self._md5s: dict[Path, str] = {}
        self.project = PinnedProject(project.pinned(word), project)

    def take(self) -> Dependencies:
        """Pin what the job will read; returns what that is.

        Raises:
            LineageError: an input was never made, or its bytes are nowhere.
        """
        root = self.project.root
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        # With compiled code, which is valid where the time of change is kept: it saves a second of every job.
        shutil.copytree(self._origin.root / _CODE, root / _CODE)
        for name in _SETTINGS:
            with suppress(FileNotFoundError):
                shutil.copyfile(self._origin.root / name, root / name)
        dependencies = self._lineage.dependencies(self._word, root)
        for name in stage_of(self._word).inputs:
            self._pin_artifact(name, self.project.data / name, self._origin.data / name)
        if INPUTS in edges(self._word) or "raw_videos" in stage_of(self._word).inputs:
            self._pin_artifact(INPUTS, self.project.inputs, self._origin.inputs)
            self._pin_sources()
        return dependencies

    def check(self) -> None:
        """Look whether every pinned artifact still holds the bytes that it held at the start.

        Raises:
            ChangedInputsError: somebody wrote into one of the files.
        """
        changed = [path for path, mark in self._marks.items() if _mark(path) != mark]
        changed = [path for path in changed if not path.is_file() or md5_of(path) != self._md5s[path]]
        if changed:
            raise ChangedInputsError(
                f"what {self._word} is made from was overwritten while it was being made; the artifact before it stays",
                found=f"changed: {', '.join(str(path.relative_to(self.project.root)) for path in sorted(changed))}",
                wanted="nobody but DVC writes into DVC's cache, and nobody at all into .work",
                next_step="sv6d doctor, then run it again",
            )

    def release(self) -> None:
        shutil.rmtree(self.project.root, ignore_errors=True)

    def _pin_artifact(self, name: str, target: Path, published: Path) -> None:
        """Lay the recorded artifact out in `target`: links into DVC's cache, which holds what nobody edits."""
        for below, (md5, cached) in self._lineage.recorded_files(name).items():
            place = target / below
            place.parent.mkdir(parents=True, exist_ok=True)
            # Clips are hashed by the stages themselves, each before it is decoded.
            if cached.is_file() and (name == INPUTS or md5_of(cached) == md5):
                _link(cached, place)
            elif (published / below).is_file():  # the cache has lost it; a copy is as good where its bytes are
                shutil.copyfile(published / below, place)
                if md5_of(place) != md5:
                    raise _gone(name, below)
            else:
                raise _gone(name, below)
            self._marks[place], self._md5s[place] = _mark(place), md5

    def _pin_sources(self) -> None:
        """Pin the clips of a person's own folders, which no cache holds."""
        path = self.project.sources
        listed = read_sources(path)
        raw = read_json(path)
        real = read_sources_at(listed, self._origin.root)
        budget = int(os.environ.get(_COPIED_BYTES) or _COPIED_BYTES_DEFAULT)
        copied = sum(entry.bytes for entry in listed.files) <= budget
        for source, stored in zip(listed.sources, raw["sources"], strict=True):
            if (self.project.root / source.path).is_relative_to(self.project.inputs):
                continue  # the studio's, pinned as a part of `inputs`
            for kind, field in (("own", "path"), ("documents", "documents")):
                if stored[field] is not None:
                    stored[field] = f"{kind}/{source.name}"
            for entry, where, below in _entries(listed, source):
                place = self.project.root / where / source.name / below
                place.parent.mkdir(parents=True, exist_ok=True)
                origin = real.path_of(entry) if where == "own" else real.document_path(entry)
                self._pin_own(origin, entry.sha256, place, copied=copied)
        path.unlink()  # a link into the cache
        write_json(path, raw)
        del self._marks[path]

    def _pin_own(self, origin: Path, sha256: str, place: Path, *, copied: bool) -> None:
        kept = self._origin.kept_source(sha256)
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_name(f"{kept.name}.{self._word}")
            if _clone(origin, part) or (copied and _copy(origin, part)):
                # Changed since it was listed: the stage is to meet it, and to say so.
                part.replace(kept if sha256_file(part) == sha256 else place)
        if kept.is_file():
            _link(kept, place)
        elif not place.exists() and origin.is_file():
            _link(origin, place)


def read_sources_at(listed: Sources, root: Path) -> Sources:
    """The same list, its relative paths starting at `root`."""
    return Sources(root, listed.sources, listed.files, listed.sidecars, listed.documents, listed.unreadable)


def _entries(listed: Sources, source: Source) -> Iterator[tuple[Listed, str, str]]:
    """(entry, kind of folder, name below it) of every file of a source."""
    for entry in (*listed.files, *listed.sidecars):
        if entry.source == source.name:
            yield entry, "own", entry.name
    for entry in listed.documents:
        if entry.source == source.name:
            yield entry, "documents", entry.name


def _link(origin: Path, place: Path) -> None:
    try:
        os.link(origin, place)
    except OSError:  # another file system, or more links than it allows
        place.symlink_to(origin.resolve())


def _clone(origin: Path, place: Path) -> bool:
    """Share the blocks of a file (btrfs, xfs, zfs); False where the file system cannot, or there is no file."""
    try:
        with origin.open("rb") as source, place.open("wb") as target:
            fcntl.ioctl(target, _FICLONE, source.fileno())
    except OSError:
        place.unlink(missing_ok=True)
        return False
    return True


def _copy(origin: Path, place: Path) -> bool:
    try:
        shutil.copyfile(origin, place)
    except OSError:
        place.unlink(missing_ok=True)
        return False
    return True


def _mark(path: Path) -> tuple[int, ...]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return ()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _gone(name: str, below: str) -> LineageError:
    return LineageError(
        f"the bytes of {name} are not here as they were recorded",
        found=f"no whole copy of {below}, neither in DVC's cache nor in {name if name == INPUTS else f'data/{name}'}",
        wanted="the files that dvc.lock names",
        next_step=f"dvc pull, or make {name} again: make run",
    )
