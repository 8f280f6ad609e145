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

from sv6d.batch.local_pool import unready
from sv6d.batch.work import MAX_TRIES, Failure, Lost, Slots, Work
from sv6d.batch.workers import Worker
from sv6d.errors import WorkerError
from sv6d.fingerprint import PACKAGE_ROOT, code_version

_ADDRESS = "RAY_ADDRESS"  # Ray's own; a Ray job finds it set
# Sums depend on the number of threads (Ray sets one where there is none), on a GPU on cuBLAS' workspace too.
_CARRIED = ("OMP_NUM_THREADS", "CUBLAS_WORKSPACE_CONFIG")
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_PATIENCE_S = 10.0  # ours: a free slot starts within it; past it people should know what is waited for


@dataclasses.dataclass(frozen=True, slots=True)
class Unseen:
    """Files that a machine of the cluster does not see."""

    host: str
    paths: tuple[Path, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Unready:
    """A machine of the cluster where the process of a slot can not be prepared, and why."""

    host: str
    failure: Failure


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

    def __init__(self, work: Work) -> None:
        # Ray shows an actor its GPU by this variable; a process that replaces the first one has to see it too.
        given = {_VISIBLE: os.environ[_VISIBLE]} if _VISIBLE in os.environ else {}
        self._work = work
        self._worker = Worker(work, given)

    def environment(self, files: Sequence[Path]) -> dict[str, str] | Unseen:
        """See the function of this name; or those of the files that are not to be seen here."""
        return _unseen(files) or environment()

    def answer(self, payload: Any, files: Sequence[Path]) -> bytes | Failure | Unseen | Unready:
        """What the function gives; nothing is computed where a file is not to be seen."""
        if unseen := _unseen(files):
            return unseen
        if failure := self._worker.become_ready():
            return Unready(platform.node(), failure)
        self._worker.submit(payload)
        return self._worker.answer(self._work.limit_s)


def answers(
    work: Work, payloads: Sequence[Any], *, slots: Slots, tell: Callable[[str], None]
) -> Generator[tuple[int, bytes | Failure], None, None]:
    """As `Pool`: at most `slots.num` of one core each, and of one GPU where they have one, used as the cluster
    grants them.

    Raises:
        WorkerError: there is no cluster, or a machine of it has another environment or other files, or a process
            there can not be prepared.
    """
    if not payloads:
        return
    ray = _connected()
    make_slot = partial(_actor(ray, slots).remote, work)
    made = [make_slot() for _ in range(min(slots.num, len(payloads)))]
    try:
        yield from _Round(ray, work, made, make_slot, payloads).answers(slots, tell)
    finally:
        for slot in made:
            ray.kill(slot)


class _Round:
    """The slots and what each of them is doing."""

    def __init__(
        self, ray: ModuleType, work: Work, slots: list[Any], make_slot: Callable[[], Any], payloads: Sequence[Any]
    ) -> None:
        self._ray = ray
        self._work = work
        self._slots = slots  # grows when one is lost; the caller ends them all
        self._make_slot = make_slot
        self._payloads = payloads
        self._waiting = deque(range(len(payloads)))
        self._tries: Counter[int] = Counter()
        self._here = environment()
        self._starting: dict[Any, Any] = {}  # reference: slot
        self._busy: dict[Any, tuple[Any, int]] = {}  # reference: slot, position
        for slot in slots:
            self._start(slot)

    def _start(self, slot: Any) -> None:
        files = _files(self._work.function) if self._work.is_prepared else []
        self._starting[slot.environment.remote(files)] = slot

    def answers(self, slots: Slots, tell: Callable[[str], None]) -> Generator[tuple[int, bytes | Failure], None, None]:
        if not self._ray.wait(list(self._starting), num_returns=1, timeout=_PATIENCE_S)[0]:
            kind = "a GPU and a core" if slots.with_gpu else "a core"
            tell(f"waiting for the Ray cluster: none of {len(self._starting)} slots of {kind} each was granted yet")
        while self._waiting or self._busy:
            (reference,), _ = self._ray.wait([*self._busy, *self._starting], num_returns=1)
            if reference in self._starting:
                slot = self._starting.pop(reference)
                self._admit(reference)
            else:
                slot, position = self._busy.pop(reference)
                try:
                    answer = self._settled(position, self._ray.get(reference))
                except self._ray.exceptions.RayActorError as error:
                    slot = None
                    answer = self._lost(position, f"slots of the cluster were lost with it: {error}")
                    self._slots.append(self._make_slot())
                    self._start(self._slots[-1])
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
        if isinstance(there, Unseen):
            raise _not_seen(there)
        different = sorted(name for name, value in self._here.items() if there.get(name) != value)
        if different:
            raise WorkerError(
                "a machine of the Ray cluster would compute with another environment",
                found=", ".join(f"{name} {there.get(name)}" for name in different),
                wanted=", ".join(f"{name} {self._here[name]}" for name in different),
                next_step="install the same packages and the same checkout on every machine",
            )

    def _settled(self, position: int, answer: bytes | Failure | Unseen | Unready) -> bytes | Failure | None:
        if isinstance(answer, Unseen):
            raise _not_seen(answer)
        if isinstance(answer, Unready):
            raise unready(answer.failure, f"{answer.host}, a machine of the Ray cluster")
        if isinstance(answer, Lost) and self._work.is_prepared:
            return self._lost(position, f"processes were lost with it: {answer.message}")
        return answer

    def _lost(self, position: int, what: str) -> Failure | None:
        """Put the item back, for another slot; after three times it has failed."""
        self._tries[position] += 1
        if self._tries[position] == MAX_TRIES:
            return Failure("worker", f"{MAX_TRIES} {what}")
        self._waiting.append(position)
        return None

    def _give(self, slot: Any) -> None:
        if not self._waiting:
            return
        position = self._waiting.popleft()
        payload = self._payloads[position]
        self._busy[slot.answer.remote(payload, _files(payload))] = (slot, position)


def _files(parts: Any) -> list[Path]:
    """The paths in a tuple or a dataclass that lead somewhere on this machine, also those in tuples in it."""
    if dataclasses.is_dataclass(parts):
        parts = [getattr(parts, field.name) for field in dataclasses.fields(parts)]
    nested = [path for part in parts if isinstance(part, tuple) for path in _files(part)]
    return [part for part in parts if isinstance(part, Path) and part.exists()] + nested


def _unseen(files: Sequence[Path]) -> Unseen | None:
    unseen = tuple(path for path in files if not path.exists())
    return Unseen(platform.node(), unseen) if unseen else None


def _not_seen(answer: Unseen) -> WorkerError:
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


def _actor(ray: ModuleType, slots: Slots) -> Any:
    paths = [str(PACKAGE_ROOT.parent), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    variables = {"PYTHONPATH": os.pathsep.join(paths)}
    variables |= {name: os.environ[name] for name in _CARRIED if name in os.environ}
    granted = {"num_cpus": 1, "num_gpus": int(slots.with_gpu)}
    return ray.remote(**granted, max_restarts=0, runtime_env={"env_vars": variables})(Slot)
