"""Where and how fast a job runs: `runtime.yaml` and the environment, never part of a result."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydantic
import yaml

from assets.resources.needs import Needs, declared
from assets.resources.project import HERE, Project
from sv6d.errors import ConfigError
from sv6d.fingerprint import Runtime

_FILE = "SV6D_RUNTIME"
_FILE_NAME = "runtime.yaml"
# Each overrides the setting of the file.
_VARIABLES = {"SV6D_LAUNCHER": "launcher", "SV6D_WORKERS": "workers", "SV6D_DEVICE": "device"}


_RAY = "http://127.0.0.1:8265"  # where a head listens unless told otherwise


class RaySettings(Runtime):
    """Of the launcher `ray`.

    Attributes:
        address: of the head's jobs API; by default what Ray's own RAY_API_SERVER_ADDRESS says.
        python: the interpreter on the cluster, or None for the path of this one.
    """

    address: str = pydantic.Field(default_factory=lambda: os.environ.get("RAY_API_SERVER_ADDRESS") or _RAY)
    python: str | None = None


class KubernetesSettings(Runtime):
    """Of the launcher `kubernetes`; it needs the first two.

    Attributes:
        image: container image with this project's environment (its code comes from the volume).
        claim: name of the volume claim that holds the project's folder.
        mount: path of the claim's volume here and in the pods; None for the project's folder itself.
        namespace: where jobs are made.
        context: of the kubeconfig; None for its current one, or the cluster that this process runs in.
        python: the interpreter in the image.
        job: what is laid over the template, in the form of dagster-k8s (`container_config`,
            `pod_spec_config`, `job_spec_config`, ...): node selectors, tolerations, pull secrets.
    """

    image: str | None = None
    claim: str | None = None
    mount: Path | None = None
    namespace: str = "default"
    context: str | None = None
    python: str = "python"
    job: Mapping[str, Mapping[str, Any]] = {}


class Settings(Runtime):
    """What `runtime.yaml` may hold.

    Attributes:
        launcher: what starts the process of a job; one of `assets.resources.launcher.LAUNCHERS`.
        workers: processes for per-clip work, or None for one per core.
        device: "auto", "cpu" or "cuda".
        ray: where the launcher `ray` finds its cluster.
        kubernetes: what the launcher `kubernetes` asks its cluster for.
        needs: by the job's name, what differs from the declared needs.
    """

    launcher: str = "local"
    workers: int | None = None
    device: str = "auto"
    needs: Mapping[str, Mapping[str, Any]] = {}
    ray: RaySettings = pydantic.Field(default_factory=RaySettings)
    kubernetes: KubernetesSettings = KubernetesSettings()

    def needs_of(self, name: str) -> Needs:
        """The declared needs of a job with what the settings say otherwise."""
        return Needs(**{**declared(name).model_dump(), **self.needs.get(name, {})})

    def workers_of(self, name: str) -> int:
        """Processes for the per-clip work of a job: as many as were set, else its cores."""
        return self.workers or self.needs_of(name).cpus or os.cpu_count() or 1


def read_settings(project: Project) -> Settings:
    """The settings of `runtime.yaml` (or of the file that `SV6D_RUNTIME` names) and of the environment.

    Raises:
        ConfigError: a setting is unknown or of another type.
    """
    path = Path(os.environ.get(_FILE) or project.root / _FILE_NAME)
    stored = yaml.safe_load(path.read_bytes()) if path.is_file() else None
    given = {field: os.environ[name] for name, field in _VARIABLES.items() if os.environ.get(name)}
    try:
        settings = Settings(**{**(stored or {}), **given})
        for name in settings.needs:
            settings.needs_of(name)
    except (pydantic.ValidationError, TypeError) as error:
        raise ConfigError(
            f"{path} or the environment says how jobs run in a way that is not understood",
            found=str(error),
            wanted=f"settings among {', '.join(Settings.model_fields)}; under needs: {', '.join(Needs.model_fields)}",
            next_step="correct it; docs/operations.md has the table",
        ) from error
    return settings


def num_workers(name: str = "inputs", project: Project = HERE) -> int:
    """Processes for the per-clip work of a job: `SV6D_WORKERS`, by default one per core."""
    return read_settings(project).workers_of(name)


def job_arguments(word: str, staging: Path, project: Project) -> list[str]:
    """The command line of the job that makes `word`."""
    settings = read_settings(project)
    paths = {
        "--out": staging,
        "--data": project.data,
        "--work": project.work,
        "--params": project.params,
        "--sources": project.sources,
    }
    options = [text for flag, path in paths.items() for text in (flag, str(path))]
    needs = settings.needs_of(word)
    numbers = {"--workers": settings.workers_of(word), "--gpus": needs.gpus, "--models": needs.models}
    options += [text for flag, number in numbers.items() for text in (flag, str(number))]
    return [word, *options, "--device", settings.device]
