"""A Ray cluster of one machine, two slots and two GPUs that it only believes in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ADDRESS = "http://127.0.0.1:8265"
_LIMIT_S = 120.0


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Started in `folder` (a short path: sockets lie in it), and gone at the end; the jobs API's address."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--disable-usage-stats"]
    options = {
        "--node-ip-address": "127.0.0.1",
        "--num-cpus": "2",
        "--num-gpus": "2",  # told, not there: which of them a slot is given can be seen without
        "--object-store-memory": str(200 << 20),
        "--dashboard-host": "127.0.0.1",
        "--temp-dir": str(folder),
    }
    with (folder.with_suffix(".log")).open("wb") as log:
        head = subprocess.Popen(
            [*command, *(f"{name}={value}" for name, value in options.items())],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(head, folder.with_suffix(".log"))
            yield _ADDRESS
        finally:
            head.terminate()
            head.wait()
            shutil.rmtree(folder, ignore_errors=True)


def _wait_for(head: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + _LIMIT_S
    while time.monotonic() < deadline_s and head.poll() is None:
        try:
            with urllib.request.urlopen(f"{_ADDRESS}/api/jobs/", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())
