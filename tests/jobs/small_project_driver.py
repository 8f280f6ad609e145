"""The process that drives a small project: started in its folder, one JSON line per event, one per answer."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path[0] = str(Path.cwd())  # not the folder of this file: the modules of the project are meant
_ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from jobs.environment import prepare  # noqa: E402

prepare()

import dagster as dg  # noqa: E402
from dagster._core.definitions.data_version import CachingStaleStatusResolver  # noqa: E402
from dagster._core.loader import LoadingContextForTest  # noqa: E402

from assets.resources import agreement, dagster_log  # noqa: E402
from assets.resources.lineage import Lineage  # noqa: E402
from assets.resources.packages import refresh_packages  # noqa: E402
from assets.resources.project import HERE  # noqa: E402
from jobs.inputs import refresh_inputs  # noqa: E402
from sv6d import fingerprint  # noqa: E402
from sv6d.stages import WORDS  # noqa: E402


def _loaded_anew(name: str) -> Any:
    """A module of the graph as a new process would load it: with the settings and code of now."""
    for module in list(sys.modules):
        if module.startswith(("jobs.definitions", "jobs.in_process", "jobs.stale")) or (
            module.startswith("assets.") and not module.startswith("assets.resources")
        ):
            del sys.modules[module]
    __import__(name)
    return sys.modules[name]


def inputs(instance: dg.DagsterInstance, videos: str | None = None) -> None:
    refresh_inputs(instance, videos=videos, documents=None, listen=lambda event: None)


def make(instance: dg.DagsterInstance, word: str) -> None:
    _loaded_anew("jobs.in_process").materialize(instance, word, lambda event: None)


def run(instance: dg.DagsterInstance) -> list[str]:
    return [made.word for made in _loaded_anew("jobs.stale").make_stale(instance)]


def checkout(instance: dg.DagsterInstance) -> None:
    """What people type after `git checkout`: dvc checkout, make sync."""
    from dvc.repo import Repo

    with Repo(str(HERE.root)) as repo:
        repo.checkout(force=True)
    sync(instance)


def sync(instance: dg.DagsterInstance) -> list[str]:
    agreement.tell(HERE, instance, WORDS)
    return sorted(agreement.mark_edited(HERE, instance, WORDS))


def state(instance: dg.DagsterInstance) -> dict[str, Any]:
    """What DVC and Dagster call stale, and what the checks say."""
    fingerprint._installed.cache_clear()
    refresh_packages(HERE)
    graph = _loaded_anew("jobs.definitions").defs.get_repository_def().asset_graph
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    return {
        "dvc": sorted(Lineage(HERE).stale()),
        "dagster": sorted(word for word in WORDS if resolver.get_status(dg.AssetKey(word)).value != "FRESH"),
        "red": sorted(word for word in WORDS if dagster_log.last_check(instance, word, agreement.AS_RECORDED) is False),
    }


def main() -> None:
    with dg.DagsterInstance.get() as instance:
        for line in sys.stdin:
            given = json.loads(line)
            event = globals()[given.pop("event")]
            try:
                fingerprint._installed.cache_clear()
                refresh_packages(HERE)
                answer = {"answer": event(instance, **given)}
            except Exception as error:  # noqa: BLE001 - the answer tells the test
                traceback.print_exc()
                answer = {"error": f"{type(error).__name__}: {getattr(error, 'description', None) or error}"}
            print(json.dumps(answer), file=_ANSWERS, flush=True)


main()
