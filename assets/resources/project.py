"""Where a project keeps things: every path that more than one adapter needs."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.resources.errors import BusyError


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout with its artifacts. The code that is imported and the data are those of one folder."""

    root: Path

    @property
    def checkout(self) -> Path:
        """The folder that everything of the project lies in, also what is pinned."""
        return self.root

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def work(self) -> Path:
        return self.root / ".work"

    @property
    def inputs(self) -> Path:
        return self.root / "inputs"

    @property
    def sources(self) -> Path:
        return self.inputs / "sources.json"

    @property
    def params(self) -> Path:
        return self.root / "params.yaml"

    def job_folder(self, name: str) -> Path:
        """Staging folder, journal, events and log of one job; on the file system of `data`."""
        return self.work / "jobs" / name

    def staging(self, name: str) -> Path:
        return self.job_folder(name) / "staging"

    def pinned(self, name: str) -> Path:
        """What a job reads, held still while it runs."""
        return self.job_folder(name) / "pinned"

    def kept_source(self, sha256: str) -> Path:
        """Where a copy of a source file is kept while jobs may need it."""
        return self.work / "pinned_sources" / sha256[:2] / sha256

    def clear(self, name: str) -> None:
        """Remove what a job of that name has left: what it made and what it read."""
        for folder in (self.staging(name), self.pinned(name)):
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def alone(self, name: str, *, wait: bool = False) -> Iterator[None]:
        """Hold the lock of that name; the kernel frees it when the process ends, however it ends.

        Raises:
            BusyError: another process holds it and `wait` is false.
        """
        folder = self.job_folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise BusyError(
                    f"{name} is being made by another run",
                    found=f"a lock on {folder / 'lock'}",
                    wanted="one run per artifact at a time",
                    next_step="wait for the other run to end, or stop it (Ctrl-C, or Terminate in the UI)",
                ) from error
            yield


# The checkout that this file lies in.
HERE = Project(Path(__file__).resolve().parents[2])
