"""Work spread over processes of this machine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from multiprocessing.connection import wait
from typing import Any

from sv6d.batch.workers import Failure, Worker


def answers(
    function: Callable[[Any], bytes], payloads: Sequence[Any], *, workers: int, limit_s: float, max_memory_bytes: int
) -> Generator[tuple[int, bytes | Failure], None, None]:
    """As `Pool`: at most `workers` processes, children of this one."""
    pool = [Worker(function, max_memory_bytes) for _ in range(min(workers, len(payloads)))]
    waiting = deque(enumerate(payloads))
    busy: dict[int, tuple[int, float]] = {}  # worker: position, deadline
    try:
        while waiting or busy:
            for index, worker in enumerate(pool):
                if index not in busy and waiting:
                    position, payload = waiting.popleft()
                    worker.submit(payload)
                    busy[index] = (position, time.monotonic() + limit_s)
            patience_s = max(0.0, min(deadline for _, deadline in busy.values()) - time.monotonic())
            ready = wait([pool[index].pipe for index in busy], timeout=patience_s)
            now_s = time.monotonic()
            for index in list(busy):
                position, deadline_s = busy[index]
                if pool[index].pipe in ready:
                    answer = pool[index].answer()
                elif now_s >= deadline_s:
                    answer = pool[index].stop(limit_s)
                else:
                    continue
                del busy[index]
                yield position, answer
    finally:
        for worker in pool:
            worker.kill()
