"""Files with one form: canonical JSON, JSON lines, Parquet tables with documented columns."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sv6d.errors import ArtifactError, SchemaError, StorageError

# What a disk says that is full, over a quota, broken, or mounted to be read only.
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
_HASH_BLOCK_BYTES = 1 << 20


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def fsync_path(path: Path) -> None:
    """Flush a file's or folder's data and entry to the disk.

    Raises:
        StorageError: the disk refused.
    """
    with storing(path, None):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def storing(path: Path, num_bytes: int | None) -> Iterator[None]:
    """Whatever the system refuses while `num_bytes` bytes (None: not known) go to `path`, by name and number.

    Raises:
        StorageError: in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(error, path, num_bytes) from error


def storage_error(error: OSError, path: Path | None, num_bytes: int | None = None) -> StorageError:
    """The error of a write that the system refused, with what there was and what it wanted."""
    where = next((folder for folder in (path, *path.parents) if folder.exists()), Path("/")) if path else Path.cwd()
    num_free = shutil.disk_usage(where).free
    return StorageError(
        f"cannot write {path or f'below {where}'}",
        found=f"{error.strerror or error}; {num_free} bytes are free on the file system of {where}",
        wanted=f"{num_bytes} bytes" if num_bytes is not None else "a disk that takes what is written",
        next_step="free space (sv6d doctor --remove, dvc gc -w) or repair the disk, then run it again; "
        "what is published stays whole, and what was finished is kept",
    )


def write_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file so that a reader sees the old bytes or the new ones, never a part.

    `durable`: also after a power failure. Only for what a reader checks by its hash may it be False.

    Raises:
        StorageError: the disk refused; the old bytes stay.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with storing(path, len(data)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as stream:
                stream.write(data)
                stream.flush()
                if durable:
                    os.fsync(stream.fileno())
            partial.replace(path)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
    if durable:
        fsync_path(path.parent)


def write_changed(path: Path, data: bytes) -> None:
    """As `write_bytes`, where the file holds other bytes: a write waits for the disk, behind whatever else is written.

    Raises:
        StorageError: as `write_bytes`.
    """
    if not path.is_file() or path.read_bytes() != data:
        write_bytes(path, data)


def dump_json(value: Any) -> bytes:
    """Canonical JSON: sorted keys, two-space indent, a newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write_json(path: Path, value: Any) -> None:
    write_bytes(path, dump_json(value))


def read_json(path: Path) -> Any:
    """The value in a JSON file.

    Raises:
        ArtifactError: the file is missing or is not JSON.
    """
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ArtifactError(
            f"{path.name} is missing",
            found=f"no file {path}",
            wanted="a JSON file",
            next_step="rebuild the artifact",
        ) from error
    except orjson.JSONDecodeError as error:
        raise ArtifactError(
            f"{path} is not JSON",
            found=str(error),
            wanted="a JSON value",
            next_step="correct or rebuild the file",
        ) from error


def write_jsonl(path: Path, rows: Iterable[Any]) -> int:
    """Write one canonical JSON value per line; returns the number of lines."""
    lines = [orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) for row in rows]
    write_bytes(path, b"".join(lines))
    return len(lines)


def read_jsonl(path: Path) -> Iterator[Any]:
    """The values of a JSON-lines file, in order."""
    with path.open("rb") as stream:
        for line in stream:
            yield orjson.loads(line)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name (with its unit), Arrow type and what it holds."""

    name: str
    type: pa.DataType
    about: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A documented Parquet table. `docs/flow.md` is generated from these."""

    name: str
    about: str
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    @property
    def file_name(self) -> str:
        return f"{self.name}.parquet"

    def write(self, folder: Path, rows: Sequence[Mapping[str, Any]]) -> int:
        """Write rows in the given order; returns their number. Same rows, same bytes.

        Raises:
            SchemaError: a row lacks a column, has an unknown one, or a value of another type.
            StorageError: the disk refused.
        """
        names = {column.name for column in self.columns}
        for row in rows:
            if set(row) != names:
                raise self._error(f"columns {sorted(set(row) ^ names)} missing or unknown", f"exactly {sorted(names)}")
        try:
            table = pa.Table.from_pylist(list(rows), schema=self.arrow)
            table.validate(full=True)
            for column in self.columns:
                if not column.nullable and table.column(column.name).null_count:
                    raise pa.ArrowInvalid(f"{column.name} holds nulls")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise self._error(str(error), "values of the documented types") from error
        path = folder / self.file_name
        with storing(path, table.nbytes):
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path, compression="zstd", store_schema=False)
        fsync_path(path)
        return int(table.num_rows)

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """The rows of the table in `folder`, in the order they were written.

        Raises:
            ArtifactError: there is no such file.
            SchemaError: its columns are not the documented ones.
        """
        table = self.read_arrow(folder)
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows

    def read_arrow(self, folder: Path) -> pa.Table:
        """As `read`, as an Arrow table (for long numeric tracks)."""
        path = folder / self.file_name
        if not path.is_file():
            raise ArtifactError(
                f"table {self.name} is missing",
                found=f"no file {path}",
                wanted=self.about,
                next_step=f"materialize {folder.name} first",
            )
        table = pq.read_table(path)
        if table.column_names != [column.name for column in self.columns]:
            raise self._error(f"columns {table.column_names} in {path}", f"{[column.name for column in self.columns]}")
        return table

    def _error(self, found: str, wanted: str) -> SchemaError:
        return SchemaError(
            f"table {self.name} does not fit its schema",
            found=found,
            wanted=wanted,
            next_step="correct the stage that writes it, or rebuild the artifact with this version",
        )
