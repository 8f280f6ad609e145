from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from sv6d.errors import ArtifactError, DecodeError, SchemaError, Sv6dError
from sv6d.io import Column, TableSchema, read_json, read_jsonl, write_bytes, write_json, write_jsonl

SPANS = TableSchema(
    "spans",
    "spans for a test",
    (
        Column("video_id", pa.string(), "which video"),
        Column("start_ns", pa.int64(), "start"),
        Column("score", pa.float64(), "score in [0, 1]", nullable=True),
    ),
)
ROWS = [{"video_id": "a", "start_ns": 0, "score": 0.5}, {"video_id": "b", "start_ns": 7, "score": None}]


def test_rows_come_back_and_bytes_repeat(tmp_path: Path) -> None:
    assert SPANS.write(tmp_path / "one", ROWS) == 2
    SPANS.write(tmp_path / "two", ROWS)
    assert SPANS.read(tmp_path / "one") == ROWS
    assert (tmp_path / "one/spans.parquet").read_bytes() == (tmp_path / "two/spans.parquet").read_bytes()


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    SPANS.write(tmp_path, [])
    assert SPANS.read_arrow(tmp_path).column_names == ["video_id", "start_ns", "score"]


@pytest.mark.parametrize(
    "row",
    [
        {"video_id": "a", "start_ns": 0},
        {"video_id": "a", "start_ns": 0, "score": 1.0, "extra": 1},
        {"video_id": "a", "start_ns": "soon", "score": 1.0},
        {"video_id": None, "start_ns": 0, "score": 1.0},
    ],
)
def test_rows_that_do_not_fit_are_refused(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(SchemaError, match="table spans does not fit its schema"):
        SPANS.write(tmp_path, [row])


def test_a_missing_or_foreign_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="table spans is missing"):
        SPANS.read(tmp_path)
    TableSchema("spans", "other", SPANS.columns[:1]).write(tmp_path, [{"video_id": "a"}])
    with pytest.raises(SchemaError):
        SPANS.read(tmp_path)


def test_json_has_one_form(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1, "a": [1.5, "ü"]})
    write_json(tmp_path / "b.json", {"a": [1.5, "ü"], "b": 1})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert read_json(tmp_path / "a.json") == {"a": [1.5, "ü"], "b": 1}
    assert write_jsonl(tmp_path / "c.jsonl", [{"x": 1}, {"x": 2}]) == 2
    assert list(read_jsonl(tmp_path / "c.jsonl")) == [{"x": 1}, {"x": 2}]


def test_json_that_is_not_there_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="missing"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(ArtifactError, match="is not JSON"):
        read_json(tmp_path / "a.json")


def test_writing_replaces_whole_files(tmp_path: Path) -> None:
    write_bytes(tmp_path / "deep" / "a", b"old")
    write_bytes(tmp_path / "deep" / "a", b"new")
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["a"]
    assert (tmp_path / "deep" / "a").read_bytes() == b"new"


def test_errors_travel_between_processes() -> None:
    error = DecodeError("no frames", path=Path("a.mp4"), found="a", wanted="b", next_step="c")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DecodeError
    assert isinstance(again, Sv6dError)
    assert str(again) == "no frames\n  found:  a\n  wanted: b\n  next:   c"
