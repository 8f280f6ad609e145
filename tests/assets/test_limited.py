"""A job on the machine of a cluster: within its limits, and gone with whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

_CHECKOUT = Path(__file__).resolve().parents[2]
_HOLD = "held = bytearray(300_000_000); import time; time.sleep(60)"


def _start(
    *command: str, memory_mb: int = 1000, limit_s: float = 60.0, folder: Path = _CHECKOUT
) -> subprocess.Popen[str]:
    limits = (str(folder), "shots", str(memory_mb * 10**6), str(limit_s))
    return subprocess.Popen(
        [sys.executable, "-m", "assets.resources.limited", *limits, sys.executable, "-c", *command],
        cwd=_CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_job_beyond_its_memory_is_stopped_and_told() -> None:
    process = _start(_HOLD, memory_mb=200)
    told, _ = process.communicate()
    assert process.returncode == 1
    assert "error: the job shots was stopped: it took too much memory" in told
    assert "wanted: at most 200 MB\n" in told
    assert "needs.shots.memory_gb" in told


def test_a_job_beyond_its_time_is_stopped_and_told() -> None:
    process = _start("import time; time.sleep(60)", limit_s=0.5)
    told, _ = process.communicate()
    assert process.returncode == 1
    assert "it took too long" in told
    assert "needs.shots.time_limit_h" in told


def test_a_job_is_heard_and_ends_as_it_ends() -> None:
    process = _start("print('a word'); raise SystemExit(7)")
    assert process.communicate()[0] == "a word\n"
    assert process.returncode == 7
    process = _start("import os; os.kill(os.getpid(), 9)")
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_a_job_runs_in_its_own_folder(tmp_path: Path) -> None:
    process = _start("import os; print(os.getcwd())", folder=tmp_path)
    assert process.communicate()[0] == f"{tmp_path}\n"


def test_what_it_started_ends_with_it() -> None:
    start = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    for end in (signal.SIGTERM, signal.SIGKILL):
        process = _start(start)
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        process.send_signal(end)
        process.communicate()
        deadline_s = time.monotonic() + 30
        while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
