"""Dagster and MLflow on PostgreSQL, as a team has them: the same doors, the same agreement."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporary_project import TemporaryProject

from tests.made_postgres import postgres, programs

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL server is installed"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("dagster_postgres", reason="make test-cluster")
    folder = tmp_path / "postgres"
    folder.mkdir()
    with postgres(folder, ("dagster", "mlflow")) as address:
        yield address


class _OnPostgres(TemporaryProject):
    def __init__(self, root: Path, server: str) -> None:
        super().__init__(root)
        self._server = server

    def address(self, database: str) -> str:
        return f"postgresql+psycopg2://{self._server}/{database}"

    def environment(self) -> dict[str, str]:
        own = {"DAGSTER_PG_URL": self.address("dagster"), "MLFLOW_TRACKING_URI": self.address("mlflow")}
        return super().environment() | own

    def rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        import sqlalchemy

        with sqlalchemy.create_engine(self.address(database)).connect() as connection:
            return [tuple(row) for row in connection.execute(sqlalchemy.text(query))]


def test_a_materialization_is_recorded_there_and_dvc_agrees(
    published: TemporaryProject, tmp_path: Path, server: str
) -> None:
    root = tmp_path / "project"
    shutil.copytree(published.root, root, symlinks=True)
    shutil.rmtree(root / ".dagster")
    (root / "mlflow.db").unlink()
    project = _OnPostgres(root, server)
    project.run("-m", "jobs.inputs")
    project.set("raw_videos", splits={"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25})
    project.materialize("raw_videos")
    assert project.dvc_status("raw_videos") == "Data and pipelines are up to date."
    assert project.staleness()["raw_videos"] == "FRESH"
    assert project.rows("dagster", "SELECT status FROM runs") == [("SUCCESS",)]
    tagged = "SELECT r.status, t.value FROM runs r JOIN tags t USING (run_uuid) WHERE t.key = 'dvc.md5'"
    assert project.rows("mlflow", tagged) == [("FINISHED", project.dvc_md5("raw_videos"))]
    assert not (root / "mlflow.db").exists()
    assert not list((root / ".dagster").rglob("*.db"))
    stored = "".join(path.read_text(errors="replace") for path in (root / ".dagster").rglob("*") if path.is_file())
    assert server.partition("@")[0].partition(":")[2] not in stored
