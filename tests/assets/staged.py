"""Staging folders with a few rows each, for the checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from sv6d.io import TableSchema, write_jsonl


def write_rows(table: TableSchema, folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that name only the columns a test is about; the others are empty values of their type."""
    table.write(folder, [{column.name: _empty(column.type) for column in table.columns} | dict(row) for row in rows])


def _empty(kind: pa.DataType) -> Any:
    if pa.types.is_string(kind):
        return ""
    if pa.types.is_list(kind):
        return []
    if pa.types.is_boolean(kind):
        return False
    return b"" if pa.types.is_binary(kind) else 0


def write_lines(folder: Path, name: str, *values: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_jsonl(folder / name, values)


def complaint(word: str, check: str, folder: Path, **inputs: Path) -> str | None:
    """What the check of that name says of a folder."""
    (found,) = [one for one in import_module(f"assets.{word}").CHECKS if one.name == check]
    said: str | None = found.verdict(folder, inputs)
    return said
