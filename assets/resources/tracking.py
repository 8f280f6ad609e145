"""Numbers over time: one MLflow run per materialization, in an experiment per word."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assets.resources.project import Project
from sv6d.timeline import NS_PER_S

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import RunInfo

_MS_PER_S = 1000
_NS_PER_MS = NS_PER_S // _MS_PER_S
# MLflow's own tag: its UI shows it as the run's version.
_GIT_COMMIT = "mlflow.source.git.commit"
_ENV_URI = "MLFLOW_TRACKING_URI"


class Tracking:
    """MLflow at `MLFLOW_TRACKING_URI`, by default one SQLite file in the project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.uri = os.environ.get(_ENV_URI) or f"sqlite:///{project.root / 'mlflow.db'}"
        self._opened: MlflowClient | None = None

    @property
    def _client(self) -> MlflowClient:
        if self._opened is None:
            from mlflow import MlflowClient

            logging.getLogger("mlflow").setLevel(logging.WARNING)  # it reports every table it creates
            # The first use creates the tables; two processes at once would both try
            # (measured: "duplicate column name" on a fresh SQLite file).
            with self._project.alone("tracking", wait=True):
                client = MlflowClient(self.uri)
                client.search_experiments(max_results=1)
            self._opened = client
        return self._opened

    def start(self, word: str, *, params: Mapping[str, Any], tags: Mapping[str, str | None]) -> str:
        """Open a run; returns its id. Tags without a value are left out."""
        experiment = self._client.get_experiment_by_name(word)
        # Artifacts are DVC's; the location only keeps MLflow from inventing one in the current folder.
        experiment_id = (
            experiment.experiment_id
            if experiment is not None
            else self._client.create_experiment(word, artifact_location=(self._project.root / "mlruns").as_uri())
        )
        given = {name: value for name, value in tags.items() if value is not None}
        run = self._client.create_run(experiment_id, run_name=word, tags=given)
        run_id = str(run.info.run_id)
        for name, value in sorted(_flat(params)):
            self._client.log_param(run_id, name, value)
        return run_id

    def metrics(self, run_id: str, step: int, values: Mapping[str, float], *, time_ns: int) -> None:
        from mlflow.entities import Metric

        batch = [Metric(name, float(value), time_ns // _NS_PER_MS, step) for name, value in sorted(values.items())]
        self._client.log_batch(run_id, metrics=batch)

    def finish(self, run_id: str, status: str, *, tags: Mapping[str, str | None], counts: Mapping[str, int]) -> None:
        """Close a run as FINISHED, FAILED or KILLED, with what is known only at the end."""
        for name, value in tags.items():
            if value is not None:
                self._client.set_tag(run_id, name, value)
        if counts:
            self.metrics(run_id, 0, {f"count/{name}": value for name, value in counts.items()}, time_ns=time.time_ns())
        self._client.set_terminated(run_id, status)

    def mark(self, word: str, md5: str, name: str, value: str) -> int:
        """Set a tag on every run that made a version; returns their number."""
        experiment = self._client.get_experiment_by_name(word)
        if experiment is None:
            return 0
        runs = self._client.search_runs([experiment.experiment_id], filter_string=f"tags.`dvc.md5` = '{md5}'")
        for run in runs:
            self._client.set_tag(run.info.run_id, name, value)
        return len(runs)

    def runs_by_word(self) -> dict[str, int]:
        """Number of finished runs of each experiment that has any, by its name."""
        return dict(Counter(word for word, _ in self._finished()))

    def last_seconds(self) -> dict[str, float]:
        """How long the last finished run of each experiment took, by its name."""
        found: dict[str, tuple[int, float]] = {}
        for word, info in self._finished():
            if word not in found or info.start_time > found[word][0]:
                found[word] = info.start_time, (info.end_time - info.start_time) / _MS_PER_S
        return {word: seconds for word, (_, seconds) in found.items()}

    def _finished(self) -> Iterator[tuple[str, RunInfo]]:
        """(experiment's name, run) of every finished run."""
        names = {e.experiment_id: e.name for e in self._client.search_experiments()}
        token = None
        while True:
            page = self._client.search_runs(
                list(names), filter_string="attributes.status = 'FINISHED'", page_token=token
            )
            yield from ((names[run.info.experiment_id], run.info) for run in page)
            token = page.token
            if not token:
                return


def tags_of(
    *, git_commit: str | None, dagster_run_id: str, code_version: str, dependencies: str
) -> dict[str, str | None]:
    """Tags of a run that are known when it starts."""
    return {
        _GIT_COMMIT: git_commit,
        "dagster.run_id": dagster_run_id,
        "sv6d.code_version": code_version,
        "dvc.dependencies": dependencies,
    }


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found.extend(_flat(value, f"{prefix}{name}."))
        else:
            found.append((f"{prefix}{name}", str(value)))
    return found
