"""Drills on runs that the Dagster UI launched: ended, or killed, at each of their processes."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.drill_project import DrillProject, seconds_until

_START_LIMIT_S = 180.0
_RUN_LIMIT_S = 180.0
_SETTLE_LIMIT_S = 90.0
_CLOSED = {"SUCCESS", "FAILURE", "CANCELED"}
_LAUNCH = """mutation($p: ExecutionParams!) { launchRun(executionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_TERMINATE = "mutation($id: String!) { terminateRun(runId: $id) { __typename } }"
_PLACES = "{ workspaceOrError { ... on Workspace { locationEntries { name } } } }"
EVENTS = ("terminate", "job TERM", "job KILL", "run worker KILL", "code server KILL", "UI KILL")


@dataclass
class Settled:
    """What a drill found. Seconds count from the event; None where it did not come about.

    Attributes:
        event: what was done to the run.
        gone_s: until no process that the run had started was left.
        unlocked_s: until no lock of a job or a device was held.
        closed_s: until Dagster and MLflow had no open run.
        pool_s: until no place in a pool was held.
        whole: the artifact that was there before is there still, every byte of it.
        next: status of the next run.
    """

    event: str
    gone_s: float | None
    unlocked_s: float | None
    closed_s: float | None
    pool_s: float | None
    whole: bool
    next: str


class Ui:
    """`python -m jobs.ui` of a project, on ports of its own."""

    def __init__(self, project: DrillProject) -> None:
        self.project = project
        self.ports = [_free_port() for _ in range(3)]
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        names = ("--dagster-port", "--mlflow-port", "--pages-port")
        options = [text for name, port in zip(names, self.ports, strict=True) for text in (name, str(port))]
        process = self.project.start("-m", "jobs.ui", *options)
        if seconds_until(lambda: self.is_up() or process.poll() is not None, _START_LIMIT_S) is None or process.poll():
            process.kill()
            raise RuntimeError(f"the UI did not start: {process.communicate()[0]}")
        return process

    def restart(self) -> None:
        self.stop()
        self.process = self._start()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate()

    def is_up(self) -> bool:
        with contextlib.suppress(OSError, KeyError, TypeError):
            return bool(self.ask(_PLACES)["workspaceOrError"]["locationEntries"])
        return False

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The `data` of a GraphQL answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        url = f"http://127.0.0.1:{self.ports[0]}/graphql"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)["data"]
        return found

    def launch(self, word: str) -> str:
        """Launch a run of one asset as the UI does; its id. Waits for a code server that is starting again.

        Raises:
            RuntimeError: none took the run within three minutes.
        """
        launched: list[dict[str, Any]] = []

        def try_it() -> bool:
            launched.append(self._try_to_launch(word))
            return "run" in launched[-1]

        if seconds_until(try_it, _START_LIMIT_S) is None:
            raise RuntimeError(f"the run was not launched: {launched[-1]}")
        return str(launched[-1]["run"]["runId"])

    def _try_to_launch(self, word: str) -> dict[str, Any]:
        (place,) = self.ask(_PLACES)["workspaceOrError"]["locationEntries"]
        selector = {
            "repositoryLocationName": place["name"],
            "repositoryName": "__repository__",
            "jobName": "__ASSET_JOB",
            "assetSelection": [{"path": [word]}],
        }
        answer = self.ask(_LAUNCH, p={"selector": selector, "runConfigData": {}, "mode": "default"})
        found: dict[str, Any] = answer["launchRun"]
        return found

    def status(self, run_id: str) -> str:
        return self.project.dagster_runs().get(run_id, "UNKNOWN")

    def finished(self, run_id: str) -> str:
        """The status of a run at its end."""
        seconds_until(lambda: self.status(run_id) in _CLOSED, _RUN_LIMIT_S)
        return self.status(run_id)


@contextmanager
def serving(project: DrillProject) -> Iterator[Ui]:
    ui = Ui(project)
    try:
        yield ui
    finally:
        ui.stop()


def drill(ui: Ui, event: str, word: str, *, go_on: bool = True) -> Settled:
    """Launch a run of `word`, do `event` to it while its job stands still, and look what it leaves.

    The job is stopped (SIGSTOP) first, so that it can react to nothing but KILL, and the moment is the same
    each time. `go_on`: launch another run afterwards, and wait for its end.
    """
    project = ui.project
    before = project.digest(word)
    run_id = ui.launch(word)
    if seconds_until(lambda: project.jobs(word), _RUN_LIMIT_S) is None:
        raise RuntimeError(f"the job of {word} did not start; its run is {ui.status(run_id)}")
    job = project.jobs(word)[0]
    line = [job, *job.parents()]
    supervisor, worker, server = line[1], line[2], line[3]
    job.suspend()
    {
        "terminate": lambda: ui.ask(_TERMINATE, id=run_id),
        "job TERM": lambda: (job.terminate(), job.resume()),
        "job KILL": job.kill,
        "run worker KILL": worker.kill,
        "code server KILL": server.kill,
        "UI KILL": ui.process.kill,
    }[event]()
    started_s = time.monotonic()

    def since(condition: Callable[[], Any]) -> float | None:
        held = seconds_until(condition, _SETTLE_LIMIT_S)
        return None if held is None else time.monotonic() - started_s

    # With the UI all of its servers end.
    gone_s = since(
        lambda: not project.processes() if event == "UI KILL" else not any(map(_is_alive, [job, supervisor]))
    )
    unlocked_s = since(lambda: not project.locks_held())
    if event == "UI KILL":
        ui.restart()
    closed_s = since(lambda: _all_closed(project))
    pool_s = since(lambda: not project.pool_slots())
    whole = project.is_whole(word) and project.digest(word) == before
    return Settled(
        event, gone_s, unlocked_s, closed_s, pool_s, whole, ui.finished(ui.launch(word)) if go_on else "not tried"
    )


def _all_closed(project: DrillProject) -> bool:
    return "RUNNING" not in project.mlflow_runs() and set(project.dagster_runs().values()) <= _CLOSED


def _is_alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
