"""Runs, their datasets and the registry, in a real MLflow store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

from assets.resources.project import Project
from assets.resources.tracking import Tracking
from sv6d.artifacts import Record

OLD, NEW, SHOTS = (f"{digit * 32}.dir" for digit in "abc")

_CHECKOUT = Path(__file__).resolve().parents[2]
# A limit on the size of files is a disk that is full for this process alone.
_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from assets.resources.errors import disk_error
from assets.resources.project import Project
from assets.resources.tracking import Tracking
tracking = Tracking(Project(Path(sys.argv[1])))
run_id = tracking.start("shots", params={}, inputs={}, tags={})
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    tracking.finish(run_id, "FINISHED", tags={}, counts={"items": 1})
except Exception as error:
    print(disk_error(error))
"""


def _published(tracking: Tracking, word: str, md5: str, *files: str) -> str:
    run_id = tracking.start(word, params={"lr": 0.1}, inputs={"shots": SHOTS}, tags={})
    record = Record(word, {}, "f" * 64, {}, {"items": 1}, {name: {"sha256": "", "bytes": 1} for name in files})
    tracking.finish_published(run_id, record, md5)
    return run_id


def test_a_run_names_its_inputs_and_weights_are_versions_of_a_registered_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    tracking = Tracking(Project(tmp_path))
    client = MlflowClient(tracking.uri)
    run_id = _published(tracking, "evidence", OLD, "evidence.parquet")
    (found,) = client.search_runs(
        [client.get_run(run_id).info.experiment_id], filter_string=f"datasets.digest = '{SHOTS}'"
    )
    assert found.info.run_id == run_id
    assert found.data.tags["dvc.md5"] == OLD
    assert client.search_registered_models() == []
    first = _published(tracking, "sft_checkpoint", OLD, "adapter/adapter.safetensors")
    _published(tracking, "sft_checkpoint", NEW, "adapter/adapter.safetensors")
    assert client.get_model_version_by_alias("sft_checkpoint", "current").tags["dvc.md5"] == NEW
    # The old one comes back, as after a checkout: no third version of two artifacts.
    _published(tracking, "sft_checkpoint", OLD, "adapter/adapter.safetensors")
    current = client.get_model_version_by_alias("sft_checkpoint", "current")
    assert (current.run_id, current.tags["dvc.md5"]) == (first, OLD)
    assert len(client.search_model_versions("name = 'sft_checkpoint'")) == 2


def test_a_full_disk_is_an_error_and_no_traceback_beside_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(tmp_path)],
        env={**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path / 'mlflow.db'}"},
        cwd=_CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert "the database of MLflow: SQLite says: d" in done.stdout
    assert "bytes are free" in done.stdout
    assert "Traceback" not in done.stderr
