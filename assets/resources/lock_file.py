"""What DVC writes in place stays whole: a full disk or a kill would leave it cut off."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from assets.resources.project import Project
from sv6d.io import write_bytes


def enter(project: Project, stage: Any) -> None:
    """The entry of a DVC stage, as DVC writes it, into `dvc.lock`: the file is the old one or the new one.

    For a caller that holds the lock of DVC's repository.

    Raises:
        StorageError: the disk refused; `dvc.lock` is as it was before.
    """
    from dvc.stage.serialize import to_lockfile
    from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

    path = project.root / "dvc.lock"
    text = path.read_text() if path.is_file() else ""
    content = parse_yaml_for_update(text, str(path)) or {"schema": "2.0"}
    content["stages"] = {**content.get("stages", {}), **to_lockfile(stage)}
    write_bytes(path, dumps_yaml(content).encode())


def mend(project: Project) -> list[str]:
    """Remove what an ended command of DVC has left cut off; what was done, one line each."""
    marks = project.root / ".dvc" / "tmp" / "rwlock"
    if _is_cut_off(marks):
        # DVC's note of who reads and writes what; cut off, it stops every later command.
        with marks.with_name("rwlock.lock").open("ab") as guard, suppress(BlockingIOError):
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as DVC does to write it
            if _is_cut_off(marks):
                marks.unlink()
                return ["DVC's note of running commands was cut off; removed"]
    return []


def _is_cut_off(path: Path) -> bool:
    try:
        orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return True
    except FileNotFoundError:
        return False
    return False
