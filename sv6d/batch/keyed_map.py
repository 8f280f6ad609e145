"""The keyed per-item map: a result is found by its key, or made once in a killable process."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sv6d.batch import local_pool, ray_pool
from sv6d.batch.work import Failure, Pool, Preparation, Slots, Work
from sv6d.errors import ArtifactError, ConfigError
from sv6d.events import Events
from sv6d.io import write_bytes

# Where items are computed; a launcher sets it, and it never bears on a result.
_ENV_SPREAD = "SV6D_SPREAD"
_POOLS: dict[str, Pool] = {"local": local_pool.answers, "ray": ray_pool.answers}
_DIGEST_BYTES = 32
# Failures of these codes depend on the moment (memory, a killed process, scratch that is gone), not on the item.
_NOT_KEPT = frozenset({"artifact", "unexpected", "worker"})
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
    those whose value is looked at. The map gives files.
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
        return kept(self.held) if isinstance(self.held, Path) else self.held


def kept(path: Path) -> bytes:
    """The value in a file of the cache (`Outcome.held`), here or on any machine that sees it.

    Raises:
        ArtifactError: the file was changed or removed since the map looked at it.
    """
    body = _body(path)
    if body is None:
        raise ArtifactError(
            f"a kept result is gone: {path}",
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

    `SV6D_SPREAD=ray` spreads the processes over the Ray cluster at `RAY_ADDRESS`; values are the same.

    Raises:
        ConfigError: `SV6D_SPREAD` names no pool.
        WorkerError: the Ray cluster can not be used.
    """
    work = Work(function, limit_s, max_memory_bytes)
    return _map(work, items, cache, Slots(workers), events, unit, _payloads)


def prepared_map(
    preparation: Preparation,
    items: Sequence[Item],
    *,
    cache: Path,
    slots: Slots,
    limit_s: float,
    max_memory_bytes: int,
    events: Events,
    unit: str,
    fetch: Callable[[Sequence[Item]], Sequence[Any]],
) -> list[Outcome]:
    """As `keyed_map`, by processes that are dear: each makes itself ready once, by `preparation`, and is kept.

    When one is lost, its item is given to another; an item that takes three along has failed ("worker").
    `fetch` is called once, with the items that are missing, and gives the payload of each. The memory is
    counted from when a process is ready, and only what it writes to.

    Raises:
        ConfigError: `SV6D_SPREAD` names no pool.
        WorkerError: the Ray cluster can not be used, or a process can not be made ready.
    """
    return _map(Work(preparation, limit_s, max_memory_bytes), items, cache, slots, events, unit, fetch)


def _payloads(items: Sequence[Item]) -> list[Any]:
    return [item.payload for item in items]


def _map(
    work: Work,
    items: Sequence[Item],
    cache: Path,
    slots: Slots,
    events: Events,
    unit: str,
    fetch: Callable[[Sequence[Item]], Sequence[Any]],
) -> list[Outcome]:
    outcomes = {item.key: outcome for item in items if (outcome := _stored(cache, item.key)) is not None}
    missing = list({item.key: item for item in items if item.key not in outcomes}.values())
    total = len({item.key for item in items})
    num_failed = sum(outcome.failure is not None for outcome in outcomes.values())
    payloads = fetch(missing)
    events.begin(done_before=len(outcomes))
    events.progress(unit, len(outcomes), total, failed=num_failed)
    computed = _pool()(work, payloads, slots=slots, tell=events.message)
    with closing(computed):
        for position, answer in computed:
            outcome = _store(cache, missing[position].key, answer)
            outcomes[outcome.key] = outcome
            num_failed += outcome.failure is not None
            events.progress(unit, len(outcomes), total, failed=num_failed)
    return [outcomes[item.key] for item in items]


def over_cluster() -> bool:
    """Whether work is spread over machines, and not done by this one alone."""
    return os.environ.get(_ENV_SPREAD) == "ray"


def _pool() -> Pool:
    name = os.environ.get(_ENV_SPREAD) or "local"
    if name not in _POOLS:
        raise ConfigError(
            f"{_ENV_SPREAD} names no way to spread work",
            found=name,
            wanted=" or ".join(_POOLS),
            next_step=f"correct or remove {_ENV_SPREAD}",
        )
    return _POOLS[name]


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
