"""The rules of the house that a program can see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("sv6d", "assets", "jobs", "benchmarks", "tests")
_CODE = [path for room in _ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
_PRODUCT = [path for path in _CODE if path.relative_to(ROOT).parts[0] != "tests"]
_MAX_LINES = 350
_EMPTY_NAMES = {"utils", "util", "helpers", "common", "misc", "manager"}
# Calls that read code as data, or data as code.
_UNSAFE = {"pickle.load", "pickle.loads", "yaml.load", "yaml.unsafe_load", "torch.load", "eval", "exec"}


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", _CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= _MAX_LINES
    assert path.stem not in _EMPTY_NAMES


@pytest.mark.parametrize("path", _PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_unsafe_is_called(path: Path) -> None:
    called = {ast.unparse(call.func) for call in _calls(path)}
    assert not called & _UNSAFE
    for call in _calls(path):
        for keyword in call.keywords:
            if keyword.arg == "trust_remote_code":
                assert ast.unparse(keyword.value) == "False"


@pytest.mark.parametrize(
    "path", [p for p in _PRODUCT if p.name != "__init__.py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_bytes()))


def test_requirements_are_pinned_without_addresses_or_local_versions() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line
    assert len(lines) == len({line.split("==")[0] for line in lines})


def test_test_files_have_names_of_their_own() -> None:
    """pytest tells test modules apart by their file names, since tests are no packages."""
    names = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(names) == len(set(names))
