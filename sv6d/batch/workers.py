"""A worker process that can be killed: it runs one function on one payload at a time, confined."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

from sv6d.batch.confine import limit_memory, refuse_network
from sv6d.errors import Sv6dError

# Spawned, not forked: decoders and BLAS hold threads and locks that do not survive a fork.
_CONTEXT = multiprocessing.get_context("spawn")
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_JOIN_S = 5.0  # ours: a killed process is reaped at once; past this the kernel holds it
# What decoders leak goes with the process. Measured: a start takes 0.5 s of CPU, a small clip 0.02 to 0.3 s.
_ITEMS_PER_PROCESS = 200
_VALUE, _FAILURE = b"V", b"F"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no value: a stable code, and a message for people."""

    code: str
    message: str


class Pool(Protocol):
    """A place for workers: processes here, or on the machines of a cluster."""

    def __call__(
        self,
        function: Callable[[Any], bytes],
        payloads: Sequence[Any],
        *,
        workers: int,
        limit_s: float,
        max_memory_bytes: int,
    ) -> Generator[tuple[int, bytes | Failure], None, None]:
        """(position, what the function gave) of every payload, in the order in which they are done.

        Closing the generator kills what is still running.
        """


class Worker:
    """One spawned process around `function`. `restart` kills whatever it is doing.

    The process may add `max_memory_bytes` of address space to what it holds when it has loaded, has
    no network, and is replaced by a fresh one after 200 items.
    """

    def __init__(self, function: Callable[[Any], bytes], max_memory_bytes: int) -> None:
        self._function = function
        self._max_memory_bytes = max_memory_bytes
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._num_items = 0
        arguments = (theirs, self._function, self._max_memory_bytes, os.getpid())
        self.process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def submit(self, payload: Any) -> None:
        if self._num_items == _ITEMS_PER_PROCESS:
            self.restart()
        self._num_items += 1
        self.pipe.send(payload)

    def answer(self, patience_s: float | None = None) -> bytes | Failure:
        """What the function returned, or why it did not: also where the process died.

        With `patience_s`, the process is stopped when that many seconds pass first; without, call it
        when the pipe is readable.
        """
        if patience_s is not None and not self.pipe.poll(patience_s):
            return self.stop(patience_s)
        try:
            answer = self.pipe.recv_bytes()
        except (EOFError, ConnectionResetError):
            self.process.join()
            status = self.process.exitcode
            self.restart()
            return Failure("worker", f"the process died (exit status {status}; a negative one is a signal's number)")
        if answer.startswith(_VALUE):
            return answer[1:]
        code, _, message = answer[1:].decode().partition("\n")
        return Failure(code, message)

    def stop(self, limit_s: float) -> Failure:
        """Kill what has run past its limit, and be ready for the next payload."""
        self.restart()
        return Failure("worker", f"stopped after the limit of {limit_s:g} s")

    def kill(self) -> None:
        self.process.kill()
        self.process.join(_JOIN_S)
        self.pipe.close()

    def restart(self) -> None:
        self.kill()
        self._start()


def _serve(pipe: Connection, function: Callable[[Any], bytes], max_memory_bytes: int, parent: int) -> None:
    # The parent decides: Ctrl-C reaches the whole process group, and a worker that outlives its
    # parent would go on decoding for nobody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    refuse_network()
    limit_memory(max_memory_bytes)
    while True:
        try:
            payload = pipe.recv()
        except EOFError:
            return
        answer = _answer(function, payload)
        # Bytes, never objects: a process that read a crafted file must not choose what its parent unpickles.
        if isinstance(answer, Failure):
            text = f"{answer.code}\n{answer.message}".encode(errors="replace")
            pipe.send_bytes(_FAILURE + text)
        else:
            pipe.send_bytes(_VALUE + answer)


def _answer(function: Callable[[Any], bytes], payload: Any) -> bytes | Failure:
    try:
        return function(payload)
    except Sv6dError as error:
        return Failure(error.code, str(error))
    except Exception as error:  # noqa: BLE001 - the border of a batch: one bad item must not stop the others
        return Failure("unexpected", f"{type(error).__name__}: {error}")
