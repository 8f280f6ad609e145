"""Jobs on this machine: supervised, on leased devices, within their memory and time."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from assets.resources.errors import MemoryLimitError, TimeLimitError, job_error
from assets.resources.job_output import Events, job_log
from assets.resources.launcher import Command, Listener, job_words
from assets.resources.leases import leased, visible_gpus
from assets.resources.needs import Needs
from assets.resources.project import Project
from assets.resources.runtime import read_settings
from assets.resources.session_memory import held_bytes
from assets.resources.supervised import supervised

_POLL_S = 0.2  # ours: a person sees progress at once, and 5 looks a second cost nothing
_MEMORY_LOOK_S = 1.0  # measured: a look at 200 processes takes 3 ms
_MB = 1e6


class LocalLauncher:
    """Runs jobs as processes of this machine."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def run(self, command: Command, needs: Needs, listen: Listener) -> None:
        """As `Launcher.run`.

        Raises:
            MemoryLimitError, TimeLimitError: it went beyond what was declared, and was stopped.
            TooFewGpusError: the machine never has as many devices.
            JobError: its exit status was not 0.
        """
        command.folder.mkdir(parents=True, exist_ok=True)
        path = command.folder / "events.jsonl"
        with ExitStack() as held:
            # Of a job that was cut off the last process may not be gone yet, and it writes where this one will.
            before = held.enter_context(until_gone(command.folder / "running"))
            gpus = visible_gpus() if needs.gpus and read_settings(self._project).device != "cpu" else []
            lease = held.enter_context(leased(needs.gpus, gpus, command.name, lambda text: _say(listen, text)))
            events = Events(path, listen)
            log = held.enter_context(job_log(command.folder / "job.log"))
            with supervised(
                job_words(sys.executable, command, needs.gpus if gpus else 0),
                output=log.stream,
                folder=command.root,
                environment={**os.environ, **lease.environment, "SV6D_EVENTS": str(path)},
                inherited=(before, *lease.files),
            ) as process:
                status = _follow(process, (events.relay, log.relay), command, needs)
            events.relay()
            if status != 0:
                raise job_error(command.name, status, log.text(), str(log.path))


def _say(listen: Listener, text: str) -> None:
    listen({"event": "message", "time_ns": time.time_ns(), "text": text})


@contextmanager
def until_gone(path: Path) -> Iterator[int]:
    """An open file under a lock; a process that inherits it keeps the next one waiting here until it ends."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _follow(
    process: subprocess.Popen[bytes], relays: Sequence[Callable[[], None]], command: Command, needs: Needs
) -> int:
    """The exit status of the job, having relayed what it said and watched its limits."""
    limit_bytes = needs.memory_bytes(command.num_workers)
    started_s = looked_s = time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_POLL_S)
        for relay in relays:
            relay()
        now_s = time.monotonic()
        if now_s - started_s > needs.time_limit_s:
            raise TimeLimitError(
                f"the job {command.name} was stopped: it took too long",
                found=f"{now_s - started_s:.0f} s and not at its end",
                wanted=f"at most {needs.time_limit_s:.0f} s",
                next_step=_raise_it(command.name, "time_limit_h"),
            )
        if now_s - looked_s < _MEMORY_LOOK_S:
            continue
        looked_s = now_s
        if (held := held_bytes(process.pid, limit_bytes)) > limit_bytes:
            raise MemoryLimitError(
                f"the job {command.name} was stopped: it took too much memory",
                found=f"{held / _MB:.0f} MB in all of its processes",
                wanted=f"at most {limit_bytes / _MB:.0f} MB with {command.num_workers} workers",
                next_step=_raise_it(command.name, "memory_gb") + "; fewer workers take less (SV6D_WORKERS)",
            )


def _raise_it(name: str, field: str) -> str:
    return f"what it finished is kept and used by the next run; needs.{name}.{field} in runtime.yaml raises the limit"
