"""Where the process `sv6d <word>` runs: one interface, and the launchers that a project may choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from assets.resources.needs import Needs
from assets.resources.project import Project
from assets.resources.runtime import read_settings
from sv6d.errors import ConfigError
from sv6d.stages import STAGES

_SEVERAL = 2
JobEvent = Mapping[str, Any]
Listener = Callable[[JobEvent], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One job to run.

    Attributes:
        name: the artifact's word, or what else the job makes.
        arguments: of `sv6d`.
        num_workers: processes that it will start for per-clip work.
        root: folder to run in; it holds the job's code and settings, and nothing of what launches it.
        checkout: the project's folder, which `root` and `folder` are or lie in.
        folder: where its events and its log go.
    """

    name: str
    arguments: tuple[str, ...]
    num_workers: int
    root: Path
    checkout: Path
    folder: Path


def job_words(python: str, command: Command, num_gpus: int) -> list[str]:
    """The command line of a job: one process, or one per GPU under torchrun where the stage trains so."""
    parallel = any(stage.parallel for stage in STAGES if stage.word == command.name)
    alone = [python, "-m", "sv6d.cli.main", *command.arguments]
    if num_gpus < _SEVERAL or not parallel:
        return alone
    return [python, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={num_gpus}", *alone[1:]]


def copies_of_model(command: Command, needs: Needs, num_gpus: int) -> int:
    """How many copies of a model the job's processes hold on its machine, for its memory: at least one."""
    return (num_gpus or needs.models) if _asks_a_model(command) else 1


def own_gpus(command: Command, needs: Needs, *, spread: bool) -> int:
    """GPUs that the job takes beside those of the slots that its work is spread over."""
    return 0 if spread and _asks_a_model(command) else needs.gpus


def _asks_a_model(command: Command) -> bool:
    return any(stage.answers for stage in STAGES if stage.word == command.name)


class Launcher(Protocol):
    """Runs a job somewhere, to its end."""

    def run(self, command: Command, needs: Needs, listen: Listener) -> None:
        """Run `sv6d ARGUMENTS` and hand each of its events to `listen` as it comes.

        Whatever ends this call (an exception, an interrupt) ends every process of the job; so does the
        end of the process that called it.

        Raises:
            JobError: the job's exit status was not 0, or it went beyond a limit.
        """


# Setting `launcher` in runtime.yaml: module and class; the class takes the project. Imported when chosen.
LAUNCHERS = {
    "local": ("assets.resources.local_launcher", "LocalLauncher"),
    "ray": ("assets.resources.ray_launcher", "RayLauncher"),
    "kubernetes": ("assets.resources.kubernetes_launcher", "KubernetesLauncher"),
}


def run_job(name: str, arguments: Sequence[str], *, project: Project, listen: Listener) -> None:
    """Run `sv6d ARGUMENTS` by the project's launcher, with the needs declared for `name`.

    Raises:
        JobError: the job's exit status was not 0 (its typed error, or the end of its log), or it went
            beyond its memory or time.
        ConfigError: there is no such launcher.
    """
    settings = read_settings(project)
    if settings.launcher not in LAUNCHERS:
        raise ConfigError(
            "there is no such launcher",
            found=settings.launcher,
            wanted=f"one of {', '.join(LAUNCHERS)}",
            next_step="correct launcher in runtime.yaml, or SV6D_LAUNCHER",
        )
    module, kind = LAUNCHERS[settings.launcher]
    launcher: Launcher = getattr(import_module(module), kind)(project)
    command = Command(
        name=name,
        arguments=tuple(arguments),
        num_workers=settings.workers_of(name),
        root=project.root,
        checkout=project.checkout,
        folder=project.job_folder(name),
    )
    launcher.run(command, settings.needs_of(name), listen)
