"""Jobs on a cluster that sees this project's folder: the same command, the same events, the same ending."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from assets.resources.errors import job_error
from assets.resources.job_output import Events, job_log
from assets.resources.launcher import Command, Listener
from assets.resources.local_launcher import until_gone
from assets.resources.needs import Needs
from assets.resources.project import HERE, Project
from assets.resources.remote_jobs import Submission, end_left_over, remember
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
    path = command.folder / "events.jsonl"
    with until_gone(command.folder / "running") as before, job_log(command.folder / "job.log") as log:
        if told := end_left_over(command.folder):
            listen({"event": "message", "time_ns": time.time_ns(), "text": told})
        events = Events(path, listen)
        environment = {name: os.environ[name] for name in _CARRIED if name in os.environ}
        environment |= {"SV6D_EVENTS": str(path), "PYTHONPATH": str(project.root)}
        name = f"sv6d-{command.name.replace('_', '-')}-{uuid.uuid4().hex[:12]}"
        submission = remember(command.folder, cluster.submission(name, command, needs, environment))
        try:
            with supervised(
                [sys.executable, "-m", "assets.resources.relay", str(submission)],
                output=log.stream,
                folder=HERE.root,  # the job's own folder may hold nothing of what launches it
                environment=os.environ,
                inherited=(before,),
                grace_s=_GRACE_S,
            ) as process:
                status = _follow(process, (events.relay, log.relay))
        finally:
            end_left_over(command.folder)  # of a relay that was killed
        events.relay()
        if status != 0:
            raise job_error(command.name, status, log.text(), str(log.path))


def _follow(process: subprocess.Popen[bytes], relays: Sequence[Callable[[], None]]) -> int:
    """The exit status of the relay, having relayed what the job said."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_POLL_S)
        for relay in relays:
            relay()
