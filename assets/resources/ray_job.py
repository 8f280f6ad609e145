"""A job on a Ray cluster, through the jobs API of its head (HTTP): nothing of Ray is needed here."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

from assets.resources.errors import JobError
from assets.resources.remote_jobs import State, Submission, UnreachableError

# Ray's own variable for clusters that ask for a token.
_TOKEN = "RAY_AUTH_TOKEN"  # noqa: S105 - its name
_TIMEOUT_S = 20.0  # ours: the head answers in milliseconds, or is starting
_POLL_S = 0.5
_STOP_LIMIT_S = 60.0  # ours: Ray kills 3 s after TERM (RAY_JOB_STOP_WAIT_TIME_S); the rest is a slow head
_OVER = ("SUCCEEDED", "FAILED", "STOPPED")
_STOPPED = 143  # 128 + SIGTERM, as shells report it
_NOT_FOUND = 404


class RayJob:
    """See `RemoteJob`."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._url = submission.address.rstrip("/") + "/api/jobs/"

    def submit(self) -> None:
        body = {"submission_id": self._submission.name, **self._submission.request}
        if self._ask("POST", "", body) is None:
            raise self._refused("404: there is no jobs API")

    def state(self) -> State:
        found = self._ask("GET", self._submission.name)
        if found is None:
            return State(1, True, "the cluster does not know the job")
        name, told = found["status"], str(found.get("message") or found["status"])
        if name not in _OVER:
            return State(None, name == "RUNNING", told.splitlines()[0])
        if name == "SUCCEEDED":
            return State(0, True, "")
        status = _STOPPED if name == "STOPPED" else found.get("driver_exit_code") or 1
        return State(int(status), True, told)

    def log(self) -> str:
        found = self._ask("GET", f"{self._submission.name}/logs")
        state = self.state()
        return ("" if found is None else str(found["logs"])) + (f"\n{state.text}\n" if state.status else "")

    def stop(self) -> None:
        deadline_s = time.monotonic() + _STOP_LIMIT_S
        while not self.state().over:
            if time.monotonic() > deadline_s:
                raise self._unreachable(f"the job goes on, {_STOP_LIMIT_S:.0f} s after it was told to stop")
            self._ask("POST", f"{self._submission.name}/stop")
            time.sleep(_POLL_S)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """The answer, or None for what the cluster does not know."""
        headers = {"Content-Type": "application/json"}
        if token := os.environ.get(_TOKEN):
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310 - the address is the project's own setting
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            if error.code == _NOT_FOUND:
                return None
            raise self._refused(f"{error.code}: {error.read(2000).decode(errors='replace')}") from error
        except (OSError, ValueError) as error:
            raise self._unreachable(str(error)) from error

    def _refused(self, found: str) -> JobError:
        return JobError(
            f"the Ray cluster at {self._submission.address} refuses the request",
            found=found,
            wanted="a job that it takes",
            next_step=f"look at its dashboard, at ray.address in runtime.yaml and at {_TOKEN}",
        )

    def _unreachable(self, found: str) -> UnreachableError:
        return UnreachableError(
            f"the Ray cluster at {self._submission.address} does not answer",
            found=found,
            wanted="the jobs API of its head",
            next_step=f"start it, or correct ray.address in runtime.yaml; {self._submission.name} may still run there",
        )
