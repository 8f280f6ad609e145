"""Where and how fast a job runs: read from the environment, never part of a result."""

from __future__ import annotations

import os
from pathlib import Path

from assets.resources.project import Project

_WORKERS = "SV6D_WORKERS"
_DEVICE = "SV6D_DEVICE"


def num_workers() -> int:
    """Processes for per-clip work: `SV6D_WORKERS`, by default one per core."""
    return int(os.environ.get(_WORKERS) or os.cpu_count() or 1)


def job_arguments(word: str, staging: Path, project: Project) -> list[str]:
    """The command line of the job that makes `word`."""
    paths = {
        "--out": staging,
        "--data": project.data,
        "--work": project.work,
        "--params": project.params,
        "--sources": project.sources,
    }
    options = [text for flag, path in paths.items() for text in (flag, str(path))]
    device = os.environ.get(_DEVICE) or "auto"
    return [word, *options, "--workers", str(num_workers()), "--device", device]
