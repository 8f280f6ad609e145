"""The DVC remote, believed only after hashing: what came is hashed here, what was sent is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.resources.edges import md5_of
from assets.resources.errors import RemoteError
from assets.resources.project import Project
from sv6d.errors import Sv6dError

_CHUNK_BYTES = 1 << 20
LISTING = ".dir"  # suffix of the name of a list of files


@dataclass(frozen=True, slots=True)
class Transfer:
    """What moved between the cache and the remote.

    Attributes:
        moved: number of objects that were transferred.
        hashed: number of objects whose bytes were hashed afterwards.
        absent: files that the remote does not have, as `data/WORD/name`.
    """

    moved: int
    hashed: int
    absent: tuple[str, ...] = ()


class Remote:
    """The default remote of a project's DVC repository; by name also the others."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def name(self) -> str | None:
        """Name of the default remote, or None where none is configured."""
        found: str | None = self._config()["core"].get("remote")
        return found

    def names(self) -> list[str]:
        """Names of all remotes, sorted."""
        return sorted(self._config()["remote"])

    def _config(self) -> Any:
        from dvc.config import Config

        return Config(str(self._project.root / ".dvc"))  # without the repository, which takes three times as long

    @contextmanager
    def objects(self, name: str) -> Iterator[Any]:
        """DVC's own view of the objects on a remote.

        Raises:
            RemoteError: its address, or a package that it needs, does not let it be opened.
        """
        with self._repo() as repo:
            with reached():
                odb = repo.cloud.get_remote_odb(name, "status")
            yield odb

    def pull(self) -> Transfer:
        """Fetch what dvc.lock names and the cache lacks, hash it, and lay out folders that are absent.

        A folder that is there stays as it is.

        Raises:
            RemoteError: bytes of another hash came (they are removed from the cache again), or the remote
                has what it did not give.
        """
        with self._repo() as repo:
            before = {oid for oid in _objects(repo) if _cached(repo, oid).is_file()}
            refusal = "it gave no reason"
            try:
                repo.fetch()
            except Exception as error:  # noqa: BLE001 - never pushed, or out of reach: told below, if anything is lacking
                refusal = _in_words(error)
            objects = _objects(repo)  # lists of files come first; what they name is known only now
            came = {oid for oid in objects if oid not in before and _cached(repo, oid).is_file()}
            damaged = sorted(oid for oid in came if md5_of(_cached(repo, oid)) != oid.removesuffix(LISTING))
            for oid in damaged:
                _cached(repo, oid).unlink()
            if damaged:
                raise _damaged("came from", [objects[oid] for oid in damaged])
            lacking = [oid for oid in objects if not _cached(repo, oid).is_file()]
            if withheld := _on_remote(repo, lacking, refusal):
                raise _unreachable(refusal, f"{len(withheld)} objects that it has were not fetched")
            absent = sorted(objects[oid] for oid in lacking)
            whole = [
                out.fs_path
                for out in (stage.outs[0] for stage in repo.index.stages)
                if out.hash_info and not out.exists and not any(name.startswith(out.def_path) for name in absent)
            ]
            if whole:
                repo.checkout(whole)
            return Transfer(len(came), len(came), tuple(absent))

    def push(self) -> Transfer:
        """Send what dvc.lock names and read it back: on a folder all of it, elsewhere what was sent now.

        Raises:
            RemoteError: the remote gives back other bytes, lacks some, or cannot be reached.
        """
        with self._repo() as repo, reached():
            odb = repo.cloud.get_remote_odb(None, "push")
            objects = _objects(repo)
            before = set(odb.oids_exist(list(objects)))
            moved = repo.push()
            local = odb.fs.protocol == "local"
            wrong = []
            looked = [oid for oid in objects if local or oid not in before]
            for oid in looked:
                if not odb.exists(oid) or _remote_md5(odb, oid) != oid.removesuffix(LISTING):
                    wrong.append(objects[oid])
            if wrong:
                raise _damaged("lie on", sorted(wrong))
            return Transfer(moved, len(looked))

    @contextmanager
    def _repo(self) -> Iterator[Any]:
        import logging

        from dvc.repo import Repo

        logging.getLogger("dvc").setLevel(logging.CRITICAL)  # what it would print is in our own table
        with Repo(str(self._project.root), _wait_for_lock=True) as repo:
            yield repo


def _objects(repo: Any) -> dict[str, str]:
    """What dvc.lock names: `data/WORD/name` (or `data/WORD`, for the list of its files) by the object's name."""
    found = {}
    for stage in repo.index.stages:
        out = stage.outs[0]
        if not out.hash_info:
            continue
        found[out.hash_info.value] = out.def_path
        if out.cache.exists(out.hash_info.value):
            out.obj = None
            for key, (_, info) in out.get_obj().iteritems():
                found[info.value] = f"{out.def_path}/{'/'.join(key)}"
    return found


def _on_remote(repo: Any, oids: list[str], refusal: str) -> set[str]:
    """Those of the objects that the remote has: what it only cannot give now must not be made again."""
    if not oids:
        return set()
    with reached(refusal):
        return set(repo.cloud.get_remote_odb(None, "fetch").oids_exist(oids))


def _cached(repo: Any, oid: str) -> Path:
    return Path(repo.cache.local.oid_to_path(oid))


def _remote_md5(odb: Any, oid: str) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with odb.fs.open(odb.oid_to_path(oid), "rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _damaged(how: str, names: list[str]) -> RemoteError:
    return RemoteError(
        f"other bytes than recorded {how} the DVC remote",
        found=f"{len(names)} damaged or missing: {', '.join(names[:5])}" + (", ..." if len(names) > 5 else ""),
        wanted="objects whose MD5 is their name",
        next_step="remove these objects from the remote and run make rebuild where they are whole",
    )


@contextmanager
def reached(refusal: str | None = None) -> Iterator[None]:
    """While a remote is asked: whatever its client raises becomes a RemoteError; `refusal`: what it said before.

    Every kind of store has a client with exceptions of its own (an absent package, credentials, names, time-outs).
    """
    try:
        yield
    except Sv6dError:
        raise
    except Exception as error:
        raise _unreachable(refusal, _in_words(error)) from error


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _unreachable(refusal: str | None, found: str) -> RemoteError:
    return RemoteError(
        "the DVC remote cannot be used",
        found=found if refusal in (None, found) else f"{found}; {refusal}",
        wanted="a remote that can be listed, read and written",
        next_step="look at its address and credentials (dvc remote list) and install the package it asks for "
        "(docs/operations.md), or rebuild without it: python -m jobs.rebuild --local",
    )
