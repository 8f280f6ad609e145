"""What Dagster and MLflow say of a version, from their tables: importing them takes longer than the answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from assets.resources.edges import INPUTS
from assets.resources.project import Project
from assets.resources.records import GIT_COMMIT_TAG, dagster_log, mlflow_database
from jobs.audit.model import Check, Event, Run
from sv6d.fingerprint import fingerprint

_MS_PER_S = 1000
_DATA_VERSION = "dagster/data_version"
_CODE_VERSION = "dagster/code_version"
_INPUT = "dagster/input_data_version/"

_RUNS = """
SELECT r.run_uuid, r.status, r.start_time, r.end_time FROM runs r
JOIN experiments e ON e.experiment_id = r.experiment_id
JOIN tags t ON t.run_uuid = r.run_uuid AND t.key = 'dvc.md5' AND t.value = ?
WHERE e.name = ? ORDER BY r.start_time DESC
"""
_EVENTS = """
SELECT l.id, l.run_id, l.timestamp, l.event FROM event_logs l
JOIN asset_event_tags t ON t.event_id = l.id AND t.key = ? AND t.value = ?
WHERE l.asset_key = ? ORDER BY l.id DESC
"""
# One that is planned and not judged has not failed: a run that was cut off came no further.
_CHECKS = """
SELECT check_name, execution_status, evaluation_event FROM asset_check_executions
WHERE run_id = ? AND asset_key = ? AND execution_status IN ('SUCCEEDED', 'FAILED')
"""


class Platforms:
    """The tables of one project's Dagster and MLflow. `missing` says in words what could not be read."""

    def __init__(self, project: Project) -> None:
        self._dagster = dagster_log(project)
        self._mlflow = mlflow_database(project)
        self.missing = [
            f"{name}: there is no {path}" if path else f"{name}: its store is no SQLite file of this machine"
            for name, path in (("Dagster", self._dagster), ("MLflow", self._mlflow))
            if path is None or not path.is_file()
        ]

    @property
    def lacks_dagster(self) -> bool:
        return self._dagster is None or not self._dagster.is_file()

    @property
    def lacks_mlflow(self) -> bool:
        return self._mlflow is None or not self._mlflow.is_file()

    def run(self, word: str, stage: Mapping[str, Any]) -> Run | None:
        """The MLflow run that made the version which a stage of `dvc.lock` records, or None."""
        rows = _rows(self._mlflow, _RUNS, (stage["outs"][0]["md5"], word))
        runs = [self._run(*row) for row in rows]
        identity = fingerprint(dependencies(stage))
        # Equal bytes may come out of other inputs: the run that had these is the one.
        exact = [run for run in runs if run.tags.get("dvc.dependencies") == identity]
        return next(iter(exact or runs), None)

    def _run(self, run_id: str, status: str, start_ms: int, end_ms: int | None) -> Run:
        tags = dict(_rows(self._mlflow, "SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY key", (run_id,)))
        params = dict(_rows(self._mlflow, "SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", (run_id,)))
        return Run(
            run_id=run_id,
            status=status,
            started=_iso(start_ms / _MS_PER_S),
            ended=_iso(end_ms / _MS_PER_S) if end_ms else None,
            commit=tags.get(GIT_COMMIT_TAG),
            tags=tags,
            params=params,
        )

    def event(self, word: str, md5: str, run: Run | None) -> Event | None:
        """Dagster's event of a version, or None: that of the run which MLflow names, else the latest."""
        rows = _rows(self._dagster, _EVENTS, (_DATA_VERSION, md5, f'["{word}"]'))
        wanted = run.tags.get("dagster.run_id") if run else None
        row = next((row for row in rows if row[1] == wanted), rows[0] if rows else None)
        return self._event(word, *row) if row else None

    def _event(self, word: str, storage_id: int, run_id: str | None, at: str, body: str) -> Event:
        specific = orjson.loads(body)["dagster_event"]["event_specific_data"]
        said = specific.get("materialization") or specific.get("asset_observation") or {}
        tags = said.get("tags", {})
        texts = {entry["label"]: entry["entry_data"].get("text") for entry in said.get("metadata_entries", ())}
        checks = _rows(self._dagster, _CHECKS, (run_id, f'["{word}"]')) if run_id and word != INPUTS else []
        return Event(
            storage_id=storage_id,
            run_id=run_id or "",
            at=str(at).replace(" ", "T"),
            code_version=tags.get(_CODE_VERSION),
            mlflow_run_id=texts.get("mlflow_run_id"),
            inputs={name.removeprefix(_INPUT): value for name, value in tags.items() if name.startswith(_INPUT)},
            checks=tuple(sorted((_check(*row) for row in checks), key=lambda check: check.name)),
        )


def dependencies(stage: Mapping[str, Any]) -> dict[str, Any]:
    """What a stage of `dvc.lock` was made from, in the form whose fingerprint the MLflow run carries."""
    found: dict[str, Any] = {entry["path"]: entry["md5"] for entry in stage.get("deps", ())}
    return {**found, **stage.get("params", {})}


def _check(name: str, status: str, body: str | None) -> Check:
    said = orjson.loads(body)["dagster_event"]["event_specific_data"] if body else {}
    return Check(name, status == "SUCCEEDED", said.get("description") or "", bool(said.get("blocking", True)))


def _rows(path: Path | None, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    if path is None or not path.is_file():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
