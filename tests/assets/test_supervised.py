"""Nothing that a supervised command starts outlives it or us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from assets.resources.supervised import supervised

# A command that ends on nothing but KILL, with a child of its session and one that has left it.
_STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
for leave in (False, True):
    if os.fork() == 0:
        if leave:
            os.setsid()
            if os.fork(): os._exit(0)
        break
open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
time.sleep(600)
"""
_LAUNCHER = """
import signal, sys, time, os
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored
from pathlib import Path
from assets.resources.supervised import supervised
with supervised([sys.executable, "-c", sys.argv[1], sys.argv[2]], output=sys.stdout.buffer, folder=Path("."),
                environment=os.environ, grace_s=0.5):
    time.sleep(600)
"""
_LIMIT_S = 20.0


def _started(folder: Path, count: int) -> list[int]:
    deadline_s = time.monotonic() + _LIMIT_S
    while len(found := sorted(int(path.name) for path in folder.iterdir())) < count:
        assert time.monotonic() < deadline_s, found
        time.sleep(0.02)
    return found


def _all_end(pids: list[int]) -> bool:
    deadline_s = time.monotonic() + _LIMIT_S
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return not any(psutil.pid_exists(pid) for pid in pids)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    def to_its_end(code: str) -> int:
        with (
            tempfile.TemporaryFile() as output,
            supervised([sys.executable, "-c", code], output=output, folder=tmp_path, environment=os.environ) as process,
        ):
            return process.wait()

    return to_its_end


def test_it_ends_as_its_command_ended(run: Callable[..., int]) -> None:
    assert run("pass") == 0
    assert run("import sys; sys.exit(3)") == 3
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV):
        assert run(f"import os; os.kill(os.getpid(), {int(number)})") == -number


def test_what_a_command_leaves_behind_ends_with_it(run: Callable[..., int], tmp_path: Path) -> None:
    code = "import os, time\nif os.fork() == 0:\n os.setsid(); open(str(os.getpid()), 'w'); time.sleep(600)"
    assert run(code + "\ntime.sleep(0.5)") == 0
    assert _all_end(_started(tmp_path, 1))


def test_the_end_of_the_block_ends_what_ignores_signals(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _STUBBORN, str(tmp_path)]
    with (
        tempfile.TemporaryFile() as output,
        supervised(command, output=output, folder=tmp_path, environment=os.environ, grace_s=0.5) as process,
    ):
        pids = _started(tmp_path, 3)
    assert process.returncode == -signal.SIGKILL
    assert _all_end(pids)


@pytest.mark.parametrize("killed", ["launcher", "supervisor", "command"])
def test_a_kill_of_any_of_the_three_ends_them_all(tmp_path: Path, killed: str) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", _LAUNCHER, _STUBBORN, str(tmp_path)], cwd=Path(__file__).resolve().parents[2]
    )
    try:
        pids = _started(tmp_path, 3)
        (supervisor,) = psutil.Process(launcher.pid).children()
        command = next(child for child in supervisor.children() if os.getsid(child.pid) == supervisor.pid)
        {"launcher": psutil.Process(launcher.pid), "supervisor": supervisor, "command": command}[killed].kill()
        if killed != "launcher":
            os.kill(launcher.pid, signal.SIGINT)
        launcher.wait()
        left = [supervisor.pid, command.pid, *pids]
        if killed == "supervisor":  # what left the session has nobody who adopts it
            left = [pid for pid in left if not psutil.pid_exists(pid) or os.getsid(pid) == supervisor.pid]
        assert _all_end(left)
    finally:
        launcher.kill()
        for pid in pids:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
