"""Many processes at once on the same artifact, and on different ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.drill_project import DrillProject


@dataclass
class Crowd:
    """What came of processes that were started at once.

    Attributes:
        words: what each of them was to make.
        made: how many did.
        refused: how many were told that another run is making it.
        failed: how many ended in any other way.
        whole: every artifact fits its record afterwards.
        recorded: DVC calls each of them up to date: no update of dvc.lock was lost.
        locks: locks that were left.
    """

    words: list[str]
    made: int
    refused: int
    failed: int
    whole: bool
    recorded: bool
    locks: int


def crowd(project: DrillProject, words: Sequence[str]) -> Crowd:
    """Start one run per word, all at once, and wait for their ends."""
    runs = [project.start("-m", "jobs.materialize", word) for word in words]
    outputs = [run.communicate()[0] for run in runs]
    statuses = [run.returncode for run in runs]
    refused = sum(
        status != 0 and "is being made by another run" in output
        for status, output in zip(statuses, outputs, strict=True)
    )
    made = statuses.count(0)
    clean = project.run("-m", "dvc", "status", *sorted(set(words)))
    return Crowd(
        words=list(words),
        made=made,
        refused=refused,
        failed=len(words) - made - refused,
        whole=all(project.is_whole(word) for word in words),
        recorded="up to date" in clean,
        locks=len(project.locks_held()),
    )
