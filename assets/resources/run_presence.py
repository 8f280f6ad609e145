"""Whether the process of a Dagster run is alive: a lock of the kernel, which no process leaves behind."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from assets.resources.project import Project

# Of a run that Dagster has just launched the process is still loading the graph: measured 6 s on idle
# cores, 40 s on busy ones.
LOADING_S = 120.0
_OPEN = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def _path(project: Project, run_id: str) -> Path:
    return project.work / "runs" / run_id


@contextmanager
def present(project: Project, run_id: str) -> Iterator[None]:
    """Say that this process carries out that run, for as long as the block lasts and the process lives.

    Where the block fails the file stays, without its lock: if the end of the run could not be stored (a full
    disk), whoever looks next sees at once that it is dead.
    """
    path = _path(project, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
        path.unlink(missing_ok=True)


def _was_heard_of(project: Project, run_id: str) -> bool | None:
    """True while its process lives, False when it is gone, None where none has said so yet."""
    try:
        with _path(project, run_id).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return True
    return False


def close_dead_runs(project: Project, instance: dg.DagsterInstance, *, loading_s: float) -> list[str]:
    """Close every run whose process is gone, and free its places in pools; what was closed, one line each.

    `loading_s`: how long a launched run may be without a process that says so.
    """
    told = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(_OPEN))):
        run, now = record.dagster_run, datetime.now(UTC)
        alive = _was_heard_of(project, run.run_id)
        if alive or (alive is None and (now - record.update_timestamp).total_seconds() < loading_s):
            continue
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "the process of this run is gone")
        else:
            instance.report_run_failed(run, "the process of this run is gone")
        _path(project, run.run_id).unlink(missing_ok=True)
        told.append(f"Dagster run {run.run_id[:8]} was left {run.status.value}: its process is gone; closed")
    _free_places(instance)
    _sweep(project, instance)
    return told


def _sweep(project: Project, instance: dg.DagsterInstance) -> None:
    """Remove what failed runs have left, now that they are closed."""
    folder = project.work / "runs"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        run = instance.get_run_by_id(path.name)
        if (run is None or run.is_finished) and _was_heard_of(project, path.name) is False:
            path.unlink(missing_ok=True)


def _free_places(instance: dg.DagsterInstance) -> None:
    """Without the daemon nobody frees the place in a pool that a killed run held (measured: for ever)."""
    storage = instance.event_log_storage
    for run_id in storage.get_concurrency_run_ids():
        run = instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            storage.free_concurrency_slots_for_run(run_id)
