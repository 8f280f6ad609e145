"""A worker process that can be killed: it runs one function on one payload at a time."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from sv6d.errors import Sv6dError

# Spawned, not forked: decoders and BLAS hold threads and locks that do not survive a fork.
_CONTEXT = multiprocessing.get_context("spawn")
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_JOIN_S = 5.0  # ours: a killed process is reaped at once; past this the kernel holds it


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no value: a stable code, and a message for people."""

    code: str
    message: str


class Worker:
    """One spawned process around `function`. `restart` kills whatever it is doing."""

    def __init__(self, function: Callable[[Any], bytes]) -> None:
        self._function = function
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, self._function, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()

    def submit(self, payload: Any) -> None:
        self.pipe.send(payload)

    def result(self) -> bytes | Failure:
        """What the function returned, or why it did not. Call when the pipe is readable.

        Raises:
            EOFError: the process died before it answered.
        """
        answer: bytes | Failure = self.pipe.recv()
        return answer

    def kill(self) -> None:
        self.process.kill()
        self.process.join(_JOIN_S)
        self.pipe.close()

    def restart(self) -> None:
        self.kill()
        self._start()


def _serve(pipe: Connection, function: Callable[[Any], bytes], parent: int) -> None:
    # The parent decides: Ctrl-C reaches the whole process group, and a worker that outlives its
    # parent would go on decoding for nobody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    while True:
        try:
            payload = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(function, payload))


def _answer(function: Callable[[Any], bytes], payload: Any) -> bytes | Failure:
    try:
        return function(payload)
    except Sv6dError as error:
        return Failure(error.code, str(error))
    except Exception as error:  # noqa: BLE001 - the border of a batch: one bad item must not stop the others
        return Failure("unexpected", f"{type(error).__name__}: {error}")
