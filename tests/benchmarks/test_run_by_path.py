"""Benchmarks can be run by their path, from any folder, as well as by `python -m`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
# Their imports differ: none of the checkout but sv6d, of this folder first, of the flow's jobs, of its assets first.
_SCRIPTS = ("seeing.py", "shots.py", "running.py", "flips.py")


@pytest.mark.parametrize("script", _SCRIPTS)
def test_a_script_finds_what_it_imports(script: str, tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    told = subprocess.run(
        [sys.executable, str(_FOLDER / script), "--help"], cwd=tmp_path, env=bare, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("usage: ")
