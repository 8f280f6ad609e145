"""Jobs on a Ray cluster that sees this project's folder; work per clip is spread over all of it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping

from assets.resources.launcher import Command, Listener, job_words, own_gpus
from assets.resources.needs import Needs
from assets.resources.project import HERE, Project
from assets.resources.remote_jobs import Submission
from assets.resources.remote_launcher import run_remotely
from assets.resources.runtime import read_settings

# ours: the job is stopped where it runs; this is for a machine that does not stop it
_SLACK_S = 60.0


class RayLauncher:
    """Runs jobs as Ray jobs; see `Launcher`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._settings = read_settings(project)

    def run(self, command: Command, needs: Needs, listen: Listener) -> None:
        """As `run_remotely`."""
        run_remotely(self, self._project, command, needs, listen)

    def submission(self, name: str, command: Command, needs: Needs, environment: Mapping[str, str]) -> Submission:
        """A Ray job of the same command, within the memory and the time of a job without workers.

        A job that may use every core reserves none for itself: its clips are worked on in slots of
        one core each, and it would wait for what it holds. Likewise of the GPUs of one that asks a model.
        """
        python = self._settings.ray.python or sys.executable
        gpus = 0 if self._settings.device == "cpu" else own_gpus(command, needs, spread=True)
        limits = (str(command.root), command.name, str(needs.memory_bytes(0)), str(needs.time_limit_s))
        words = [python, "-m", "assets.resources.limited", *limits, *job_words(python, command, gpus)]
        request = {
            "entrypoint": f"cd {shlex.quote(str(HERE.root))} && exec {shlex.join(words)}",
            "entrypoint_num_cpus": needs.cpus or 0,
            "entrypoint_num_gpus": gpus,
            "runtime_env": {"env_vars": {**environment, "SV6D_SPREAD": "ray"}},
            "metadata": {"word": command.name},
        }
        return Submission(
            kind="ray",
            name=name,
            address=self._settings.ray.address,
            request=request,
            time_limit_s=needs.time_limit_s + _SLACK_S,
            events=environment["SV6D_EVENTS"],
        )
