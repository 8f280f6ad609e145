"""Whether a file holds a clip: its bytes, or its id in text, in a table, in a database."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sv6d.io import sha256_file
from sv6d.video.forgotten import FILE

_PARQUET = b"PAR1"
# Not searched: what git keeps (code and text; no rows of artifacts) and the environment.
_PASSED = frozenset({".git", ".venv", "__pycache__"})


def holds(path: Path, video_id: str, size: int | None) -> bool:
    """Whether a file is the clip, or names it. `size` of the clip in bytes saves hashing files of another."""
    num_bytes = path.stat().st_size
    if num_bytes == 0:
        return False
    if size in (None, num_bytes) and sha256_file(path) == video_id:
        return True
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as body:
        if body.find(video_id.encode()) >= 0:
            return True
        is_table = body[:4] == _PARQUET
    return is_table and _table_holds(path, video_id)


def _table_holds(path: Path, video_id: str) -> bool:
    """Columns of a table are compressed: its texts are read."""
    try:
        schema = pq.read_schema(path)
    except pa.ArrowInvalid:  # the first bytes of something else
        return False
    for field in schema:
        texts = pa.types.is_string(field.type)
        if not texts and not (pa.types.is_list(field.type) and pa.types.is_string(field.type.value_type)):
            continue
        column = pq.read_table(path, columns=[field.name]).column(0)
        values = column if texts else pc.list_flatten(column)
        if pc.any(pc.match_substring(values, video_id)).as_py():
            return True
    return False


def files_that_hold(root: Path, video_id: str, size: int | None) -> Iterator[Path]:
    """Every file below a folder that holds the clip, sorted; the list of what was taken down is left out."""
    for path in sorted(root.iterdir()):
        if path.name in _PASSED or path.is_symlink():
            continue
        if path.is_dir():
            yield from files_that_hold(path, video_id, size)
        elif path.is_file() and path.name != FILE and holds(path, video_id, size):
            yield path
