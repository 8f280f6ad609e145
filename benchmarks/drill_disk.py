"""A disk that is full, or fails, at each n-th write of a materialization: the artifact is the old one or the new."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.drill_project import DrillProject
from benchmarks.failing_disk import FailingDisk

# What an artifact and its records are written into. Logs and events are not: a lost line loses no artifact.
_ARTIFACT = (".work/jobs", "data", ".dvc", "dvc.lock", "mlflow.db", ".dagster")
_DATABASES = (".dagster", ".dvc/tmp/site")
_LOGS = ("events.jsonl", "job.log", ".dagster/storage", ".dagster/logs")


@dataclass
class Refused:
    """One materialization whose n-th write was refused.

    Attributes:
        error: "ENOSPC" (that write and all after it) or "EIO" (that one).
        number: which write, from 1; 0: none.
        where: the call and the file below the project's folder.
        failed: the run ended with an error.
        told: the error names the file and a number of bytes, without a traceback.
        state: "old", "new", or "between" where the published folder fits neither, or dvc.lock
            names other stages than before.
        settled: the next run, on a good disk, made the new artifact and left no run open.
    """

    error: str
    number: int
    where: str
    failed: bool
    told: bool
    state: str
    settled: bool


Counts = Callable[[str], bool]


def everything(path: str) -> bool:
    """Whether a write belongs to an artifact or its records."""
    return path.startswith(_ARTIFACT) and not any(log in path for log in _LOGS)


def files(path: str) -> bool:
    """As `everything`, but for the databases of Dagster, DVC and MLflow: nine writes in ten."""
    return everything(path) and ".db" not in path and not path.startswith(_DATABASES)


def count_writes(project: DrillProject, word: str, counts: Counts) -> int:
    """The number of writes of an undisturbed materialization.

    Raises:
        RuntimeError: it failed.
    """
    disk, status, output = _materialize(project, word, FailingDisk(project.root, counts))
    if status:
        raise RuntimeError(output)
    return len(disk.seen)


def refuse(project: DrillProject, word: str, disk: FailingDisk, *, new: str | None, go_on: bool = True) -> Refused:
    """Make `word` on that disk; `new` is the digest that it should get, None where any other than now is right.

    The project's parameters must ask for another artifact than the published one. `go_on`: make it again
    on a good disk.
    """
    old, recorded = project.digest(word), project.recorded()
    disk, status, output = _materialize(project, word, disk)
    state = "between"
    if project.is_whole(word) and set(project.recorded()) == set(recorded):
        found = project.digest(word)
        state = "old" if found == old else "new" if new in (None, found) else "between"
    settled = True
    if go_on:
        project.run("-m", "jobs.materialize", word)
        closed = "RUNNING" not in project.mlflow_runs() and "STARTED" not in project.dagster_runs().values()
        settled = closed and project.digest(word) != old and new in (None, project.digest(word))
    number = disk.fails_at
    where = " ".join(disk.seen[number - 1]) if 0 < number <= len(disk.seen) else "past the last write"
    told = status == 0 or ("cannot write" in output and "bytes are free" in output and "Traceback" not in output)
    return Refused(errno.errorcode[disk.error], number, where, status != 0, told, state, settled)


def _materialize(project: DrillProject, word: str, disk: FailingDisk) -> tuple[FailingDisk, int, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs.materialize", word],
        cwd=project.root,
        env={**project.environment(), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=disk.install,
    )
    disk.watch()
    output, _ = process.communicate()
    disk.finish()
    return disk, process.returncode, output
