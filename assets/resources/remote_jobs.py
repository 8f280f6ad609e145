"""A job on a cluster, as the machine that asked for it sees it: submitted, looked at, stopped, never forgotten.

What was submitted is on disk before the cluster hears of it, and stays there until the cluster has said
that it is over. So whoever comes next finds every job that may still be running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from assets.resources.errors import JobError
from sv6d.io import read_json, write_json

_NAME = "remote.json"
KINDS = {
    "ray": ("assets.resources.ray_job", "RayJob"),
    "kubernetes": ("assets.resources.kubernetes_job", "KubernetesJob"),
}


@dataclass(frozen=True, slots=True)
class Submission:
    """What a cluster is asked for.

    Attributes:
        kind: of the cluster, a key of `KINDS`.
        name: of the job there; chosen here, so that it can be stopped before the cluster has answered.
        address: of the cluster; empty where its client has a configuration of its own.
        request: what the cluster's interface takes.
        time_limit_s: from its start there, after which it is stopped.
        events: file to which messages about the job are added. Its own events go there too.
    """

    kind: str
    name: str
    address: str
    request: Mapping[str, Any]
    time_limit_s: float
    events: str


@dataclass(frozen=True, slots=True)
class State:
    """Where a job stands: its exit status once it is over, whether it has begun, what the cluster says in words."""

    status: int | None
    begun: bool
    text: str

    @property
    def over(self) -> bool:
        return self.status is not None


class UnreachableError(JobError):
    """The cluster does not answer."""

    code = "unreachable"


class RemoteJob(Protocol):
    """One job. Every method raises UnreachableError where the cluster does not answer."""

    def submit(self) -> None:
        """Ask for it.

        Raises:
            JobError: the cluster refuses.
        """

    def state(self) -> State:
        """Where it stands; a job that the cluster does not know is over, with exit status 1."""

    def log(self) -> str:
        """What it has printed."""

    def stop(self) -> None:
        """End it and everything that it started; returns when it is over. One that is over stays so."""


def remote_job(submission: Submission) -> RemoteJob:
    module, kind = KINDS[submission.kind]
    job: RemoteJob = getattr(import_module(module), kind)(submission)
    return job


def remember(folder: Path, submission: Submission) -> Path:
    """Write it down, before it is submitted; the file's path."""
    write_json(folder / _NAME, asdict(submission))
    return folder / _NAME


def read_submission(path: Path) -> Submission:
    return Submission(**read_json(path))


def end_left_over(folder: Path) -> str | None:
    """Stop the job that was submitted from this folder and may still be running; what was done, or None.

    Raises:
        UnreachableError: its cluster does not answer, so that it may go on.
    """
    path = folder / _NAME
    if not path.is_file():
        return None
    submission = read_submission(path)
    job = remote_job(submission)
    ran = not job.state().over
    job.stop()
    path.unlink(missing_ok=True)
    return f"{submission.name} was still on the cluster; stopped" if ran else None
