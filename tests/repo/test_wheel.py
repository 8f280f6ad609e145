"""What is shipped: the library, its shipped model and its templates; never the code location."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a wheel that is built from a copy of the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in ("sv6d", "assets", "jobs", "mlflow", "tests/repo"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copyfile(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation", "-w", str(out), "."]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return set(zipfile.ZipFile(path).namelist())


def test_the_wheel_holds_the_library_alone(wheel: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"sv6d"}


def test_every_file_of_the_library_is_in_the_wheel(wheel: set[str]) -> None:
    here = {p.relative_to(ROOT).as_posix() for p in (ROOT / "sv6d").rglob("*") if p.is_file() and p.suffix != ".pyc"}
    assert here <= wheel
