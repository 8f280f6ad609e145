"""The process that drives a project of `drill_publish`: one JSON line per trial, one per answer.

    python publishing_driver.py WORD MADE LOCK

Started in the project's folder. It holds the platforms loaded, and what a child came to load besides, has read what
no trial changes (`read_once`; LOCK is the dvc.lock that most trials lead to), and does everything in children that
it forks, so that a trial does not wait for that. Its launcher `staged` lays out what
the job of WORD has made before, in the folder MADE; the disk fails from there on.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[0] = str(Path.cwd())  # not the folder of this file: the modules of the project are meant
_ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from jobs.environment import prepare  # noqa: E402

prepare()

import shutil  # noqa: E402

import dvc.repo.commit  # noqa: E402, F401 - so that no child does it again, like the next ones
import mlflow  # noqa: E402
import mlflow.store.tracking.sqlalchemy_store  # noqa: E402, F401
import model_signing.signing  # noqa: E402
import model_signing.verifying  # noqa: E402, F401

from assets.resources import dagster_log  # noqa: E402
from assets.resources.launcher import LAUNCHERS, Command, Listener  # noqa: E402
from assets.resources.lineage import Lineage  # noqa: E402
from assets.resources.needs import Needs  # noqa: E402
from assets.resources.project import HERE, Project  # noqa: E402
from benchmarks.failing_disk import FailingDisk  # noqa: E402
from benchmarks.read_once import read_once  # noqa: E402
from jobs import materialize as door  # noqa: E402
from jobs.audit.snapshot import open_snapshot  # noqa: E402
from jobs.audit.verify import recorded_words, verify  # noqa: E402
from jobs.door import at_the_door  # noqa: E402
from jobs.in_process import materialize  # noqa: E402

_WORD, _MADE, _LOCK = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
_disk: FailingDisk | None = None


class StagedLauncher:
    """Stands for a job that has just made its artifact."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def run(self, command: Command, needs: Needs, listen: Listener) -> None:
        shutil.copytree(_MADE, command.arguments[command.arguments.index("--out") + 1])
        if _disk is not None:
            _disk.install()


LAUNCHERS["staged"] = (__name__, StagedLauncher.__name__)


def publish() -> None:
    """Make the artifact, as a person does; the disk fails once the job is over."""
    sys.argv = ["jobs.materialize", _WORD]
    door.main()


def recover() -> None:
    """Come to any door; the disk fails from there on."""
    if _disk is not None:
        _disk.install()
    with at_the_door():
        pass


def settle() -> None:
    """Come to any door on a good disk, make the artifact where it is stale, and look at all records of it."""
    with at_the_door() as instance:
        if Lineage(HERE).changes(_WORD):
            materialize(instance, _WORD, lambda event: None)
        snapshot = open_snapshot(HERE, None)
        for finding in verify(snapshot, recorded_words(snapshot)).findings:
            print(f"finding: {finding}")
        for name in ("is_complete", "is_not_empty", "safetensors_only"):
            if not dagster_log.last_check(instance, _WORD, name):
                print(f"finding: Dagster shows no result of the check {name}")


def _forked(action: Callable[[], None], disk: FailingDisk | None) -> dict[str, Any]:
    """The exit status of an action in a process of its own, what it printed, and how often it wrote what."""
    global _disk
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as modules:
        child = os.fork()
        if child == 0:
            _disk = disk
            _exit_after(action, output.fileno(), modules.fileno())
        if disk is not None:
            disk.watch()
            disk.finish()
        _, status = os.waitpid(child, 0)
        output.seek(0)
        told = output.read()
        modules.seek(0)
        _load(modules.read().split())
    return {"status": os.waitstatus_to_exitcode(status), "output": told, "seen": disk.seen if disk else []}


def _load(names: list[str]) -> None:
    for name in names:
        if name not in sys.modules:
            importlib.import_module(name)
    gc.freeze()  # a child that collects garbage leaves alone what was loaded here


def _exit_after(action: Callable[[], None], output: int, modules: int) -> None:
    os.dup2(output, 1)
    os.dup2(output, 2)
    status = 0
    before = set(sys.modules)
    try:
        action()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else bool(ended.code)
    except BaseException:  # noqa: BLE001 - as the interpreter ends
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        loaded = (name for name in set(sys.modules) - before if getattr(sys.modules[name], "__file__", None))
        os.write(modules, "\n".join(sorted(loaded)).encode())
        os._exit(status)


def main() -> None:
    read_once([HERE.params, *(HERE.root / name for name in ("dvc.yaml", "dvc.lock")), _LOCK])
    actions = {"publish": publish, "recover": recover, "settle": settle}
    for line in sys.stdin:
        given = json.loads(line)
        disk = None
        if "error" in given:
            disk = FailingDisk(HERE.root, lambda path: True, given["fails_at"], given["error"])
        print(json.dumps(_forked(actions[given["do"]], disk)), file=_ANSWERS, flush=True)


if __name__ == "__main__":
    sys.modules["publishing_driver"] = sys.modules[__name__]
    main()
