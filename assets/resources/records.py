"""The rows in which Dagster and MLflow keep a version: where they lie, and one hash over all that they say.

Read with SQLite itself: through the platforms' APIs a byte that was changed in a row could vanish on the way.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.resources.project import Project

_SQLITE = "sqlite:///"
GIT_COMMIT_TAG = "mlflow.source.git.commit"  # MLflow's own name
_DATA_VERSION = "dagster/data_version"
_PUBLISHED = ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "ASSET_OBSERVATION")


def dagster_log(project: Project) -> Path:
    """Dagster's event log of assets: an SQLite file, which need not exist."""
    home = Path(os.environ.get("DAGSTER_HOME") or project.root / ".dagster")
    return home / "history" / "runs" / "index.db"


def mlflow_database(project: Project) -> Path | None:
    """MLflow's SQLite file, which need not exist; None where `MLFLOW_TRACKING_URI` names another kind of store."""
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"{_SQLITE}{project.root / 'mlflow.db'}"
    return Path(uri.removeprefix(_SQLITE)) if uri.startswith(_SQLITE) else None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that were hashed: which ones (ids, names of tags), the SHA-256 of what they say, and in which store.

    `store` is when its tables were made, to the microsecond (MLflow: millisecond): two stores that agree in
    it are one, or a copy of each other.
    """

    keys: tuple[str, ...]
    sha256: str
    store: str


def dagster_rows(project: Project, word: str, md5: str, run_id: str) -> Rows | None:
    """Dagster's latest events of a version, of the run that made it where there is one; None where there are none.

    These are the materialization (or observation), its tags, and the checks of that run on that asset.
    """
    path = dagster_log(project)
    if not path.is_file():
        return None
    with _opened(path) as connection:
        asset = f'["{word}"]'
        found = connection.execute(
            "SELECT l.id, l.run_id FROM event_logs l JOIN asset_event_tags t ON t.event_id = l.id "
            "WHERE l.asset_key = ? AND t.key = ? AND t.value = ? AND l.dagster_event_type IN (?, ?, ?) "
            "ORDER BY l.run_id = ? DESC, l.id DESC LIMIT 1",
            (asset, _DATA_VERSION, md5, *_PUBLISHED, run_id),
        ).fetchone()
        if found is None:
            return None
        ids = [found[0]]
        if found[1].decode() == run_id:
            ids = [
                row[0]
                for row in connection.execute(
                    "SELECT id FROM event_logs WHERE run_id = ? AND asset_key = ? "
                    "AND dagster_event_type IN (?, ?, ?) ORDER BY id",
                    (run_id, asset, *_PUBLISHED),
                )
            ]
    return Rows(tuple(map(str, ids)), dagster_sha256(project, ids), dagster_store(project))


def dagster_sha256(project: Project, ids: Sequence[int]) -> str:
    """SHA-256 over these events, their tags, and the verdicts that belong to them. Raises: sqlite3.Error."""
    chosen = (json.dumps(list(ids)),)
    with _opened(dagster_log(project)) as connection:
        return _sha256(
            connection,
            (
                "SELECT id, run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition "
                "FROM event_logs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                chosen,
            ),
            (
                "SELECT event_id, asset_key, key, value, event_timestamp FROM asset_event_tags "
                "WHERE event_id IN (SELECT value FROM json_each(?)) ORDER BY event_id, key",
                chosen,
            ),
            (
                "SELECT asset_key, check_name, partition, run_id, execution_status, evaluation_event, "
                "evaluation_event_storage_id, materialization_event_storage_id FROM asset_check_executions "
                "WHERE evaluation_event_storage_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                chosen,
            ),
        )


def mlflow_rows(project: Project, run_id: str) -> Rows | None:
    """An MLflow run with its settings, metrics, inputs and present tags; None where the store cannot be read here."""
    path = mlflow_database(project)
    if path is None or not path.is_file():
        return None
    with _opened(path) as connection:
        tags = connection.execute("SELECT key FROM tags WHERE run_uuid = ? ORDER BY key", (run_id,)).fetchall()
    keys = tuple(row[0].decode() for row in tags)
    return Rows(keys, mlflow_sha256(project, run_id, keys), mlflow_store(project))


def mlflow_sha256(project: Project, run_id: str, tags: Sequence[str]) -> str:
    """SHA-256 over a run; of its tags the named ones: people may add others. Raises: sqlite3.Error."""
    path = mlflow_database(project)
    assert path is not None  # a statement with such rows was made where there was one
    of_run = (run_id,)
    with _opened(path) as connection:
        return _sha256(
            connection,
            (
                "SELECT r.run_uuid, r.name, r.status, r.start_time, r.end_time, r.lifecycle_stage, r.artifact_uri, "
                "r.user_id, e.name FROM runs r JOIN experiments e USING (experiment_id) WHERE r.run_uuid = ?",
                of_run,
            ),
            ("SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", of_run),
            (
                "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? "
                "ORDER BY key, step, timestamp, value",
                of_run,
            ),
            ("SELECT key, value, timestamp, step, is_nan FROM latest_metrics WHERE run_uuid = ? ORDER BY key", of_run),
            (
                "SELECT d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile "
                "FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
                "WHERE i.destination_id = ? ORDER BY d.name, d.digest",
                of_run,
            ),
            (
                "SELECT key, value FROM tags WHERE run_uuid = ? "
                "AND key IN (SELECT value FROM json_each(?)) ORDER BY key",
                (run_id, json.dumps(list(tags))),
            ),
        )


def dagster_store(project: Project) -> str:
    """When the tables of Dagster's log were made, as it says itself. Raises: sqlite3.Error."""
    return _first(dagster_log(project), "SELECT MIN(migration_completed) FROM secondary_indexes")


def mlflow_store(project: Project) -> str:
    """When the tables of MLflow were made: it makes its first experiment with them. Raises: sqlite3.Error."""
    return _first(mlflow_database(project), "SELECT MIN(creation_time) FROM experiments")


_DAGSTER_MENTIONS = """
SELECT EXISTS (SELECT 1 FROM event_logs WHERE run_id = ?1)
OR EXISTS (SELECT 1 FROM asset_check_executions WHERE run_id = ?1)
"""
_MLFLOW_MENTIONS = """
SELECT EXISTS (SELECT 1 FROM runs WHERE run_uuid = ?1) OR EXISTS (SELECT 1 FROM tags WHERE run_uuid = ?1)
OR EXISTS (SELECT 1 FROM params WHERE run_uuid = ?1) OR EXISTS (SELECT 1 FROM latest_metrics WHERE run_uuid = ?1)
"""


def dagster_mentions(project: Project, run_id: str) -> bool:
    """Whether any row of Dagster's log is of that run. Raises: sqlite3.Error."""
    return bool(run_id) and _first(dagster_log(project), _DAGSTER_MENTIONS, run_id) == "1"


def mlflow_mentions(project: Project, run_id: str) -> bool:
    """Whether any row of MLflow is of that run. Raises: sqlite3.Error."""
    return bool(run_id) and _first(mlflow_database(project), _MLFLOW_MENTIONS, run_id) == "1"


def dagster_checks(project: Project, word: str, run_id: str) -> dict[str, bool]:
    """Whether each check of a run on an asset passed, by name; empty where there is no log.

    One that is planned and not yet judged is left out: `as_recorded` comes after the signature.
    """
    if not run_id or not dagster_log(project).is_file():
        return {}
    query = (
        "SELECT check_name, execution_status = 'SUCCEEDED' FROM asset_check_executions "
        "WHERE run_id = ? AND asset_key = ? AND execution_status IN ('SUCCEEDED', 'FAILED') ORDER BY check_name"
    )
    with _opened(dagster_log(project)) as connection:
        return {name.decode(): bool(passed) for name, passed in connection.execute(query, (run_id, f'["{word}"]'))}


def mlflow_commit(project: Project, run_id: str) -> str:
    """The git commit that a run names; empty where it names none or the store cannot be read here."""
    path = mlflow_database(project)
    if not run_id or path is None or not path.is_file():
        return ""
    query = "SELECT COALESCE(MAX(value), '') FROM tags WHERE run_uuid = ? AND key = ?"
    return _first(path, query, run_id, GIT_COMMIT_TAG)


def _first(path: Path | None, query: str, *values: str) -> str:
    """The only value that a query gives, as text."""
    assert path is not None  # who asks has looked for the file
    with _opened(path) as connection:
        (value,) = connection.execute(query, values).fetchone()
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _opened(path: Path) -> closing[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.text_factory = bytes  # a changed byte need not be text any more
    return closing(connection)


def _sha256(connection: sqlite3.Connection, *queries: tuple[str, Sequence[Any]]) -> str:
    digest = hashlib.sha256()
    for query, values in queries:
        for row in connection.execute(query, values):
            digest.update(repr(row).encode())
        digest.update(b"\n")
    return digest.hexdigest()
