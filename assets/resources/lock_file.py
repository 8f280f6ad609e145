"""`dvc.lock` stays whole: DVC writes it in place, so a full disk or a kill would leave it cut off."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from assets.resources.errors import BusyError
from assets.resources.project import Project
from sv6d.io import DISK_ERRORS, storage_error, write_bytes

_RECORDING = "recording"  # name of the lock under which DVC writes dvc.lock for us


def _kept(project: Project) -> Path:
    return project.job_folder(_RECORDING) / "dvc.lock"


@contextmanager
def kept_whole(project: Project) -> Iterator[None]:
    """A block in which DVC writes `dvc.lock`, one process at a time: written as a whole, or as it was before.

    After a kill the next call, or `mend`, brings it back; what was to be recorded is recorded by the
    journal then.

    Raises:
        StorageError: the disk refused; `dvc.lock` is as it was before.
    """
    lock, kept = project.root / "dvc.lock", _kept(project)
    with project.alone(_RECORDING, wait=True):
        _bring_back(project)
        if lock.is_file():
            write_bytes(kept, lock.read_bytes())
        try:
            yield
        except OSError as error:
            _bring_back(project)
            if error.errno in DISK_ERRORS:  # DVC's own writes do not name their file
                raise storage_error(error, Path(error.filename or lock)) from error
            raise
        except BaseException:
            _bring_back(project)
            raise
        kept.unlink(missing_ok=True)


def mend(project: Project) -> list[str]:
    """Bring back what a killed process left half written; what was done, one line each."""
    try:
        with project.alone(_RECORDING):
            return _bring_back(project)
    except BusyError:  # it is being written now
        return []


def _bring_back(project: Project) -> list[str]:
    told, kept = [], _kept(project)
    if kept.is_file():
        # A rename: it needs no room on a full disk.
        kept.replace(project.root / "dvc.lock")
        told.append("dvc.lock was being written when its process ended; it is as it was before")
    marks = project.root / ".dvc" / "tmp" / "rwlock"
    if _is_cut_off(marks):
        # DVC's note of who reads and writes what; cut off, it stops every later command.
        with marks.with_name("rwlock.lock").open("ab") as guard, suppress(BlockingIOError):
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as DVC does to write it
            if _is_cut_off(marks):
                marks.unlink()
                told.append("DVC's note of running commands was cut off; removed")
    return told


def _is_cut_off(path: Path) -> bool:
    try:
        orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return True
    except FileNotFoundError:
        return False
    return False
