"""Numbers over time: one MLflow run per materialization, in an experiment per word."""

from __future__ import annotations

import json
import logging
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assets.resources.project import Project
from assets.resources.records import GIT_COMMIT_TAG
from sv6d.artifacts import Record
from sv6d.timeline import NS_PER_S

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput, RunInfo

_MS_PER_S = 1000
_NS_PER_MS = NS_PER_S // _MS_PER_S
# MLflow's own tag: its UI shows it as the run's version.
_DAGSTER_RUN = "dagster.run_id"
_MD5 = "dvc.md5"
_WEIGHTS = ".safetensors"
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
            logging.getLogger("mlflow.store.db").setLevel(logging.CRITICAL)  # and tracebacks of errors that it raises
            # The first use creates the tables; two processes at once would both try
            # (measured: "duplicate column name" on a fresh SQLite file).
            with self._project.alone("tracking", wait=True):
                client = MlflowClient(self.uri)
                client.search_experiments(max_results=1)
            self._opened = client
        return self._opened

    def start(
        self, word: str, *, params: Mapping[str, Any], inputs: Mapping[str, str], tags: Mapping[str, str | None]
    ) -> str:
        """Open a run; returns its id. Tags without a value are left out.

        `inputs` (DVC's MD5 by name) become the run's datasets, found by `datasets.digest = '...'`.
        """
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
        self._client.log_inputs(run_id, [_dataset(name, md5) for name, md5 in sorted(inputs.items())])
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

    def finish_published(self, run_id: str, record: Record, md5: str) -> None:
        """Close the run of an artifact that has become the one of record; weights enter the registry.

        A registered model bears the artifact's word, a version is an artifact by its MD5, and the alias
        `current` is what `data/` holds.
        """
        if any(name.endswith(_WEIGHTS) for name in record.files):
            self._register(run_id, record.word, md5)
        tags = {_MD5: md5, "sv6d.fingerprint": record.fingerprint}
        self.finish(run_id, "FINISHED", tags=tags, counts=record.counts)

    def _register(self, run_id: str, word: str, md5: str) -> None:
        from mlflow.exceptions import MlflowException
        from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode

        try:
            self._client.create_registered_model(word)
        except MlflowException as error:
            if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
                raise
        known = [v for v in self._client.search_model_versions(f"name = '{word}'") if v.tags.get(_MD5) == md5]
        version = (
            known[0]
            if known
            else self._client.create_model_version(word, f"dvc://data/{word}?md5={md5}", run_id, tags={_MD5: md5})
        )
        self._client.set_registered_model_alias(word, "current", version.version)

    def kill_open_runs(self, dagster_run_id: str, word: str) -> None:
        """Close as KILLED whatever that Dagster run, which is over, has left open in the experiment of a word."""
        experiment = self._client.get_experiment_by_name(word)
        if experiment is None:
            return
        left = f"attributes.status = 'RUNNING' and tags.`{_DAGSTER_RUN}` = '{dagster_run_id}'"
        for run in self._client.search_runs([experiment.experiment_id], filter_string=left):
            self._client.set_terminated(run.info.run_id, "KILLED")

    def mark(self, word: str, md5: str, name: str, value: str) -> int:
        """Set a tag on every run that made a version; returns their number."""
        experiment = self._client.get_experiment_by_name(word)
        if experiment is None:
            return 0
        runs = self._client.search_runs([experiment.experiment_id], filter_string=f"tags.`{_MD5}` = '{md5}'")
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
        GIT_COMMIT_TAG: git_commit,
        _DAGSTER_RUN: dagster_run_id,
        "sv6d.code_version": code_version,
        "dvc.dependencies": dependencies,
    }


def _dataset(name: str, md5: str) -> DatasetInput:
    from mlflow.entities import Dataset, DatasetInput

    path = f"data/{name}"
    return DatasetInput(Dataset(name, md5, source_type="dvc", source=json.dumps({"path": path, "md5": md5})))


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found.extend(_flat(value, f"{prefix}{name}."))
        else:
            found.append((f"{prefix}{name}", str(value)))
    return found
