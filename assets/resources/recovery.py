"""After a crash: finish what was published, undo what was not, and close the runs that died."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg

from assets.resources import dagster_log
from assets.resources.errors import BusyError, LineageError
from assets.resources.journal import Entry, Journal
from assets.resources.lineage import Lineage, running_stage
from assets.resources.project import Project
from assets.resources.signatures import sign_version
from assets.resources.tracking import Tracking
from sv6d.artifacts import RECORD_NAME, read_record
from sv6d.io import sha256_file


def recover(project: Project, instance: dg.DagsterInstance) -> list[str]:
    """Settle every journal entry whose process is gone; returns what was done, one line each."""
    told = []
    for word in Journal(project).open_words():
        try:
            with project.alone(word):
                told += recover_word(project, instance, word)
        except BusyError:  # its run is alive
            continue
    return told


def recover_word(project: Project, instance: dg.DagsterInstance, word: str, *, own_run: str = "") -> list[str]:
    """As `recover`, for one word whose lock is held. `own_run` is the Dagster run that asks."""
    journal = Journal(project)
    entry = journal.read(word)
    if entry is None:
        return []
    outcome = _finish(project, instance, entry) if entry.phase == "publishing" else None
    if outcome is None:
        Tracking(project).finish(entry.mlflow_run_id, "KILLED", tags={}, counts={})
        outcome = f"{word}: a run was cut off before it was complete; what it had finished is kept"
    if entry.dagster_run_id != own_run:
        dagster_log.end_run(instance, entry.dagster_run_id, "the process of this run is gone")
    shutil.rmtree(project.staging(word), ignore_errors=True)
    journal.close(word)
    return [outcome]


def _finish(project: Project, instance: dg.DagsterInstance, entry: Entry) -> str | None:
    """Record a published artifact in DVC, Dagster and MLflow; None where it cannot be done truthfully."""
    published = project.data / entry.word
    if _record_sha256(published) != entry.record_sha256 or running_stage() is not None:
        return None
    lineage = Lineage(project)
    try:
        if dict(lineage.dependencies(entry.word).values) != dict(entry.dependencies):
            return None
    except LineageError:
        return None
    md5 = lineage.record(entry.word)
    if dagster_log.known(instance, entry.word)[0] != md5:
        dagster_log.report(instance, entry.word, md5, entry.code_version)
    record = read_record(published)
    Tracking(project).finish(
        entry.mlflow_run_id,
        "FINISHED",
        tags={"dvc.md5": md5, "sv6d.fingerprint": record.fingerprint},
        counts=record.counts,
    )
    sign_version(
        project,
        entry.word,
        md5=md5,
        code_version=entry.code_version,
        dagster_run_id=entry.dagster_run_id,
        mlflow_run_id=entry.mlflow_run_id,
    )
    return f"{entry.word}: was published when its run was cut off; recorded now"


def _record_sha256(folder: Path) -> str | None:
    path = folder / RECORD_NAME
    return sha256_file(path) if path.is_file() else None
