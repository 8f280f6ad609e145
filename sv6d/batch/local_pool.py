"""Work spread over processes of this machine."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Mapping, Sequence
from multiprocessing.connection import wait
from typing import Any

from sv6d.batch.work import MAX_TRIES, READY_LIMIT_S, Failure, Lost, Slots, Work
from sv6d.batch.workers import Worker
from sv6d.errors import WorkerError

_VISIBLE = "CUDA_VISIBLE_DEVICES"


def answers(
    work: Work, payloads: Sequence[Any], *, slots: Slots, tell: Callable[[str], None]
) -> Generator[tuple[int, bytes | Failure], None, None]:
    """As `Pool`: at most `slots.num` processes, children of this one."""
    pool = [Worker(work, environment) for environment in _environments(slots)[: len(payloads)]]
    try:
        yield from _Round(work, pool, payloads).answers()
    finally:
        for worker in pool:
            worker.kill()


def _environments(slots: Slots) -> list[Mapping[str, str]]:
    """What each process has set: with GPUs, one device of those that this process may see, by its own name."""
    if not slots.with_gpu:
        return [{}] * slots.num
    told = os.environ.get(_VISIBLE)
    names = [str(number) for number in range(slots.num)] if told is None else told.split(",")
    return [{_VISIBLE: name.strip()} for name in names[: slots.num]]


class _Round:
    """The processes and what each of them is doing."""

    def __init__(self, work: Work, pool: Sequence[Worker], payloads: Sequence[Any]) -> None:
        self._work = work
        self._pool = pool
        self._payloads = payloads
        self._waiting = deque(range(len(payloads)))
        self._lost: Counter[int] = Counter()
        self._busy: dict[int, tuple[int | None, float]] = {}  # worker: position (None: gets ready), deadline

    def answers(self) -> Generator[tuple[int, bytes | Failure], None, None]:
        while self._waiting or any(position is not None for position, _ in self._busy.values()):
            for index in range(len(self._pool)):
                if index not in self._busy and self._waiting:
                    self._give(index)
            patience_s = max(0.0, min(deadline for _, deadline in self._busy.values()) - time.monotonic())
            readable = wait([self._pool[index].pipe for index in self._busy], timeout=patience_s)
            now_s = time.monotonic()
            for index in list(self._busy):
                position, deadline_s = self._busy[index]
                told = self._pool[index].pipe in readable
                if not told and now_s < deadline_s:
                    continue
                del self._busy[index]
                if position is None:
                    self._see_ready(index, told=told)
                elif (answer := self._settled(index, position, told=told)) is not None:
                    yield position, answer

    def _give(self, index: int) -> None:
        worker, now_s = self._pool[index], time.monotonic()
        if not worker.is_ready:
            self._busy[index] = (None, now_s + READY_LIMIT_S)
            return
        position = self._waiting.popleft()
        worker.submit(self._payloads[position])
        self._busy[index] = (position, now_s + self._work.limit_s)

    def _see_ready(self, index: int, *, told: bool) -> None:
        failure = self._pool[index].become_ready(None if told else 0.0)
        if failure is not None:
            raise unready(failure, "this machine")

    def _settled(self, index: int, position: int, *, told: bool) -> bytes | Failure | None:
        """The answer, or None where the item goes to another process."""
        worker = self._pool[index]
        answer = worker.answer() if told else worker.stop(self._work.limit_s)
        if not (isinstance(answer, Lost) and self._work.is_prepared):
            return answer
        self._lost[position] += 1
        if self._lost[position] == MAX_TRIES:
            return Failure(answer.code, f"{MAX_TRIES} processes were lost with it: {answer.message}")
        self._waiting.append(position)
        return None


def unready(failure: Failure, where: str) -> WorkerError:
    """The error of a map whose processes can not be prepared."""
    return WorkerError(
        f"a process can not be made ready for its work on {where}",
        found=f"{failure.code}: {failure.message}",
        wanted="what its work needs, loaded",
        next_step="correct what it names; what was finished is kept. Fewer processes take less memory "
        "(needs in runtime.yaml)",
    )
