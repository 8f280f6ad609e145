"""What a run was doing, on disk: so that the next process can finish or undo what a crash left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assets.resources.checks import Judged
from assets.resources.project import Project
from sv6d.io import read_json, write_json
from sv6d.stages import WORDS

_NAME = "journal.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One materialization that is under way.

    Attributes:
        word: the artifact.
        phase: "running" until the staging folder is complete and checked, then "publishing".
        dagster_run_id: the Dagster run that started the job.
        mlflow_run_id: the MLflow run that takes its numbers; empty until there is one.
        code_version: of settings and code, as Dagster knows it.
        dependencies: what DVC hashed before the job began.
        record_sha256: SHA-256 of the staged `record.json`; empty while running.
        checks: what was found in the staging folder; empty while running.
    """

    word: str
    phase: Literal["running", "publishing"]
    dagster_run_id: str
    mlflow_run_id: str
    code_version: str
    dependencies: Mapping[str, Any]
    record_sha256: str = ""
    checks: tuple[Judged, ...] = ()


class Journal:
    """At most one entry per word; its file is whole or absent."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def _path(self, word: str) -> Path:
        return self._project.job_folder(word) / _NAME

    def write(self, entry: Entry) -> Entry:
        write_json(self._path(entry.word), asdict(entry))
        return entry

    def publishing(self, entry: Entry, record_sha256: str, checks: tuple[Judged, ...]) -> Entry:
        return self.write(replace(entry, phase="publishing", record_sha256=record_sha256, checks=checks))

    def close(self, word: str) -> None:
        self._path(word).unlink()

    def read(self, word: str) -> Entry | None:
        path = self._path(word)
        if not path.is_file():
            return None
        raw = read_json(path)
        return Entry(**{**raw, "checks": tuple(Judged(**judged) for judged in raw["checks"])})

    def open_words(self) -> list[str]:
        """Words with an entry, in the order of the flow."""
        return [word for word in WORDS if self._path(word).is_file()]
