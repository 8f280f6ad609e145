"""Where DVC keeps objects: a cache, a remote that is a folder, a remote that is not."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from assets.resources.errors import RemoteError
from assets.resources.project import Project
from assets.resources.remote import Remote, reached
from jobs.audit.snapshot import cache_folder


class Store(Protocol):
    """Objects by name: the MD5 of the bytes, with `.dir` behind it where they list the files of a folder."""

    def names(self) -> list[str]:
        """All that are there, sorted."""

    @contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        """The bytes of one, in a file that is not to be changed."""

    def remove(self, names: Collection[str]) -> None:
        """Delete these; those that are not there are none."""


class FolderStore:
    """The objects in a folder (`files/md5` of a cache or a remote)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return sorted(path.parent.name + path.name for path in self._folder.glob("??/*") if path.is_file())

    @contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        yield self._path(name)

    def remove(self, names: Collection[str]) -> None:
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name[2:]


class RemoteStore:
    """A remote that is no folder of this machine. What the cache has too is read there, the rest fetched one by one.

    Every method raises RemoteError where the remote cannot be used.
    """

    def __init__(self, odb: Any, cache: FolderStore) -> None:
        self._odb = odb
        self._cache = cache
        self._cached = frozenset(cache.names())

    def names(self) -> list[str]:
        with reached():
            return sorted(self._odb.all())

    @contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        if name in self._cached:
            with self._cache.as_file(name) as path:
                yield path
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            with reached():
                self._odb.fs.get_file(self._odb.oid_to_path(name), str(path))
            yield path

    def remove(self, names: Collection[str]) -> None:
        with reached():
            for name in self._odb.oids_exist(list(names)):
                self._odb.delete(name)


def cache_of(project: Project) -> FolderStore:
    """The cache of a project."""
    return FolderStore(cache_folder(project))


@contextmanager
def remote_store(project: Project, name: str) -> Iterator[Store]:
    """The objects of a DVC remote.

    Raises:
        RemoteError: its folder, its address or a package that it needs does not let it be opened.
    """
    with Remote(project).objects(name) as odb:
        yield _folder_store(Path(odb.path)) if odb.fs.protocol == "local" else RemoteStore(odb, cache_of(project))


def _folder_store(objects: Path) -> FolderStore:
    root = objects.parents[1]  # of `files/md5`
    if not root.is_dir():
        raise RemoteError(
            "the folder of a DVC remote is not there",
            found=f"no folder {root}",
            wanted="the folder with what was pushed",
            next_step="mount it; or, where nothing was ever pushed, dvc remote remove",
        )
    return FolderStore(objects)
