"""The decode service: work on videos, one child process per video at a time, none of it in this process.

A thin front over `sv6d.batch`: its worker processes are the ones that decode. docs/decoding.md lists
every limit and where it is enforced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sv6d.batch.keyed_map import Item, Outcome, keyed_map
from sv6d.events import Events


@dataclass(frozen=True, slots=True)
class DecodeService:
    """Child processes that decode: killable, without network, with bounded time and memory, replaced now and then.

    Attributes:
        cache: folder of results by key; what is there is not decoded again.
        workers: how many videos are decoded at a time.
        max_seconds: wall time for one item, after which its process is killed.
        max_memory_bytes: address space that a process may add to its own; past it, allocations fail.
        events: told of the progress.
        unit: what an item is, for the progress.
    """

    cache: Path
    workers: int
    max_seconds: float
    max_memory_bytes: int
    events: Events
    unit: str = "clips"

    def outcomes(self, function: Callable[[Any], bytes], items: Sequence[Item]) -> list[Outcome]:
        """A value or a typed failure for every item, in their order; a bad video never stops the others.

        `function` is importable by name and pure in its payload.
        """
        return keyed_map(
            function,
            items,
            cache=self.cache,
            workers=self.workers,
            limit_s=self.max_seconds,
            events=self.events,
            unit=self.unit,
            max_memory_bytes=self.max_memory_bytes,
        )
