"""A job on a Kubernetes cluster, through its API."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from assets.resources.errors import JobError
from assets.resources.remote_jobs import State, Submission, UnreachableError

_TIMEOUT_S = 20.0  # ours: as for the head of a Ray cluster
_POLL_S = 0.5
_STOP_LIMIT_S = 60.0  # ours: the template's 10 s after TERM, and a slow kubelet
_NOT_FOUND = 404
_SERVER_ERROR = 500
_UNKNOWN = 1


class KubernetesJob:
    """See `RemoteJob`."""

    def __init__(self, submission: Submission) -> None:
        from kubernetes import client, config

        self._submission = submission
        self._namespace = submission.request["metadata"]["namespace"]
        try:
            if "KUBERNETES_SERVICE_HOST" in os.environ and not submission.address:
                config.load_incluster_config()
            else:
                # Named here: the client reads the variable only once, when it is imported.
                config.load_kube_config(os.environ.get("KUBECONFIG"), context=submission.address or None)
        except config.ConfigException as error:
            raise self._unreachable(str(error)) from error
        self._jobs, self._pods = client.BatchV1Api(), client.CoreV1Api()

    def submit(self) -> None:
        if self._ask(self._jobs.create_namespaced_job, self._namespace, dict(self._submission.request)) is None:
            raise self._refused(f"404: there is no namespace {self._namespace}")

    def state(self) -> State:
        job = self._ask(self._jobs.read_namespaced_job, self._submission.name, self._namespace)
        if job is None:
            return State(_UNKNOWN, True, "the cluster does not know the job")
        pods = self._own_pods()
        for condition in job.status.conditions or ():
            if condition.status == "True" and condition.type == "Complete":
                return State(0, True, "")
            if condition.status == "True" and condition.type == "Failed":
                status, reason = _ended(pods)
                return State(status, True, f"{condition.reason}: {condition.message} {reason}".strip())
        begun = any(pod.status.phase != "Pending" for pod in pods)
        return State(None, begun, "the job is running" if begun else _waiting(pods))

    def log(self) -> str:
        # As bytes: what the client makes of them itself reads `b'...'` (36.0).
        read = partial(self._pods.read_namespaced_pod_log, _preload_content=False)
        pods = [pod.metadata.name for pod in self._own_pods() if pod.status.phase != "Pending"]
        found = [
            answer.data.decode(errors="replace") for pod in pods if (answer := self._ask(read, pod, self._namespace))
        ]
        state = self.state()
        return "".join(found) + (f"\n{state.text}\n" if state.status else "")

    def stop(self) -> None:
        """Also of a job that is over nothing is left but, for an hour, its Job and its log."""
        deadline_s = time.monotonic() + _STOP_LIMIT_S
        while not self.state().over or any(pod.status.phase in ("Pending", "Running") for pod in self._own_pods()):
            if time.monotonic() > deadline_s:
                raise self._unreachable(f"the job goes on, {_STOP_LIMIT_S:.0f} s after it was told to stop")
            # In the foreground: the Job is gone when its pods are.
            delete = partial(self._jobs.delete_namespaced_job, propagation_policy="Foreground")
            self._ask(delete, self._submission.name, self._namespace)
            time.sleep(_POLL_S)

    def _own_pods(self) -> list[Any]:
        selector = f"batch.kubernetes.io/job-name={self._submission.name}"
        found = self._ask(self._pods.list_namespaced_pod, self._namespace, label_selector=selector)
        return [] if found is None else list(found.items)

    def _ask(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """The answer, or None for what the cluster does not know."""
        from kubernetes.client import ApiException
        from urllib3.exceptions import HTTPError

        try:
            return method(*arguments, **options, _request_timeout=_TIMEOUT_S)
        except ApiException as error:
            if error.status == _NOT_FOUND:
                return None
            if error.status >= _SERVER_ERROR:
                raise self._unreachable(f"{error.status}: {error.body}") from error
            raise self._refused(f"{error.status}: {error.body}") from error
        except (HTTPError, OSError) as error:
            raise self._unreachable(str(error)) from error

    def _refused(self, found: str) -> JobError:
        return JobError(
            "the Kubernetes cluster refuses the request",
            found=found,
            wanted="a user who may create, read and delete Jobs, and read pods and their logs",
            next_step="look at the role, and at kubernetes in runtime.yaml",
        )

    def _unreachable(self, found: str) -> UnreachableError:
        return UnreachableError(
            "the Kubernetes cluster does not answer",
            found=found,
            wanted="its API",
            next_step=f"look at the kubeconfig; job {self._submission.name} may still run in {self._namespace}",
        )


def _ended(pods: list[Any]) -> tuple[int, str]:
    """Exit status of the job's container and why it ended (`OOMKilled`), where its pod is still there."""
    for pod in pods:
        for container in pod.status.container_statuses or ():
            if container.state.terminated is not None:
                ended = container.state.terminated
                return ended.exit_code or _UNKNOWN, "" if ended.reason == "Error" else f"({ended.reason})"
    return _UNKNOWN, ""


def _waiting(pods: list[Any]) -> str:
    for pod in pods:
        for container in pod.status.container_statuses or ():
            if container.state.waiting is not None:
                return f"the pod waits: {container.state.waiting.reason}"
        for condition in pod.status.conditions or ():
            if condition.status == "False":
                return f"the pod waits: {condition.reason}: {condition.message}"
    return "the job waits for a pod"
