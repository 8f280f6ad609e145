"""What the disk refuses is told by name and number, and leaves what was there before."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from sv6d.errors import StorageError
from sv6d.io import Column, TableSchema, write_bytes


@contextmanager
def _files_of_at_most(num_bytes: int) -> Iterator[None]:
    """The kernel refuses to make any file longer (EFBIG), as it refuses a full disk (ENOSPC)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("durable", [True, False])
def test_a_refused_file_leaves_the_old_one_alone(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old", durable=durable)
    with _files_of_at_most(1000), pytest.raises(StorageError) as caught:
        write_bytes(path, b"x" * 2000, durable=durable)
    assert str(path) in caught.value.what
    assert caught.value.wanted == "2000 bytes"
    assert "bytes are free" in caught.value.found
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_a_refused_table_is_told_by_its_file(tmp_path: Path) -> None:
    table = TableSchema("numbers", "numbers", (Column("number", pa.int64(), "a number"),))
    with _files_of_at_most(1000), pytest.raises(StorageError) as caught:
        table.write(tmp_path, [{"number": number**3} for number in range(5000)])
    assert str(tmp_path / "numbers.parquet") in caught.value.what
    assert "40000 bytes" in caught.value.wanted
