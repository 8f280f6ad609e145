"""Jobs on a Kubernetes cluster, as Jobs of `batch/v1` that see this project's folder as a volume."""

from __future__ import annotations

from collections.abc import Mapping

from assets.resources.kubernetes_manifest import manifest
from assets.resources.launcher import Command, Listener
from assets.resources.needs import Needs
from assets.resources.project import Project
from assets.resources.remote_jobs import Submission
from assets.resources.remote_launcher import run_remotely
from assets.resources.runtime import read_settings


class KubernetesLauncher:
    """Runs jobs as Kubernetes Jobs; see `Launcher`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._settings = read_settings(project)

    def run(self, command: Command, needs: Needs, listen: Listener) -> None:
        """As `run_remotely`.

        Raises:
            ConfigError: the settings name no image or no claim, or the template is not understood.
        """
        run_remotely(self, self._project, command, needs, listen)

    def submission(self, name: str, command: Command, needs: Needs, environment: Mapping[str, str]) -> Submission:
        """A Job of the same command; see `manifest`."""
        asked = needs.model_copy(update={"gpus": 0}) if self._settings.device == "cpu" else needs
        return Submission(
            kind="kubernetes",
            name=name,
            address=self._settings.kubernetes.context or "",
            request=manifest(name, command, asked, environment, self._settings.kubernetes),
            time_limit_s=needs.time_limit_s,
            events=environment["SV6D_EVENTS"],
        )
