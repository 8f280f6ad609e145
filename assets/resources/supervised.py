"""Start a command under the supervisor, and end it with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from assets.resources import supervisor

# ours: a training job writes no checkpoint on TERM (the last complete one is kept), it only has to leave
GRACE_S = 3.0
# After the grace the supervisor waits as long where the kernel holds a killed process; and a busy machine is slow.
_HELD_S = supervisor.KILL_LIMIT_S + 5.0
_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def supervised(
    command: Sequence[str],
    *,
    output: IO[bytes],
    folder: Path,
    environment: Mapping[str, str],
    inherited: Collection[int] = (),
    grace_s: float = GRACE_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """The supervisor of `command`, which leads a session and a process group of its own.

    At the end of the block, whatever ends it, the group gets TERM and `grace_s` later all that is left of
    it KILL; likewise when this process is killed. `inherited` are open files that stay open as long as the
    command does: a lock in them is held until the last of its processes is gone.
    """
    theirs, ours = os.pipe()
    # An interrupt between the start of the process and the block that ends it would leave it running.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", supervisor.__file__, str(theirs), str(grace_s), *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(theirs, *inherited),
        )
        os.close(theirs)
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            yield process
        finally:
            os.close(ours)  # the supervisor sees it, as it would if we were killed
            _wait_for_the_end(process, grace_s + _HELD_S)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _wait_for_the_end(process: subprocess.Popen[bytes], limit_s: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(limit_s)
    # Of a supervisor that was itself killed, or is stopped.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
