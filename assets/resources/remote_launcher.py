"""Jobs on a cluster that sees this project's folder: the same command, the same events, the same ending."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from assets.resources.errors import job_error
from assets.resources.launcher import Command, Listener
from assets.resources.local_launcher import Tail, until_gone
from assets.resources.needs import Needs
from assets.resources.project import Project
from assets.resources.remote import Submission, end_left_over, remember
from assets.resources.supervised import supervised

_POLL_S = 0.2  # as the local launcher's
# ours: Ray gives a job 3 s after TERM before it kills it, Kubernetes the 10 s of the template
_GRACE_S = 20.0
# What jobs/environment.py sets for a job on this machine; nothing else goes along, secrets least of all.
_CARRIED = (
    "CUBLAS_WORKSPACE_CONFIG",
    "HF_HUB_DISABLE_TELEMETRY",
    "HF_HUB_OFFLINE",
    "OMP_NUM_THREADS",
    "PYTHONUNBUFFERED",
    "TOKENIZERS_PARALLELISM",
)


class Cluster(Protocol):
    """What differs from cluster to cluster."""

    def submission(self, name: str, command: Command, needs: Needs, environment: Mapping[str, str]) -> Submission:
        """What to ask for. `environment` is for the job."""


def run_remotely(cluster: Cluster, project: Project, command: Command, needs: Needs, listen: Listener) -> None:
    """As `Launcher.run`: a relay here stands for the job there.

    Raises:
        UnreachableError: the cluster does not answer, and an earlier job may be running there.
        JobError: its exit status was not 0, or it took longer than declared and was stopped.
    """
    command.folder.mkdir(parents=True, exist_ok=True)
    events, log = command.folder / "events.jsonl", command.folder / "job.log"
    with until_gone(command.folder / "running") as before:
        if told := end_left_over(command.folder):
            listen({"event": "message", "time_ns": time.time_ns(), "text": told})
        events.write_bytes(b"")
        environment = {name: os.environ[name] for name in _CARRIED if name in os.environ}
        environment |= {"SV6D_EVENTS": str(events), "PYTHONPATH": str(project.root)}
        name = f"sv6d-{command.name.replace('_', '-')}-{uuid.uuid4().hex[:12]}"
        path = remember(command.folder, cluster.submission(name, command, needs, environment))
        tail = Tail(events)
        try:
            with (
                log.open("wb") as output,
                supervised(
                    [sys.executable, "-m", "assets.resources.relay", str(path)],
                    output=output,
                    folder=project.root,
                    environment=dict(os.environ),
                    inherited=(before,),
                    grace_s=_GRACE_S,
                ) as process,
            ):
                status = _follow(process, tail, listen)
        finally:
            end_left_over(command.folder)  # of a relay that was killed
        tail.relay(listen)
    if status != 0:
        raise job_error(command.name, status, log.read_text(errors="replace"), str(log))


def _follow(process: subprocess.Popen[bytes], tail: Tail, listen: Listener) -> int:
    """The exit status of the relay, having relayed the events of the job."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_POLL_S)
        tail.relay(listen)
