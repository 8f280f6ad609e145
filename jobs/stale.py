"""What is stale, made in the order of the flow: the loop of `make run` and `make rebuild`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from assets.resources.agreement import tell
from assets.resources.lineage import Lineage
from assets.resources.project import HERE
from jobs.in_process import materialize
from jobs.terminal import StageLine
from sv6d.artifacts import read_record
from sv6d.stages import WORDS


@dataclass(frozen=True, slots=True)
class Made:
    """An artifact that was made.

    Attributes:
        changed: whether its bytes are other ones than before; if not, nothing that follows it is made.
        seconds: how long it took.
        reasons: why it was stale.
    """

    word: str
    changed: bool
    seconds: float
    reasons: tuple[str, ...]


def make_stale(instance: dg.DagsterInstance) -> Iterator[Made]:
    """Make what DVC calls stale, one after the other; each is looked at when what comes before it is made.

    Raises:
        Failure: one could not be made; those before it are published.
    """
    lineage = Lineage(HERE)
    if not lineage.stale():
        tell(HERE, instance, WORDS)
        return
    for number, word in enumerate(WORDS, start=1):
        reasons = lineage.changes(word)
        if not reasons:
            tell(HERE, instance, [word])
            StageLine(number, len(WORDS), word).end("up to date")
            continue
        line, started_s, before = StageLine(number, len(WORDS), word).begin(), time.monotonic(), lineage.recorded(word)
        materialize(instance, word, line.hear)
        line.end(f"{read_record(HERE.data / word).counts['items']} items")
        changed = lineage.recorded(word) != before
        yield Made(word, changed, time.monotonic() - started_s, tuple(reasons))
