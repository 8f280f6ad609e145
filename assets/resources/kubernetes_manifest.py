"""The Job that a Kubernetes cluster is asked for, from what a job needs and what the project says of its cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from assets.resources.launcher import Command, copies_of_model, job_words
from assets.resources.needs import Needs
from assets.resources.runtime import KubernetesSettings
from sv6d.errors import ConfigError

_GPU = "nvidia.com/gpu"  # of NVIDIA's device plugin
_KEPT_S = 3600  # ours: a Job that is over can be looked at for an hour
_TERM_GRACE_S = 10  # ours: a job only has to leave
_PROJECT = "project"  # names of volumes
_SHARED_MEMORY = "shared-memory"
# Set in the pod that launches, from its own metadata (the downward API): the Job then goes when that pod goes.
_POD_NAME, _POD_UID = "SV6D_POD_NAME", "SV6D_POD_UID"


def manifest(
    name: str, command: Command, needs: Needs, environment: Mapping[str, str], settings: KubernetesSettings
) -> dict[str, Any]:
    """A Job as JSON: our template, with `settings.job` laid over it by dagster-k8s, which knows every field.

    The pod runs once, as this user, without privileges and without a token for the cluster's API. The
    declared memory and GPUs are its limits, the cores its request; the declared time counts from when a
    machine has taken the pod.

    Raises:
        ConfigError: there is no image or claim, a field is unknown, or dagster-k8s is not installed.
    """
    if settings.image is None or settings.claim is None:
        raise _not_understood("kubernetes.image or kubernetes.claim is missing")
    try:
        from dagster_k8s import DagsterK8sJobConfig, construct_dagster_k8s_job
        from dagster_k8s.container_context import K8sContainerContext
        from dagster_k8s.job import OwnerReference, UserDefinedDagsterK8sConfig
        from kubernetes.client import ApiClient
    except ImportError as error:
        raise _not_understood(f"{error.name} is not installed; pip install -e '.[kubernetes]'") from error
    owner = [OwnerReference("Pod", os.environ[_POD_NAME], os.environ[_POD_UID])] if _POD_UID in os.environ else None
    try:
        template, own = (
            K8sContainerContext(run_k8s_config=UserDefinedDagsterK8sConfig(**part))
            for part in (_template(command, needs, environment, settings), settings.job)
        )
        job = construct_dagster_k8s_job(
            DagsterK8sJobConfig(),
            args=None,
            job_name=name,
            user_defined_k8s_config=template.merge(own).run_k8s_config,
            component="job",
            labels={"sv6d/word": command.name},
            owner_references=owner,
        )
    except Exception as error:  # dagster-k8s raises bare ones for unknown fields
        raise _not_understood(str(error)) from error
    found: dict[str, Any] = ApiClient().sanitize_for_serialization(job)
    return found


def _template(
    command: Command, needs: Needs, environment: Mapping[str, str], settings: KubernetesSettings
) -> dict[str, Any]:
    memory = str(needs.memory_bytes(command.num_workers, copies_of_model(command, needs, needs.gpus)))
    mount = str(settings.mount or command.checkout)
    return {
        "container_config": {
            "name": "job",
            "image": settings.image,
            "command": job_words(settings.python, command, needs.gpus),
            "working_dir": str(command.root),
            "env": [{"name": key, "value": value} for key, value in sorted(environment.items())],
            "resources": {
                "requests": {"cpu": str(needs.cpus or command.num_workers), "memory": memory},
                "limits": {"memory": memory} | ({_GPU: str(needs.gpus)} if needs.gpus else {}),
            },
            "volume_mounts": [
                {"name": _PROJECT, "mount_path": mount},
                {"name": _SHARED_MEMORY, "mount_path": "/dev/shm"},  # noqa: S108 - what PyTorch's processes share
            ],
            "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
        },
        "pod_spec_config": {
            "active_deadline_seconds": int(needs.time_limit_s),
            "automount_service_account_token": False,
            "enable_service_links": False,
            "security_context": {
                "run_as_user": os.getuid(),
                "run_as_group": os.getgid(),
                "seccomp_profile": {"type": "RuntimeDefault"},
            },
            "termination_grace_period_seconds": _TERM_GRACE_S,
            "volumes": [
                {"name": _PROJECT, "persistent_volume_claim": {"claim_name": settings.claim}},
                {"name": _SHARED_MEMORY, "empty_dir": {"medium": "Memory"}},
            ],
        },
        "job_metadata": {"namespace": settings.namespace},
        "job_spec_config": {"backoff_limit": 0, "ttl_seconds_after_finished": _KEPT_S},
    }


def _not_understood(found: str) -> ConfigError:
    return ConfigError(
        "no Kubernetes Job can be made of runtime.yaml",
        found=found,
        wanted="kubernetes.image, kubernetes.claim, and under kubernetes.job fields that Kubernetes knows",
        next_step="correct it; docs/operations.md, Kubernetes, has the table",
    )
