"""After a crash: finish what was published, undo what was not, and close the runs that died."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.resources import dagster_log
from assets.resources.errors import BusyError, JournalError, LineageError
from assets.resources.journal import Entry, Journal
from assets.resources.lineage import running_stage
from assets.resources.lock_file import mend
from assets.resources.project import Project
from assets.resources.published import record_published
from assets.resources.remote_jobs import UnreachableError, end_left_over
from assets.resources.run_presence import LOADING_S, close_dead_runs
from assets.resources.tracking import Tracking
from sv6d.artifacts import RECORD_NAME
from sv6d.io import sha256_file


def recover(project: Project, instance: dg.DagsterInstance, *, loading_s: float = LOADING_S) -> list[str]:
    """Settle every journal entry and every run whose process is gone; returns what was done, one line each.

    `loading_s`: how long a run that Dagster has launched may be without a process that says so.
    """
    told = mend(project)
    for word in Journal(project).open_words():
        try:
            with project.alone(word):
                told += recover_word(project, instance, word)
        except BusyError:  # its run is alive
            continue
        except (
            UnreachableError,
            JournalError,
        ) as error:  # the next run of this word must settle it, or fail; the others need not
            told.append(f"{word}: {error.what}; {error.next_step}")
    return told + close_dead_runs(project, instance, loading_s=loading_s)


def recover_word(project: Project, instance: dg.DagsterInstance, word: str, *, own_run: str = "") -> list[str]:
    """As `recover`, for one word whose lock is held. `own_run` is the Dagster run that asks."""
    journal = Journal(project)
    entry = journal.read(word)
    if entry is None:
        return []
    end_left_over(project.job_folder(word))  # the job of a cluster does not end with the machine that asked for it
    outcome = _finish(project, instance, entry) if entry.phase == "publishing" else None
    if outcome is None:
        Tracking(project).kill_open_runs(entry.dagster_run_id, entry.word)
        outcome = f"{word}: a run was cut off before it was complete; what it had finished is kept"
    if entry.dagster_run_id != own_run:
        dagster_log.end_run(instance, entry.dagster_run_id, "the process of this run is gone")
    project.clear(word)
    journal.close(word)
    return [outcome]


def _finish(project: Project, instance: dg.DagsterInstance, entry: Entry) -> str | None:
    """Record a published artifact in DVC, Dagster and MLflow; None where it cannot be done truthfully."""
    if _record_sha256(project.data / entry.word) != entry.record_sha256 or running_stage() is not None:
        return None
    published = f"{entry.word}: was published when its run was cut off"
    try:
        recorded = record_published(project, entry, Tracking(project))
    except LineageError as error:
        Tracking(project).kill_open_runs(entry.dagster_run_id, entry.word)
        return f"{published}, and is not recorded: {error.found}; {error.next_step}"
    recorded.report(instance)
    recorded.sign()
    if not recorded.checks_are_known:
        return f"{published}; recorded now. What its checks found was not kept by the version that made it"
    return f"{published}; recorded now"


def _record_sha256(folder: Path) -> str | None:
    path = folder / RECORD_NAME
    return sha256_file(path) if path.is_file() else None
