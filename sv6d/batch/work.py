"""What is spread: the work on an item, the places where it is done, and what comes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# Ours: a machine may go away once or twice; an item that takes three processes along is the item's fault.
MAX_TRIES = 3
# Ours: 64 processes that read 16 GB of weights each from one file server of 1 GB/s take a third of it.
READY_LIMIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no value: a stable code, and a message for people."""

    code: str
    message: str


class Lost(Failure):
    """The process that worked on the item is gone, and not because it took too long."""


class Preparation(ABC):
    """What a process does once, before its first item: load a model.

    Picklable and importable by name, in a module that is light to import: it is made by the job and sent
    to each process. A machine has to see every path among the fields of a dataclass.
    """

    @abstractmethod
    def ready(self) -> Callable[[Any], bytes]:
        """Load what the items need. What comes back is pure in its payload.

        Raises:
            Sv6dError: it can not be loaded; that ends the map, for no item is to blame.
        """


@dataclass(frozen=True, slots=True)
class Work:
    """What a process does with each item, and what it may take.

    Attributes:
        function: importable by name and pure in its payload; or what gives such a function once it is ready.
        limit_s: wall time for one item, without the preparation.
        max_memory_bytes: what a process may add to what it holds when it has loaded.
    """

    function: Callable[[Any], bytes] | Preparation
    limit_s: float
    max_memory_bytes: int

    @property
    def is_prepared(self) -> bool:
        """Whether its processes are dear: prepared once, never replaced without need, and when one is lost
        its item is given to another."""
        return isinstance(self.function, Preparation)


@dataclass(frozen=True, slots=True)
class Slots:
    """Places for processes that work at the same time.

    Attributes:
        num: how many at most, over all machines.
        with_gpu: each has a GPU of its own (and sees no other), or none is meant for any.
    """

    num: int
    with_gpu: bool = False


class Pool(Protocol):
    """A place for workers: processes here, or on the machines of a cluster."""

    def __call__(
        self, work: Work, payloads: Sequence[Any], *, slots: Slots, tell: Callable[[str], None]
    ) -> Generator[tuple[int, bytes | Failure], None, None]:
        """(position, what the function gave) of every payload, in the order in which they are done.

        Closing the generator kills what is still running. `tell` hears what people should know while
        they wait.

        Raises:
            WorkerError: a process can not be made ready for its work.
        """
