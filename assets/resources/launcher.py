"""The job process: `sv6d <word>` in a session of its own, watched while it runs, gone when its parent is."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from assets.resources.errors import job_error
from assets.resources.project import Project

JobEvent = Mapping[str, Any]
Listener = Callable[[JobEvent], None]

_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_POLL_S = 0.2  # ours: a person sees progress at once, and 5 looks a second cost nothing
# ours: a training job writes no checkpoint on TERM (the last complete one is kept), it only has to leave
_GRACE_S = 10.0
_libc = ctypes.CDLL(None)


def run_job(name: str, arguments: Sequence[str], *, project: Project, listen: Listener) -> None:
    """Run `sv6d ARGUMENTS` to its end and hand each of its events to `listen` as it comes.

    The process leads its own group; whatever ends this call (an exception, an interrupt) ends the
    group: TERM, a grace of 10 s, KILL. If this process is killed outright, the kernel kills the job.

    Raises:
        JobError: the job's exit status was not 0; its typed error, or the end of its log.
    """
    folder = project.job_folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    events, log = folder / "events.jsonl", folder / "job.log"
    events.write_bytes(b"")
    # An interrupt between the start of the process and the block that ends it would leave it running.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "sv6d.cli.main", *arguments],
                cwd=project.root,
                env={**os.environ, "SV6D_EVENTS": str(events)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent(os.getpid()),
            )
        tail = _Tail(events)
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            status = _follow(process, tail, listen)
        finally:
            _end_group(process)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    tail.relay(listen)
    if status != 0:
        raise job_error(name, status, log.read_text(errors="replace"), str(log))


def _follow(process: subprocess.Popen[bytes], tail: _Tail, listen: Listener) -> int:
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_POLL_S)
        tail.relay(listen)


def _end_with_parent(parent: int) -> Callable[[], None]:
    def in_child() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before prctl took effect
            os._exit(1)

    return in_child


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _Tail:
    """Complete lines of a growing file."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb", buffering=0)
        self._rest = b""

    def relay(self, listen: Listener) -> None:
        *lines, self._rest = (self._rest + self._stream.read()).split(b"\n")
        for line in lines:
            listen(orjson.loads(line))
