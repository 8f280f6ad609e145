"""The keyed per-item map: a result is found by its key, or made once in a killable process."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from sv6d.batch.workers import Failure, Worker
from sv6d.errors import ArtifactError
from sv6d.events import Events
from sv6d.io import write_bytes

_DIGEST_BYTES = 32
# Failures of these codes depend on the moment (memory, a killed process), not on the item's bytes.
_NOT_KEPT = frozenset({"worker", "unexpected"})
# Ours: several times what any stage takes (measured: 8K HEVC 0.3 GB), and less than what brings a machine down.
_MAX_MEMORY_BYTES = 8 << 30


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work. `key` (64 hex digits) names everything that its result depends on."""

    key: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value of an item, or its failure; `fresh` when it was computed in this call.

    `held` is the value itself, or the file of the cache that holds it: of many items, memory holds only
    those whose value is looked at.
    """

    key: str
    held: bytes | Path | None
    failure: Failure | None
    fresh: bool

    @property
    def value(self) -> bytes | None:
        """The value, or None where there is a failure. Read from the cache each time.

        Raises:
            ArtifactError: the file of the cache was changed or removed since the map looked at it.
        """
        if not isinstance(self.held, Path):
            return self.held
        body = _body(self.held)
        if body is None:
            raise ArtifactError(
                f"a kept result is gone: {self.held}",
                found="no file, or other bytes than were stored",
                wanted="the scratch folder left alone while a job runs",
                next_step="run it again; only this result is computed again",
            )
        return body[1:]


def keyed_map(
    function: Callable[[Any], bytes],
    items: Sequence[Item],
    *,
    cache: Path,
    workers: int,
    limit_s: float,
    events: Events,
    unit: str = "clips",
    max_memory_bytes: int = _MAX_MEMORY_BYTES,
) -> list[Outcome]:
    """Outcomes in the order of `items`; only items whose key is not in `cache` are computed.

    `function` is importable by name and pure in its payload. A typed error becomes a failure with
    its code and is kept like a value; any other exception ("unexpected") and a process that dies or
    runs longer than `limit_s` seconds ("worker") are failures of this call only. What was computed
    before a kill is found by the next call. Each process may add `max_memory_bytes` of address space
    to its own, past which it gets MemoryError, and reaches no network.
    """
    outcomes = {item.key: outcome for item in items if (outcome := _stored(cache, item.key)) is not None}
    missing = deque({item.key: item for item in items if item.key not in outcomes}.values())
    total = len({item.key for item in items})
    num_failed = sum(outcome.failure is not None for outcome in outcomes.values())
    events.begin(done_before=len(outcomes))
    events.progress(unit, len(outcomes), total, failed=num_failed)
    pool = [Worker(function, max_memory_bytes) for _ in range(min(workers, len(missing)))]
    for item, answer in _compute(pool, missing, limit_s):
        outcome = _store(cache, item.key, answer)
        outcomes[item.key] = outcome
        num_failed += outcome.failure is not None
        events.progress(unit, len(outcomes), total, failed=num_failed)
    return [outcomes[item.key] for item in items]


def _compute(pool: Sequence[Worker], missing: deque[Item], limit_s: float) -> Iterator[tuple[Item, bytes | Failure]]:
    busy: dict[int, tuple[Item, float]] = {}
    try:
        while missing or busy:
            for index, worker in enumerate(pool):
                if index not in busy and missing:
                    item = missing.popleft()
                    worker.submit(item.payload)
                    busy[index] = (item, time.monotonic() + limit_s)
            patience_s = max(0.0, min(deadline for _, deadline in busy.values()) - time.monotonic())
            ready = wait([pool[index].pipe for index in busy], timeout=patience_s)
            now_s = time.monotonic()
            for index in list(busy):
                item, deadline_s = busy[index]
                if pool[index].pipe in ready:
                    answer = _collect(pool[index])
                elif now_s >= deadline_s:
                    pool[index].restart()
                    answer = Failure("worker", f"stopped after the limit of {limit_s:g} s")
                else:
                    continue
                del busy[index]
                yield item, answer
    finally:
        for worker in pool:
            worker.kill()


def _collect(worker: Worker) -> bytes | Failure:
    try:
        return worker.result()
    except (EOFError, ConnectionResetError):
        worker.process.join()
        code = worker.process.exitcode
        worker.restart()
        return Failure("worker", f"the process died (exit status {code}; a negative one is a signal's number)")


def _path(cache: Path, key: str) -> Path:
    return cache / key[:2] / key


def _store(cache: Path, key: str, answer: bytes | Failure) -> Outcome:
    if isinstance(answer, Failure):
        if answer.code not in _NOT_KEPT:
            _write(_path(cache, key), b"F" + f"{answer.code}\n{answer.message}".encode())
        return Outcome(key, None, answer, fresh=True)
    _write(_path(cache, key), b"V" + answer)
    return Outcome(key, _path(cache, key), None, fresh=True)


def _write(path: Path, body: bytes) -> None:
    # Not flushed item by item, which took most of the time of small items: a result that a power failure
    # tears does not match its hash and is made again. A killed process loses nothing by it.
    write_bytes(path, hashlib.sha256(body).digest() + body, durable=False)


def _body(path: Path) -> bytes | None:
    """What was stored, or None: also where the bytes do not match their hash."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    body = raw[_DIGEST_BYTES:]
    return body if hashlib.sha256(body).digest() == raw[:_DIGEST_BYTES] else None


def _stored(cache: Path, key: str) -> Outcome | None:
    path = _path(cache, key)
    body = _body(path)
    if body is None:
        return None
    if body[:1] == b"V":
        return Outcome(key, path, None, fresh=False)
    code, _, message = body[1:].decode().partition("\n")
    return Outcome(key, None, Failure(code, message), fresh=False)
