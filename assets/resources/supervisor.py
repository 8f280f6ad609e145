"""The process between a launcher and its command: nothing that the command starts outlives either of them.

    python -I -S supervisor.py PIPE GRACE_S COMMAND...

Imports the standard library alone and no module of the project, so that it starts in 20 ms. It leads a
session of its own and adopts whatever its descendants leave behind. When PIPE closes (the launcher
closed it, or was killed) the group gets TERM, `GRACE_S` later all that is left gets KILL. It ends as its
command ended: with its exit status, or by its signal.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_REAP_S = 2.0  # ours: orphans that ended wait as long for their exit status to be collected
_POLL_S = 0.02
KILL_LIMIT_S = 5.0  # ours: a killed process that is still there is held by the kernel (a dead disk)


def main(arguments: Sequence[str]) -> None:
    pipe, grace_s, *command = arguments
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the launcher starts us with interrupts held back
    os.set_inheritable(int(pipe), False)
    job = _start(command, libc)
    status = _wait(job, int(pipe))
    if status is None:
        os.killpg(0, signal.SIGTERM)
        status = _wait_at_most(job, float(grace_s))
    _kill_descendants()
    end_as(-signal.SIGKILL if status is None else status)


def _start(command: list[str], libc: ctypes.CDLL) -> int:
    own = os.getpid()
    job = os.fork()
    if job:
        return job
    try:
        for number in _IGNORED:
            signal.signal(number, signal.SIG_DFL)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == own:  # it did not die before prctl took effect
            os.execv(command[0], command)  # noqa: S606 - the launcher's own command
    finally:
        os._exit(127)


def _wait(job: int, pipe: int) -> int | None:
    """The job's exit status (negative: the signal that ended it), or None when the launcher is gone."""
    handle = os.pidfd_open(job)
    try:
        while True:
            ready = select.select([handle, pipe], [], [], _REAP_S)[0]
            if (status := _reap(job)) is not None:
                return status
            if pipe in ready:
                return None
    finally:
        os.close(handle)


def _wait_at_most(job: int, limit_s: float) -> int | None:
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        if (status := _reap(job)) is not None:
            return status
        time.sleep(_POLL_S)
    return None


def _reap(job: int) -> int | None:
    """Collect every process that has ended; the exit status of the job if it is among them."""
    found = None
    try:
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == job:
                found = os.waitstatus_to_exitcode(ended[1])
    except ChildProcessError:
        pass
    return found


def _kill_descendants() -> None:
    """Kill children until there are none: the children of each become ours."""
    deadline_s = time.monotonic() + KILL_LIMIT_S
    while (children := _children()) and time.monotonic() < deadline_s:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        _reap(0)
        time.sleep(_POLL_S)


def _children() -> list[int]:
    own, found = str(os.getpid()).encode(), []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                # After the name, which may hold anything: state, parent.
                state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
            except (OSError, ValueError):  # it ended between the listing and the look
                continue
            if parent == own and state != b"Z":
                found.append(int(folder.name))
    return found


def end_as(status: int) -> None:
    """End this process as another ended: with its exit status, or by its signal (negative)."""
    if status >= 0:
        sys.exit(status)
    if -status != signal.SIGKILL:
        signal.signal(-status, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the command has left its own
    os.kill(os.getpid(), -status)


if __name__ == "__main__":
    main(sys.argv[1:])
