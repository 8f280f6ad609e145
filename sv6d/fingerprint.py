"""Settings, and the identity of what they define: `Config`, `Runtime`, fingerprints, code versions."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from sv6d.errors import FingerprintError

PACKAGE_ROOT = Path(__file__).resolve().parent


class Config(BaseModel):
    """Settings that define a result: read from `params.yaml`, frozen, fingerprinted.

    Fields carry no default: what defines the result is written down where people read it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Runtime(BaseModel):
    """Settings that define where and how fast, never what: flags or environment, not fingerprinted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def canonical(value: Any) -> bytes:
    """One byte string per value: JSON with sorted keys.

    Takes None, bool, int, finite float, str, and lists, tuples, mappings (str keys) and `Config`
    of them. A `Runtime`, a path, a set, bytes, a function or any other object is refused, because
    its text may differ between two machines that mean the same.

    Raises:
        FingerprintError: the value holds something without a stable form.
    """
    return orjson.dumps(_stable(value, "value"), option=orjson.OPT_SORT_KEYS)


def _stable(value: Any, where: str) -> Any:
    if isinstance(value, Config):
        return {key: _stable(getattr(value, key), f"{where}.{key}") for key in type(value).model_fields}
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:
        if -(2**63) <= value < 2**64:
            return value
    elif type(value) is float:
        if value == value and abs(value) != float("inf"):
            return value + 0.0  # -0.0 and 0.0 are one value
    elif isinstance(value, Mapping):
        if all(type(key) is str for key in value):
            return {key: _stable(item, f"{where}.{key}") for key, item in value.items()}
    elif type(value) in (list, tuple):
        return [_stable(item, f"{where}[{i}]") for i, item in enumerate(value)]
    raise FingerprintError(
        f"{where} has no stable fingerprint",
        found=f"{type(value).__name__}: {value!r:.80}",
        wanted="None, bool, 64-bit int, finite float, str, and lists, mappings or Config of them",
        next_step="turn it into one of these, or move the setting to Runtime if it does not define the result",
    )


def fingerprint(value: Any) -> str:
    """SHA-256 (64 hex digits) of the canonical form of a value.

    Raises:
        FingerprintError: see `canonical`.
    """
    return hashlib.sha256(canonical(value)).hexdigest()


# --- the code that makes a result -----------------------------------------------------------------


# Where a node of a syntax tree holds statements, or what holds them (handlers of `try`, cases of `match`).
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


def import_closure(*modules: str) -> tuple[Path, ...]:
    """Source files of `modules` and of everything in `sv6d` that they import, directly or not.

    Read from the syntax trees, so nothing is executed; imports inside functions count, imports
    under `if TYPE_CHECKING` do not. Paths are sorted and absolute.
    """
    return _import_closure(modules, tuple(_sources_below(str(PACKAGE_ROOT))))


def _sources_below(folder: str) -> Iterator[tuple[str, int]]:
    """Name and time of change of every source file: the closures stay what they are while these do."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                yield from _sources_below(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path, entry.stat().st_mtime_ns


# A door asks for each of its 17 closures five times (measured: a fifth of the time of a rebuild that makes nothing).
@lru_cache(maxsize=64)
def _import_closure(modules: tuple[str, ...], sources: tuple[tuple[str, int], ...]) -> tuple[Path, ...]:
    seen: dict[str, Path] = {}
    queue = [*modules]
    while queue:
        name = queue.pop()
        path = _module_file(name)
        if path is None or name in seen:
            continue
        seen[name] = path
        package = name.rpartition(".")[0]
        queue.extend([package] if package else [])
        queue.extend(_imported_modules(path))
    return tuple(sorted(set(seen.values())))


def _module_file(name: str) -> Path | None:
    if name != "sv6d" and not name.startswith("sv6d."):
        return None
    base = PACKAGE_ROOT.joinpath(*name.split(".")[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def _imported_modules(path: Path) -> tuple[str, ...]:
    return _imports_of(path, path.stat().st_mtime_ns)


@cache
def _imports_of(path: Path, changed_ns: int) -> tuple[str, ...]:
    return tuple(_walk_imports(ast.parse(path.read_bytes())))


def _walk_imports(node: ast.AST) -> Iterator[str]:
    # Statements alone: to look into expressions too, which import nothing, takes four times as long (measured).
    for child in (child for name in _BLOCKS for child in getattr(node, name, ())):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module and child.level == 0:
            yield child.module
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        yield from _walk_imports(child)


def code_version(files: Sequence[Path]) -> str:
    """SHA-256 (64 hex digits) over names (relative to the package) and bytes of source files, and over the
    versions of the distributions that they import.
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        name = path.relative_to(PACKAGE_ROOT.parent).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for name, number in distributions(files).items():
        digest.update(f"{name}=={number}\n".encode())
    return digest.hexdigest()


# Modules whose distribution has another name, and those that do their work through other distributions.
_DISTRIBUTIONS: dict[str, tuple[str, ...]] = {
    "PIL": ("pillow",),
    "cv2": ("opencv-python-headless",),
    "faster_whisper": ("faster-whisper",),
    "ray": (),  # it says where code runs, and a clip's result is the same there
    "yaml": ("pyyaml",),
    "rapidocr": ("onnxruntime", "opencv-python-headless", "rapidocr"),
}
ABSENT = "absent"


def distributions(files: Sequence[Path]) -> dict[str, str]:
    """Installed version of each distribution that source files of `sv6d` import by name, sorted by name.

    `ABSENT` where it is not installed. A local label (`+cpu`, `+cu126`) is left out: it says where
    the code runs, as a device does, not what it is.
    """
    modules = {name.partition(".")[0] for path in files if path.suffix == ".py" for name in _imported_modules(path)}
    foreign = modules - set(sys.stdlib_module_names) - {"sv6d", "__future__"}
    names = {name for module in foreign for name in _DISTRIBUTIONS.get(module, (module,))}
    return {name: _installed(name) for name in sorted(names)}


@cache
def _installed(name: str) -> str:
    try:
        return re.sub(r"\+.*", "", version(name))
    except PackageNotFoundError:
        return ABSENT
