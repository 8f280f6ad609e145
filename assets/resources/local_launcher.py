"""Jobs on this machine: supervised, on leased devices, within their memory and time."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assets.resources.errors import job_error
from assets.resources.job_output import Events, job_log
from assets.resources.launcher import Command, Listener, copies_of_model, job_words, own_gpus
from assets.resources.leases import leased, visible_gpus
from assets.resources.limits import Limits
from assets.resources.needs import Needs
from assets.resources.project import Project
from assets.resources.runtime import read_settings
from assets.resources.supervised import supervised
from sv6d.batch.keyed_map import over_cluster


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
            num_wanted = own_gpus(command, needs, spread=over_cluster())
            gpus = visible_gpus() if num_wanted and read_settings(self._project).device != "cpu" else []
            num_gpus = num_wanted if gpus else 0
            lease = held.enter_context(leased(num_wanted, gpus, command.name, lambda text: _say(listen, text)))
            events = Events(path, listen)
            log = held.enter_context(job_log(command.folder / "job.log"))
            with supervised(
                job_words(sys.executable, command, num_gpus),
                output=log.stream,
                folder=command.root,
                environment={**os.environ, **lease.environment, "SV6D_EVENTS": str(path)},
                inherited=(before, *lease.files),
            ) as process:
                num_models = copies_of_model(command, needs, num_gpus)
                limit_bytes = needs.memory_bytes(command.num_workers, num_models)
                limits = Limits(command.name, limit_bytes, command.num_workers, needs.time_limit_s)
                status = limits.follow(process, (events.relay, log.relay))
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
