"""A small project of its own to drill on: this checkout's code, a few studio clips, short trainings."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import yaml

from sv6d.artifacts import verify
from sv6d.errors import ArtifactError
from sv6d.stages import WORDS

CHECKOUT = Path(__file__).resolve().parents[1]
_CODE = ("sv6d", "assets", "jobs", "mlflow")
_FILES = ("params.yaml", "dvc.yaml", ".dvcignore", ".dvc/config", ".dvc/.gitignore")
# What a door sets for itself; a drill must not inherit it from the run that started it.
_SET_BY_DOORS = ("DAGSTER_HOME", "MLFLOW_TRACKING_URI", "DVC_SITE_CACHE_DIR", "DVC_STAGE", "SV6D_EVENTS")
_POLL_S = 0.05


class DrillProject:
    """The project's folder, its doors as processes, and what its records say."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def create(cls, root: Path, **sections: dict[str, Any]) -> DrillProject:
        """A project with nothing made; `sections` are edits of params.yaml."""
        for name in _CODE:
            shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in _FILES:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, root / name)
        params = yaml.safe_load((root / "params.yaml").read_text())
        for section, values in sections.items():
            _edit(params[section], values)
        (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
        # Small jobs that run no model take the lease and the place in the pool too: they are what is drilled.
        needs = {"needs": {word: {"gpus": 1} for word in WORDS}}
        (root / "runtime.yaml").write_text(yaml.safe_dump(needs))
        return cls(root)

    def set(self, section: str, **values: Any) -> None:
        """Edit a section of params.yaml."""
        path = self.root / "params.yaml"
        params = yaml.safe_load(path.read_text())
        _edit(params[section], values)
        path.write_text(yaml.safe_dump(params, sort_keys=False))

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _SET_BY_DOORS}
        return {
            **kept,
            "OMP_NUM_THREADS": "1",
            "SV6D_LEASES": str(self.root / "leases"),
            "CUDA_VISIBLE_DEVICES": "",
            "PYTHONPATH": str(self.root),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        }

    def start(self, *arguments: str, events: Path | None = None) -> subprocess.Popen[str]:
        """`python ARGUMENTS` in the project's folder; a job without a launcher tells its `events` to that file."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**self.environment(), **({"SV6D_EVENTS": str(events)} if events else {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, events: Path | None = None) -> str:
        """As `start`, to its end; what it printed.

        Raises:
            RuntimeError: the exit status was not 0.
        """
        process = self.start(*arguments, events=events)
        output, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed: {output}")
        return output

    def digest(self, word: str) -> str | None:
        """The content identity of a published artifact whose every byte fits its record; None where there is none.

        Raises:
            ArtifactError: it is not whole.
        """
        folder = self.root / "data" / word
        return verify(folder).digest if folder.exists() else None

    def is_whole(self, word: str) -> bool:
        """Whether the published artifact, if there is one, fits its record."""
        try:
            self.digest(word)
        except ArtifactError:
            return False
        return True

    def recorded(self) -> dict[str, Any]:
        """What dvc.lock says of each stage; empty where it can not be read."""
        try:
            return dict(yaml.safe_load((self.root / "dvc.lock").read_text())["stages"])
        except (FileNotFoundError, TypeError, KeyError, yaml.YAMLError):
            return {}

    def events(self, word: str) -> list[dict[str, Any]]:
        """The events of a word's latest job, in order; a line that a kill cut off is left out."""
        path = self.root / ".work" / "jobs" / word / "events.jsonl"
        events: list[dict[str, Any]] = []
        for line in path.read_text().splitlines() if path.is_file() else ():
            with contextlib.suppress(json.JSONDecodeError):
                events.append(json.loads(line))
        return events

    def dagster_runs(self) -> dict[str, str]:
        """Status by id of every Dagster run, oldest first."""
        return dict(self._rows(".dagster/history/runs.db", "SELECT run_id, status FROM runs ORDER BY id"))

    def mlflow_runs(self) -> list[str]:
        """Status of every MLflow run."""
        return [row[0] for row in self._rows("mlflow.db", "SELECT status FROM runs")]

    def pool_slots(self) -> int:
        """Places in Dagster's pools that a step holds."""
        query = "SELECT COUNT(*) FROM concurrency_slots WHERE run_id IS NOT NULL AND deleted = 0"
        return int(self._rows(".dagster/history/runs/index.db", query)[0][0])

    def _rows(self, database: str, query: str) -> list[Any]:
        path = self.root / database
        if not path.exists():
            return []
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def locks_held(self) -> list[str]:
        """Lock files of jobs and devices that some process still holds, sorted."""
        jobs = self.root / ".work" / "jobs"
        files = [*jobs.glob("*/lock"), *jobs.glob("*/running"), *(self.root / "leases").glob("*")]
        return sorted(str(path.relative_to(self.root)) for path in files if _is_held(path))

    def processes(self) -> list[psutil.Process]:
        """Every process whose current folder is the project's, or one in it: jobs run among what they have pinned."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(self.root):
                    found.append(process)
        return found

    def jobs(self, word: str) -> list[psutil.Process]:
        """The processes `sv6d WORD` of the project."""
        return [process for process in self.processes() if _command(process)[1:4] == ["-m", "sv6d.cli.main", word]]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def _edit(section: dict[str, Any], values: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(section.get(name), dict):
            _edit(section[name], value)
        else:
            section[name] = value


def _is_held(path: Path) -> bool:
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write_clip(path: Path, seed: int) -> None:
    """Two seconds of blocks that move; each seed is another picture."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(24):
            picture = np.roll(np.kron(blocks, np.ones((16, 16, 1), dtype=np.uint8)), number, axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def seconds_until(condition: Callable[[], Any], limit_s: float) -> float | None:
    """How long it took until the condition held, or None where it did not within the limit."""
    started_s = time.monotonic()
    while time.monotonic() - started_s < limit_s:
        if condition():
            return time.monotonic() - started_s
        time.sleep(_POLL_S)
    return None
