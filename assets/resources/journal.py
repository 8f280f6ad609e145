"""What a run was doing, on disk: so that the next process can finish or undo what a crash left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from assets.resources.checks import Judged
from assets.resources.errors import JournalError
from assets.resources.project import Project
from sv6d.errors import ArtifactError
from sv6d.io import read_json, write_json
from sv6d.stages import WORDS

_NAME = "journal.json"
_PHASES = ("running", "publishing")


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
        checks: what was found in the staging folder; empty while running, None where the version of this code
            that wrote the entry kept none.
    """

    word: str
    phase: Literal["running", "publishing"]
    dagster_run_id: str
    mlflow_run_id: str
    code_version: str
    dependencies: Mapping[str, Any]
    record_sha256: str = ""
    checks: tuple[Judged, ...] | None = ()


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
        """The open entry of a word.

        Raises:
            JournalError: the file is not an entry as this version or one before it writes them.
        """
        path = self._path(word)
        if not path.is_file():
            return None
        try:
            return _entry(read_json(path), word)
        except (ArtifactError, KeyError, TypeError, ValueError) as error:
            reason = error.found if isinstance(error, ArtifactError) else f"{type(error).__name__}: {error}"
            raise JournalError(
                f"what a run of {word} has left cannot be understood",
                found=f"{path}: {reason}",
                wanted="a journal as this version writes it, or one before it",
                next_step=f"call the version of the code that began the run, which settles it; or remove the file: "
                f"data/{word} stays as it is, and make run makes it again unless dvc.lock names it",
            ) from error

    def open_words(self) -> list[str]:
        """Words with an entry, in the order of the flow."""
        return [word for word in WORDS if self._path(word).is_file()]


def _entry(raw: Any, word: str) -> Entry:
    """Raises: KeyError, TypeError, ValueError where it is not one."""
    checks = raw.get("checks") if isinstance(raw, dict) else None
    judged = None if checks is None else tuple(Judged(**found) for found in checks)
    entry = Entry(**{**raw, "checks": judged})
    odd = [
        field.name
        for field in fields(Entry)
        if field.name not in ("dependencies", "checks") and not isinstance(getattr(entry, field.name), str)
    ]
    if odd or not isinstance(entry.dependencies, dict) or entry.word != word or entry.phase not in _PHASES:
        raise ValueError(f"other values than an entry of {word} has: {', '.join(odd) or sorted(raw)}")
    return entry
