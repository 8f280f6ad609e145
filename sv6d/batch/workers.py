"""A worker process that can be killed: it does one piece of work at a time, confined."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from sv6d.batch.confine import limit_data, limit_memory, refuse_network
from sv6d.batch.work import MAX_TRIES, READY_LIMIT_S, Failure, Lost, Preparation, Work
from sv6d.errors import Sv6dError

# Spawned, not forked: decoders and BLAS hold threads and locks that do not survive a fork.
_CONTEXT = multiprocessing.get_context("spawn")
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_JOIN_S = 5.0  # ours: a killed process is reaped at once; past this the kernel holds it
# What decoders leak goes with the process. Measured: a start takes 0.5 s of CPU, a small clip 0.02 to 0.3 s.
_ITEMS_PER_PROCESS = 200
_VALUE, _FAILURE = b"V", b"F"


class Worker:
    """One spawned process around some work. `restart` kills whatever it is doing.

    The process has no network, and may add `max_memory_bytes` to what it holds when it has loaded. One that
    is prepared says so first (`become_ready`), after each restart too, and is kept; another one is replaced
    by a fresh one after 200 items.
    """

    def __init__(self, work: Work, environment: Mapping[str, str] | None = None) -> None:
        """`environment`: variables that the process has beside those of this one."""
        self._work = work
        self._environment = dict(environment or {})
        self._num_unready = 0  # processes that were lost before they were ready, since one was
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._num_items = 0
        self.is_ready = not self._work.is_prepared
        arguments = (self._environment, os.getpid(), theirs, self._work)
        self.process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def become_ready(self, patience_s: float | None = READY_LIMIT_S) -> Failure | None:
        """Wait until the process is prepared; why it will not be, or None.

        One that is lost meanwhile is started again, twice. Without patience, call it when the pipe is readable;
        it may not be ready yet then.
        """
        while not self.is_ready:
            if patience_s is not None and not self.pipe.poll(patience_s):
                return Failure("worker", "it took too long to load what it needs")
            answer = self._receive()
            if not isinstance(answer, Failure):
                self.is_ready, self._num_unready = True, 0
                break
            self._num_unready += 1
            if not isinstance(answer, Lost) or self._num_unready == MAX_TRIES:
                return answer
            self.restart()
            if patience_s is None:
                break
        return None

    def submit(self, payload: Any) -> None:
        if self._num_items == _ITEMS_PER_PROCESS and not self._work.is_prepared:
            self.restart()
        self._num_items += 1
        with suppress(BrokenPipeError, ConnectionResetError):  # it died idle: `answer` finds that out
            self.pipe.send(payload)

    def answer(self, patience_s: float | None = None) -> bytes | Failure:
        """What the function returned, or why it did not: `Lost` where the process died.

        With `patience_s`, the process is stopped when that many seconds pass first; without, call it
        when the pipe is readable.
        """
        if patience_s is not None and not self.pipe.poll(patience_s):
            return self.stop(patience_s)
        answer = self._receive()
        if isinstance(answer, Lost):
            self.restart()
        return answer

    def _receive(self) -> bytes | Failure:
        try:
            answer = self.pipe.recv_bytes()
        except (EOFError, ConnectionResetError):
            self.process.join()
            status = self.process.exitcode
            return Lost("worker", f"the process died (exit status {status}; a negative one is a signal's number)")
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


def _serve(environment: Mapping[str, str], parent: int, pipe: Connection, work: Work) -> None:
    # Before anything looks for a GPU: CUDA reads which ones it may see once.
    os.environ.update(environment)
    # The parent decides: Ctrl-C reaches the whole process group, and a worker that outlives its
    # parent would go on decoding for nobody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    refuse_network()
    function = work.function
    if isinstance(function, Preparation):
        made_ready = _made_ready(function)
        if isinstance(made_ready, Failure):
            _send(pipe, made_ready)
            return
        function = made_ready
        # An address space limit would stop CUDA, which reserves more of it than any machine has memory.
        limit_data(work.max_memory_bytes)
        _send(pipe, b"")
    else:
        limit_memory(work.max_memory_bytes)
    while True:
        try:
            payload = pipe.recv()
        except EOFError:
            return
        _send(pipe, _answer(function, payload))


def _send(pipe: Connection, answer: bytes | Failure) -> None:
    # Bytes, never objects: a process that read a crafted file must not choose what its parent unpickles.
    if isinstance(answer, Failure):
        text = f"{answer.code}\n{answer.message}".encode(errors="replace")
        pipe.send_bytes(_FAILURE + text)
    else:
        pipe.send_bytes(_VALUE + answer)


def _made_ready(preparation: Preparation) -> Callable[[Any], bytes] | Failure:
    try:
        return preparation.ready()
    except Sv6dError as error:
        return Failure(error.code, str(error))
    except Exception as error:  # noqa: BLE001 - as below: told to the parent, which ends the map
        return Failure("unexpected", f"{type(error).__name__}: {error}")


def _answer(function: Callable[[Any], bytes], payload: Any) -> bytes | Failure:
    try:
        return function(payload)
    except Sv6dError as error:
        return Failure(error.code, str(error))
    except Exception as error:  # noqa: BLE001 - the border of a batch: one bad item must not stop the others
        return Failure("unexpected", f"{type(error).__name__}: {error}")
