"""What the disk refused is found behind whatever a platform makes of it."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

import pytest
from diskcache import Cache

from assets.resources.errors import disk_error
from sv6d.errors import StorageError


def raised(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_the_refusal_behind_other_errors_is_told() -> None:
    outer = RuntimeError("the step failed")
    outer.__cause__ = ValueError("the run was not stored")
    outer.__cause__.__context__ = OSError(errno.ENOSPC, "No space left on device", "data/shots/shots.parquet")
    found = disk_error(raised(outer))
    assert isinstance(found, StorageError)
    assert "shots.parquet" in str(found)
    assert disk_error(sqlite3.OperationalError("no such table: runs")) is None
    assert isinstance(disk_error(sqlite3.OperationalError("disk I/O error")), StorageError)


def test_a_database_is_told_by_who_keeps_it(tmp_path: Path) -> None:
    with Cache(str(tmp_path), disk_min_file_size=10**6) as cache:
        cache._sql("PRAGMA max_page_count = 100")
        with pytest.raises(sqlite3.OperationalError) as caught:
            cache["more than 100 pages"] = bytes(900_000)
    found = disk_error(caught.value)
    assert isinstance(found, StorageError)
    assert found.found.startswith("the database of DVC: SQLite says: database or disk is full; ")


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path / "no such folder" / "runs.db")
    found = disk_error(caught.value)
    assert isinstance(found, StorageError)
    assert found.found.startswith("a database: SQLite says: unable to open database file; ")


def test_the_first_refusal_of_a_copied_folder_is_told() -> None:
    refused = "[Errno 28] No space left on device: 'a/y.py' -> 'b/y.py'"
    found = disk_error(shutil.Error([("a/x.py", "b/x.py", "[Errno 2] No such file"), ("a/y.py", "b/y.py", refused)]))
    assert isinstance(found, StorageError)
    assert "b/y.py" in str(found)
    assert disk_error(shutil.Error([("a/x.py", "b/x.py", "[Errno 2] No such file")])) is None


def test_errors_that_stand_behind_each_other_end() -> None:
    first, second = RuntimeError("while it was handled"), ValueError("it was raised")
    first.__cause__, second.__context__ = second, first
    assert disk_error(first) is None
    second.__cause__ = OSError(errno.EIO, "Input/output error", "dvc.lock")
    assert isinstance(disk_error(first), StorageError)
