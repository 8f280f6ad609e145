"""A project of its own in a temporary folder: this checkout's code, two studio clips and three others."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
_CODE = ("sv6d", "assets", "jobs", "mlflow")
_FILES = ("params.yaml", "dvc.yaml", ".dvcignore", ".dvc/config", ".dvc/.gitignore")
# What a door sets for itself; a test must not inherit it from the run that started the tests.
_SET_BY_DOORS = ("DAGSTER_HOME", "MLFLOW_TRACKING_URI", "DVC_SITE_CACHE_DIR", "DVC_STAGE", "SV6D_EVENTS")

# What people keep in the environment of a job, and must find nowhere else.
CANARY = "canary-5b1f0c7e"
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "MLFLOW_TRACKING_PASSWORD", "SV6D_SIGNING_PASSPHRASE")

_STALENESS = """
from jobs.environment import prepare
prepare()
import json
import dagster as dg
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest
from jobs.definitions import defs
with dg.DagsterInstance.get() as instance:
    graph = defs.get_repository_def().asset_graph
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    print(json.dumps({key.to_user_string(): resolver.get_status(key).value for key in graph.get_all_asset_keys()}))
"""


def write_clip(path: Path, seed: int, *, num_frames: int = 24) -> None:
    """A short clip of blocks that move; each seed is another picture."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(num_frames):
            picture = np.roll(np.kron(blocks, np.ones((16, 16, 1), dtype=np.uint8)), number, axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


class TemporaryProject:
    """The project's folder, its doors as processes, and what the three platforms say of it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def create(cls, root: Path) -> TemporaryProject:
        for name in _CODE:
            shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in _FILES:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, root / name)
        project = cls(root)
        project.set("studio", num_clips=2, min_duration_s=4.0, max_duration_s=4.5, short_side_px=96, long_side_px=128)
        clips = root / "clips"
        clips.mkdir()
        for seed in range(3):
            write_clip(clips / f"clip{seed}.mp4", seed)
        return project

    def set(self, section: str, **values: Any) -> None:
        """Edit a section of params.yaml."""
        path = self.root / "params.yaml"
        params = yaml.safe_load(path.read_text())
        params[section] = {**(params[section] or {}), **values}
        path.write_text(yaml.safe_dump(params, sort_keys=False))

    def params(self, section: str) -> dict[str, Any]:
        """A section of params.yaml."""
        found: dict[str, Any] = yaml.safe_load((self.root / "params.yaml").read_text())[section]
        return found

    def sources(self) -> bytes:
        """The list of source files."""
        return (self.root / "inputs" / "sources.json").read_bytes()

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _SET_BY_DOORS}
        return {
            **kept,
            **dict.fromkeys(_SECRETS, CANARY),
            "OMP_NUM_THREADS": "1",
            "SV6D_LEASES": str(self.root / "leases"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`python ARGUMENTS` in the project's folder."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, status: int = 0) -> str:
        """As `start`, to its end; what it printed. Fails the test on another exit status."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        assert process.returncode == status, output
        return output

    def materialize(self, word: str, status: int = 0) -> str:
        return self.run("-m", "jobs.materialize", word, status=status)

    def start_job(self, word: str) -> tuple[subprocess.Popen[str], psutil.Process]:
        """Start the door of a word and wait for its job: both processes."""
        door = self.start("-m", "jobs.materialize", word)
        while door.poll() is None:
            for child in psutil.Process(door.pid).children(recursive=True):
                # A child that ends between the listing and the look is not the job.
                with contextlib.suppress(psutil.NoSuchProcess):
                    if child.cmdline()[1:3] == ["-m", "sv6d.cli.main"]:
                        return door, child
            time.sleep(0.02)
        raise AssertionError(door.communicate()[0])

    def digest(self, word: str) -> str:
        """SHA-256 of an artifact's files, as its record tells."""
        digest: str = json.loads((self.root / "data" / word / "record.json").read_text())["digest"]
        return digest

    def dvc_status(self, *words: str) -> str:
        return self.run("-m", "dvc", "status", *words).strip()

    def dvc_md5(self, word: str) -> str:
        lock = yaml.safe_load((self.root / "dvc.lock").read_text())
        md5: str = lock["stages"][word]["outs"][0]["md5"]
        return md5

    def staleness(self) -> dict[str, str]:
        """Dagster's status of every asset: MISSING, STALE or FRESH."""
        status: dict[str, str] = json.loads(self.run("-c", _STALENESS).splitlines()[-1])
        return status

    def dagster_runs(self) -> list[str]:
        """Status of every Dagster run, oldest first."""
        return [row[0] for row in self._rows(".dagster/history/runs.db", "SELECT status FROM runs ORDER BY id")]

    def mlflow_runs(self, word: str) -> list[tuple[str, str | None]]:
        """Status and `dvc.md5` tag of every MLflow run of a word, oldest first."""
        return self._rows(
            "mlflow.db",
            "SELECT r.status, t.value FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id "
            "LEFT JOIN tags t ON t.run_uuid = r.run_uuid AND t.key = 'dvc.md5' WHERE e.name = ? ORDER BY r.start_time",
            word,
        )

    def checks(self, word: str) -> dict[str, str]:
        """Status of each check of a word in Dagster, as it was last planned or evaluated."""
        query = "SELECT check_name, execution_status FROM asset_check_executions WHERE asset_key = ? ORDER BY id"
        return dict(self._rows(".dagster/history/runs/index.db", query, f'["{word}"]'))

    def _rows(self, database: str, query: str, *values: str) -> list[Any]:
        with sqlite3.connect(self.root / database) as connection:
            return connection.execute(query, values).fetchall()

    def left_over(self, word: str) -> set[str]:
        """Names in the job's folder beside its log, its events and its locks."""
        return {p.name for p in (self.root / ".work" / "jobs" / word).iterdir()} - {
            "job.log",
            "events.jsonl",
            "lock",
            "running",
        }
