"""The memory and the time of a supervised job: looked at while it runs, on the machine where it runs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from assets.resources.errors import MemoryLimitError, TimeLimitError
from assets.resources.session_memory import held_bytes

_POLL_S = 0.2  # ours: a person sees progress at once, and 5 looks a second cost nothing
_MEMORY_LOOK_S = 1.0  # measured: a look at 200 processes takes 3 ms
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Limits:
    """What a job may take.

    Attributes:
        name: of the job.
        memory_bytes: what all processes of its session may hold.
        num_workers: how many of them that allows for.
        time_s: wall time.
    """

    name: str
    memory_bytes: int
    num_workers: int
    time_s: float

    def follow(self, process: subprocess.Popen[bytes], relays: Sequence[Callable[[], None]] = ()) -> int:
        """The exit status of the job whose supervisor that is; `relays` are called while it runs.

        Raises:
            MemoryLimitError, TimeLimitError: it went beyond a limit. Whoever supervises it ends it.
        """
        started_s = looked_s = time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_POLL_S)
            for relay in relays:
                relay()
            now_s = time.monotonic()
            if now_s - started_s > self.time_s:
                raise TimeLimitError(
                    f"the job {self.name} was stopped: it took too long",
                    found=f"{now_s - started_s:.0f} s and not at its end",
                    wanted=f"at most {self.time_s:.0f} s",
                    next_step=self._raise_it("time_limit_h"),
                )
            if now_s - looked_s < _MEMORY_LOOK_S:
                continue
            looked_s = now_s
            if (held := held_bytes(process.pid, self.memory_bytes)) > self.memory_bytes:
                workers = f" with {self.num_workers} workers" if self.num_workers else ""
                fewer = "; fewer workers take less (SV6D_WORKERS)" if self.num_workers else ""
                raise MemoryLimitError(
                    f"the job {self.name} was stopped: it took too much memory",
                    found=f"{held / _MB:.0f} MB in all of its processes",
                    wanted=f"at most {self.memory_bytes / _MB:.0f} MB{workers}",
                    next_step=self._raise_it("memory_gb") + fewer,
                )

    def _raise_it(self, field: str) -> str:
        return (
            "what it finished is kept and used by the next run; "
            f"needs.{self.name}.{field} in runtime.yaml raises the limit"
        )
