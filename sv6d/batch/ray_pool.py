"""Work spread over the machines of a Ray cluster: in each slot the same confined process as here.

A value must be the same wherever it is computed, so a machine that would compute with other code or
other packages is refused, and so is one that does not see the files.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from sv6d.batch.workers import Failure, Worker
from sv6d.errors import WorkerError
from sv6d.fingerprint import PACKAGE_ROOT, code_version

_ADDRESS = "RAY_ADDRESS"  # Ray's own; a Ray job finds it set
_THREADS = "OMP_NUM_THREADS"  # Ray sets another one where there is none; sums depend on it
# Ours: a machine may go away once or twice; an item that takes three slots along is the item's fault.
_MAX_TRIES = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Unseen:
    """Files that a machine of the cluster does not see."""

    host: str
    paths: tuple[Path, ...]


def environment() -> dict[str, str]:
    """What bears on values beside code and payload: interpreter, machine, this package's files, versions."""
    versions = {dist.metadata["Name"]: dist.version for dist in metadata.distributions()}
    own = [path for path in PACKAGE_ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "sv6d": code_version(own),
        **versions,
    }


class Slot:
    """An actor: one place on one machine, with a worker process beside it. Ray makes it by name."""

    def __init__(self, function: Callable[[Any], bytes], max_memory_bytes: int, limit_s: float) -> None:
        self._worker = Worker(function, max_memory_bytes)
        self._limit_s = limit_s

    def environment(self) -> dict[str, str]:
        return environment()

    def answer(self, payload: Any, files: Sequence[Path]) -> bytes | Failure | Unseen:
        """What the function gives; nothing is computed where a file is not to be seen."""
        if unseen := tuple(path for path in files if not path.exists()):
            return Unseen(platform.node(), unseen)
        self._worker.submit(payload)
        return self._worker.answer(self._limit_s)


def answers(
    function: Callable[[Any], bytes], payloads: Sequence[Any], *, workers: int, limit_s: float, max_memory_bytes: int
) -> Generator[tuple[int, bytes | Failure], None, None]:
    """As `Pool`: at most `workers` slots of one CPU each, used as the cluster grants them.

    Raises:
        WorkerError: there is no cluster, or a machine of it has another environment or other files.
    """
    if not payloads:
        return
    ray = _connected()
    make_slot = partial(_actor(ray).remote, function, max_memory_bytes, limit_s)
    slots = [make_slot() for _ in range(min(workers, len(payloads)))]
    try:
        yield from _Round(ray, slots, make_slot, payloads).answers()
    finally:
        for slot in slots:
            ray.kill(slot)


class _Round:
    """The slots and what each of them is doing."""

    def __init__(self, ray: ModuleType, slots: list[Any], make_slot: Callable[[], Any], payloads: Sequence[Any]):
        self._ray = ray
        self._slots = slots  # grows when one is lost; the caller ends them all
        self._make_slot = make_slot
        self._payloads = payloads
        self._waiting = deque(range(len(payloads)))
        self._tries: Counter[int] = Counter()
        self._here = environment()
        self._starting = {slot.environment.remote(): slot for slot in slots}
        self._busy: dict[Any, tuple[Any, int]] = {}  # reference: slot, position

    def answers(self) -> Generator[tuple[int, bytes | Failure], None, None]:
        while self._waiting or self._busy:
            (reference,), _ = self._ray.wait([*self._busy, *self._starting], num_returns=1)
            if reference in self._starting:
                slot = self._starting.pop(reference)
                self._admit(reference)
            else:
                slot, position = self._busy.pop(reference)
                try:
                    answer = self._ray.get(reference)
                except self._ray.exceptions.RayActorError as error:
                    slot = None
                    answer = self._lost(position, error)
                if isinstance(answer, Unseen):
                    raise _unseen(answer)
                if answer is not None:
                    yield position, answer
            if slot is not None:
                self._give(slot)

    def _admit(self, reference: Any) -> None:
        try:
            there = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise WorkerError(
                "a worker can not be started on the Ray cluster",
                found=str(error),
                wanted="the environment and the checkout of this project at the same paths on every machine",
                next_step="docs/operations.md, Ray: what every machine needs",
            ) from error
        different = sorted(name for name, value in self._here.items() if there.get(name) != value)
        if different:
            raise WorkerError(
                "a machine of the Ray cluster would compute with another environment",
                found=", ".join(f"{name} {there.get(name)}" for name in different),
                wanted=", ".join(f"{name} {self._here[name]}" for name in different),
                next_step="install the same packages and the same checkout on every machine",
            )

    def _give(self, slot: Any) -> None:
        if not self._waiting:
            return
        position = self._waiting.popleft()
        payload = self._payloads[position]
        self._busy[slot.answer.remote(payload, _files(payload))] = (slot, position)

    def _lost(self, position: int, error: Exception) -> Failure | None:
        """Put the item back and ask for another slot; after three times the item has failed."""
        slot = self._make_slot()
        self._slots.append(slot)
        self._starting[slot.environment.remote()] = slot
        self._tries[position] += 1
        if self._tries[position] == _MAX_TRIES:
            return Failure("worker", f"{_MAX_TRIES} slots of the cluster were lost with it: {error}")
        self._waiting.append(position)
        return None


def _files(payload: Any) -> list[Path]:
    """The paths in a payload (a tuple or a dataclass) that lead somewhere on this machine."""
    if dataclasses.is_dataclass(payload):
        payload = [getattr(payload, field.name) for field in dataclasses.fields(payload)]
    return [value for value in payload if isinstance(value, Path) and value.exists()]


def _unseen(answer: Unseen) -> WorkerError:
    return WorkerError(
        f"the machine {answer.host} of the Ray cluster does not see the files of this one",
        found=f"nothing at {', '.join(map(str, answer.paths))}",
        wanted="the same files at the same paths on every machine",
        next_step="mount the project and the folders of the videos there as they are mounted here",
    )


def _connected() -> ModuleType:
    try:
        import ray
    except ImportError as error:
        raise WorkerError(
            "work can not be spread over Ray",
            found="Ray is not installed here",
            wanted="the environment of the cluster",
            next_step="pip install 'sv6d[ray]', or remove SV6D_SPREAD",
        ) from error
    if not ray.is_initialized():
        on_term = signal.getsignal(signal.SIGTERM)
        try:
            ray.init(address=os.environ.get(_ADDRESS) or "auto", log_to_driver=False, logging_level="ERROR")
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise WorkerError(
                "there is no Ray cluster to spread work over",
                found=str(error),
                wanted=f"a cluster at {_ADDRESS}, or one that runs on this machine",
                next_step=f"start it, correct {_ADDRESS}, or remove SV6D_SPREAD",
            ) from error
        signal.signal(signal.SIGTERM, on_term)  # Ray puts its own in place; ours ends the job tidily
    module: ModuleType = ray
    return module


def _actor(ray: ModuleType) -> Any:
    paths = [str(PACKAGE_ROOT.parent), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    variables = {"PYTHONPATH": os.pathsep.join(paths)}
    if threads := os.environ.get(_THREADS):
        variables[_THREADS] = threads
    return ray.remote(num_cpus=1, max_restarts=0, runtime_env={"env_vars": variables})(Slot)
