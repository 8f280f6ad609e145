"""What DVC says of one stage, in words a person understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.resources.edges import PACKAGES, is_folder


def changed_recipe(stage: Any) -> list[str]:
    """As `reasons`, for code, settings and inputs alone: not for what the folder holds."""
    if stage.outs[0].hash_info.value is None:
        return ["it has not been made yet"]
    return [_reason("changed deps", path, state) for dep in stage.deps for path, state in dep.status().items()]


def reasons(stage: Any) -> list[str]:
    """Why the artifact of a stage is stale; empty where it is not. For a caller that holds DVC's lock."""
    status = stage.status()
    if stage.outs[0].hash_info.value is None:
        return ["it has not been made yet"]
    found: list[str] = []
    for entry in next(iter(status.values()), []):
        if isinstance(entry, str):
            found.append("its command changed" if entry == "changed checksum" else entry)
            continue
        for kind, entries in entry.items():
            found.extend(_reason(kind, path, state) for path, state in entries.items())
    return found


def _reason(kind: str, path: str, state: Any) -> str:
    if kind == "changed outs":
        return "its files are gone" if state == "deleted" else f"its files are {state}"
    if path == PACKAGES:
        return "other packages installed" + (f": {', '.join(sorted(state))}" if isinstance(state, Mapping) else "")
    if isinstance(state, Mapping):  # a params file: its keys and how they changed
        return f"settings changed: {', '.join(sorted(state))}"
    if is_folder(path):
        return f"{path.removeprefix('data/')} changed"
    return f"code changed: {path}"
