"""What follows the exchange of an artifact, for the run that made it and for whoever finds that run cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dagster as dg

from assets.resources import dagster_log
from assets.resources.journal import Entry
from assets.resources.lineage import Dependencies, Lineage, Recorded
from assets.resources.pages import version_metadata
from assets.resources.project import Project
from assets.resources.records import dagster_checks
from assets.resources.signatures import sign_version
from assets.resources.tracking import Tracking
from sv6d.artifacts import Record, read_record


@dataclass(frozen=True, slots=True)
class Published:
    """A version that lies in `data/`, that `dvc.lock` names and whose MLflow run is closed.

    Attributes:
        entry: of the journal; it stays open until the version is signed.
        record: its `record.json`.
        md5: of its folder, as DVC has it.
    """

    project: Project
    entry: Entry
    record: Record
    md5: str

    def shown(self) -> dict[str, Any]:
        """What Dagster shows of it."""
        return version_metadata(self.project, self.entry.word, self.md5, self.record, self.entry.mlflow_run_id)

    def report(self, instance: dg.DagsterInstance) -> None:
        """Tell Dagster what its run could not: of the version and its checks, as far as the log does not have them."""
        entry = self.entry
        recorded = Recorded(self.md5, Dependencies(entry.dependencies))
        if not dagster_log.knows(instance, entry.word, recorded):
            dagster_log.report(instance, entry.word, recorded, self.shown(), run_id=entry.dagster_run_id)
        told = dagster_checks(self.project, entry.word, entry.dagster_run_id)
        missing = [judged for judged in entry.checks or () if judged.name not in told]
        dagster_log.report_checks(instance, entry.word, missing, run_id=entry.dagster_run_id)

    def sign(self) -> None:
        """Sign it: after all four records have it."""
        sign_version(
            self.project,
            self.entry.word,
            md5=self.md5,
            code_version=self.entry.code_version,
            dagster_run_id=self.entry.dagster_run_id,
            mlflow_run_id=self.entry.mlflow_run_id,
        )

    @property
    def checks_are_known(self) -> bool:
        """Whether what its checks found was kept: in the journal, or in Dagster's log."""
        entry = self.entry
        return entry.checks is not None or bool(dagster_checks(self.project, entry.word, entry.dagster_run_id))


def record_published(project: Project, entry: Entry, tracking: Tracking) -> Published:
    """Enter what was exchanged in `dvc.lock`, under what it was made from, and close its MLflow run.

    Raises:
        LineageError: the journal does not name all that the artifact is made from.
    """
    record = read_record(project.data / entry.word)
    md5 = Lineage(project).record(entry.word, Dependencies(entry.dependencies))
    tracking.finish_published(entry.mlflow_run_id, record, md5)
    return Published(project, entry, record, md5)
