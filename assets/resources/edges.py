"""What an artifact depends on: other artifacts, code, settings. Dagster and DVC both read it here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sv6d.fingerprint import PACKAGE_ROOT, distributions, fingerprint, import_closure
from sv6d.stages import stage_of

# What comes from outside: the rendered studio and the list of source files. Not an artifact of the flow.
INPUTS = "inputs"
INPUTS_SECTION = "studio"
_INPUTS_MODULES = ("sv6d.studio.studio", "sv6d.video.sources")
# Versions of the installed distributions that stages name; each stage depends on its own lines of it.
PACKAGES = "packages.yaml"
# The two doors through which sources enter; every later stage meets them as artifacts.
_READ_INPUTS = ("raw_videos", "expert_annotations")


def edges(word: str) -> tuple[str, ...]:
    """Names of the artifacts (and `inputs`) that `word` is made from."""
    return ((INPUTS,) if word in _READ_INPUTS else ()) + stage_of(word).inputs


def is_folder(path: str) -> bool:
    """Whether a dependency is an artifact or `inputs`: neither code nor settings."""
    return path.startswith("data/") or path == INPUTS


def code_files(word: str) -> tuple[Path, ...]:
    """Absolute paths of the files of `sv6d` that decide what `word` holds, sorted.

    The import closure of its verb, and the data files (weights, templates) of the packages in it.
    """
    sources = set(import_closure(*_modules(word)))
    return tuple(sorted(sources | _package_data({path.parent for path in sources})))


def _modules(word: str) -> tuple[str, ...]:
    return _INPUTS_MODULES if word == INPUTS else (stage_of(word).module,)


def _package_data(folders: set[Path]) -> set[Path]:
    return {
        path
        for folder in folders - {PACKAGE_ROOT}
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".py" and not path.name.startswith(".") and "__pycache__" not in path.parts
    }


def packages_of(*words: str) -> dict[str, str]:
    """Installed version of each distribution that the code of `words` names, sorted by name."""
    return distributions(import_closure(*(module for word in words for module in _modules(word))))


def version_of(word: str, settings: Mapping[str, Any]) -> str:
    """The code version of an asset, as code and packages are now: see `recipe_version`."""
    root = PACKAGE_ROOT.parent
    code = {path.relative_to(root).as_posix(): md5_of(path) for path in code_files(word)}
    return recipe_version(settings, code, packages_of(word))


def recipe_version(settings: Mapping[str, Any], code: Mapping[str, str], packages: Mapping[str, str]) -> str:
    """SHA-256 (64 hex digits) over settings, MD5 of each code file by path, and versions of the packages.

    Equal for what lies in the checkout and for what `dvc.lock` recorded of it.
    """
    return fingerprint({"settings": _plain(settings), "code": dict(code), "packages": dict(packages)})


def md5_of(path: Path) -> str:
    """MD5 of a file's bytes, 32 hex digits, as DVC names them."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def _plain(value: Any) -> Any:
    """A setting with numbers as numbers: `1e-5` is text in YAML 1.1 and a number in DVC's YAML 1.2."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
