"""What an artifact depends on: other artifacts, code, settings. Dagster and DVC both read it here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sv6d.fingerprint import PACKAGE_ROOT, canonical, code_version, import_closure
from sv6d.stages import stage_of

# What comes from outside: the rendered studio and the list of source files. Not an artifact of the flow.
INPUTS = "inputs"
INPUTS_SECTION = "studio"
_INPUTS_MODULES = ("sv6d.studio.studio", "sv6d.video.sources")
# The two doors through which sources enter; every later stage meets them as artifacts.
_READ_INPUTS = ("raw_videos", "expert_annotations")


def edges(word: str) -> tuple[str, ...]:
    """Names of the artifacts (and `inputs`) that `word` is made from."""
    return ((INPUTS,) if word in _READ_INPUTS else ()) + stage_of(word).inputs


def code_files(word: str) -> tuple[Path, ...]:
    """Absolute paths of the files of `sv6d` that decide what `word` holds, sorted.

    The import closure of its verb, and the data files (weights, templates) of the packages in it.
    """
    modules = _INPUTS_MODULES if word == INPUTS else (stage_of(word).module,)
    sources = {path for module in modules for path in import_closure(module)}
    return tuple(sorted(sources | _package_data({path.parent for path in sources})))


def _package_data(folders: set[Path]) -> set[Path]:
    return {
        path
        for folder in folders - {PACKAGE_ROOT}
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".py" and not path.name.startswith(".") and "__pycache__" not in path.parts
    }


def version_of(word: str, settings: Mapping[str, Any]) -> str:
    """The code version of an asset: SHA-256 over its settings and its code files."""
    digest = hashlib.sha256(canonical(settings))
    digest.update(code_version(code_files(word)).encode())
    return digest.hexdigest()
