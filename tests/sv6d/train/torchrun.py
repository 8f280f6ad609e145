"""Starts a script as one process, or as several that meet by gloo on CPUs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]


def start(script: Path, arguments: Sequence[str], num_processes: int) -> subprocess.CompletedProcess[str]:
    """Run it to its end, as torchrun would start it where there are several."""
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={num_processes}"]
    return subprocess.run(
        [sys.executable, *(launcher if num_processes > 1 else []), str(script), *arguments],
        cwd=_ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_ROOT), "ACCELERATE_USE_CPU": "true"},
        capture_output=True,
        text=True,
    )
