"""What a job says while it runs: events for Dagster and MLflow, and the log for people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import orjson

from assets.resources.launcher import Listener

_BLOCK_BYTES = 1 << 20


class Events:
    """Complete lines of the growing file of a job's events, handed on."""

    def __init__(self, path: Path, listen: Listener) -> None:
        path.write_bytes(b"")
        self._stream: IO[bytes] = path.open("rb", buffering=0)
        self._rest = b""
        self._listen = listen

    def relay(self) -> None:
        *lines, self._rest = (self._rest + self._stream.read()).split(b"\n")
        for line in lines:
            self._listen(orjson.loads(line))


class Log:
    """A job's output: in memory, and from there in the file `path`.

    In memory, because a job that finds the disk full must still be able to say so.
    """

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self.stream = stream
        self._num_copied = 0

    def relay(self) -> None:
        """Copy what is new to the file, as far as the disk takes it."""
        # Never by the stream's own position: the job writes there.
        while block := os.pread(self.stream.fileno(), _BLOCK_BYTES, self._num_copied):
            self._num_copied += len(block)
            with suppress(OSError), self.path.open("ab") as file:
                file.write(block)

    def text(self) -> str:
        """All of it."""
        return os.pread(self.stream.fileno(), os.fstat(self.stream.fileno()).st_size, 0).decode(errors="replace")


@contextmanager
def job_log(path: Path) -> Iterator[Log]:
    """The log of one job, which is complete in its file when the block ends."""
    with suppress(OSError):
        path.write_bytes(b"")
    with os.fdopen(os.memfd_create(path.name), "w+b", buffering=0) as stream:
        log = Log(path, stream)
        try:
            yield log
        finally:
            log.relay()
