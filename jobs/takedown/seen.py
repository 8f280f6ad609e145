"""Which versions of models and scores saw a clip, in every revision that is here."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator

from assets.resources.project import Project
from jobs.audit.graph import graph_of_video, models_that_saw
from jobs.audit.snapshot import LOCK, Snapshot, open_snapshot
from sv6d.errors import InputError


def seen_by(project: Project, video_id: str) -> dict[str, list[str]]:
    """MD5s by artifact: models that were trained on the clip or built on such a one, and their scores."""
    found: dict[str, set[str]] = defaultdict(set)
    for snapshot in _snapshots(project):
        graph = graph_of_video(snapshot, video_id)
        if graph.rows:
            for saw in models_that_saw(snapshot, graph, set(graph.rows)):
                found[saw.word].add(saw.md5)
    return {word: sorted(md5s) for word, md5s in sorted(found.items())}


def _snapshots(project: Project) -> Iterator[Snapshot]:
    """The working tree, and every revision whose artifacts differ from those before it."""
    if (project.root / LOCK).is_file():
        yield open_snapshot(project, None)
    log = subprocess.run(
        ["git", "log", "--all", "--format=%H", "--", LOCK],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    for commit in log.stdout.split():
        try:
            yield open_snapshot(project, commit)
        except InputError:  # the commit that removed it, or one of another form
            continue
