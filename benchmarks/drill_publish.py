"""A disk that is full, or fails, at each n-th write of publishing and of its recovery: the old version or the new.

A materialization spends nearly all of its time before it publishes. Here what a job has made is laid out by copying,
and the doors run in processes that are forked with everything loaded, so that a trial takes seconds and every write
can be tried.
"""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.drill_project import CHECKOUT, DrillProject

# The cheapest artifact that has weights: MLflow's registry of models is written too.
WORD = "base_model"
PHASES = ("publish", "recover")
ERRORS = (errno.ENOSPC, errno.EIO)
_DRIVER = Path(__file__).with_name("publishing_driver.py")
# What a trial changes; code and settings stay.
_CHANGED = (".dagster", ".dvc", ".work", "data", "dvc.lock", "leases", "mlflow.db", "packages.yaml", "signatures")
_CACHE = "/.dvc/cache/files/"


@dataclass(frozen=True, slots=True)
class Try:
    """Which write is refused how: see `Trial`."""

    phase: str
    number: int
    error: int


@dataclass
class Trial:
    """One publishing, or one recovery, whose n-th write was refused.

    Attributes:
        phase: "publish": an artifact is made; "recover": a door comes to one that was exchanged and not recorded.
        error: "ENOSPC" (that write and all after it) or "EIO" (that one).
        number: which write, from 1.
        where: the call and the file below the project's folder.
        status: exit status of the process.
        told: it was 0, or the message names the file and the bytes that are free, without a traceback.
        state: the version of the published folder: "old", "new", or "between" where it fits neither.
        lock: likewise for dvc.lock.
        locks: locks that some process still held.
        settled: the next door, on a good disk, had the new version published, recorded and signed, with all records
            in agreement, and no run was left open.
        num_tries: how many there are in all.
        output: what the two processes printed, where something of it is not as it should be.
    """

    phase: str
    error: str
    number: int
    where: str
    status: int
    told: bool
    state: str
    lock: str
    locks: int
    settled: bool
    num_tries: int
    output: str

    @property
    def is_right(self) -> bool:
        return self.told and "between" not in (self.state, self.lock) and not self.locks and self.settled


class Publishing:
    """The project before a publishing and before a recovery, and the process that does either."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.project = DrillProject(folder / "project")
        self._driver: subprocess.Popen[str] | None = None
        self._digests: dict[str | None, str] = {}
        self._md5s: dict[str, str] = {}
        self._writes: dict[str, list[str]] = {}

    @classmethod
    @contextmanager
    def prepared(cls, folder: Path) -> Iterator[Publishing]:
        """Made below `folder`, or found there; its process ends with the block."""
        publishing = cls(folder)
        if not (folder / "versions.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            publishing._make()
        versions = json.loads((folder / "versions.json").read_text())
        publishing._digests, publishing._md5s = versions["digests"], versions["md5s"]
        publishing._restore("publish")
        publishing._start()
        try:
            if not (folder / "writes.json").exists():
                publishing._cut_off()
                (folder / "writes.json").write_text(json.dumps({phase: publishing.writes(phase) for phase in PHASES}))
            publishing._writes = json.loads((folder / "writes.json").read_text())
            yield publishing
        finally:
            publishing._stop()

    def tries(self) -> list[Try]:
        """Every write with every error: first those of files, then those of databases from coarse steps to fine ones.

        So the first n of them are always spread evenly.
        """
        found = [
            (_is_of_database(where), -(number & -number), number, phase, error)
            for phase in PHASES
            for number, where in enumerate(self._writes[phase], start=1)
            for error in ERRORS
        ]
        return [Try(phase, number, error) for _, _, number, phase, error in sorted(found)]

    def where(self, given: Try) -> str:
        """The call and the file below the project's folder, of a run that nobody disturbs."""
        return self._writes[given.phase][given.number - 1]

    def writes(self, phase: str) -> list[str]:
        """What an undisturbed publishing or recovery writes, in order: calls and files below the project's folder.

        Raises:
            RuntimeError: it failed.
        """
        self._restore(phase)
        answer = self._ask(phase, fails_at=0, error=errno.EIO)
        if answer["status"]:
            raise RuntimeError(answer["output"])
        return [" ".join(write) for write in answer["seen"]]

    def refuse(self, given: Try) -> Trial:
        """Refuse a write, look at what is left, and let the next door settle it."""
        phase, number, error = given.phase, given.number, given.error
        self._restore(phase)
        answer = self._ask(phase, fails_at=number, error=error)
        state, lock, locks = self._state(), self._lock(), len(self.project.locks_held())
        told = answer["status"] == 0 or (
            "cannot write" in answer["output"]
            and "bytes are free" in answer["output"]
            and "Traceback" not in answer["output"]
        )
        after = self._ask("settle")
        closed = "RUNNING" not in self.project.mlflow_runs() and "STARTED" not in self.project.dagster_runs().values()
        agreed = after["status"] == 0 and "finding:" not in after["output"]
        settled = closed and agreed and (self._state(), self._lock()) == ("new", "new")
        where = " ".join(answer["seen"][number - 1]) if number <= len(answer["seen"]) else "past the last write"
        trial = Trial(
            phase=phase,
            error=errno.errorcode[error],
            number=number,
            where=where,
            status=answer["status"],
            told=told,
            state=state,
            lock=lock,
            locks=locks,
            settled=settled,
            num_tries=sum(map(len, self._writes.values())) * len(ERRORS),
            output="",
        )
        if not trial.is_right:
            trial.output = f"{answer['output']}\n-- the next door:\n{after['output']}"
        return trial

    def _make(self) -> None:
        project = DrillProject.create(self.project.root)
        (project.root / "leases").mkdir()
        project.run("-m", "jobs.materialize", WORD)
        versions: dict[str, dict[str, str]] = {"digests": {}, "md5s": {}}

        def note(name: str) -> None:
            versions["digests"][str(project.digest(WORD))] = name
            versions["md5s"][_md5(project)] = name

        note("old")
        self._keep("publish")
        # The shipped model again, as a folder of one's own: another name on the card.
        shutil.copytree(project.root / "sv6d" / "model" / "tiny" / "model", self._folder / "another")
        project.set(WORD, name=str(self._folder / "another"))
        project.run("-m", "jobs.materialize", WORD)
        note("new")
        shutil.copytree(project.root / "data" / WORD, self._folder / "made")
        shutil.copy2(project.root / "dvc.lock", self._folder)
        settings = yaml.safe_load((project.root / "runtime.yaml").read_text())
        (project.root / "runtime.yaml").write_text(yaml.safe_dump({**settings, "launcher": "staged"}))
        (self._folder / "versions.json").write_text(json.dumps(versions))

    def _cut_off(self) -> None:
        """The state between exchange and record: dvc.lock could not be written."""
        self._restore("publish")
        seen = self._ask("publish", fails_at=0, error=errno.EIO)["seen"]
        self._restore("publish")
        at = next(number for number, (_, path) in enumerate(seen, start=1) if path == "dvc.lock")
        self._ask("publish", fails_at=at, error=errno.ENOSPC)
        if (self._state(), self._lock()) != ("new", "old"):
            raise RuntimeError(f"the folder is {self._state()}, dvc.lock {self._lock()}: nothing to recover")
        self._keep("recover")

    def _keep(self, phase: str) -> None:
        shutil.rmtree(self._folder / phase, ignore_errors=True)  # of a preparation that was ended
        _copy(self.project.root, self._folder / phase)

    def _restore(self, phase: str) -> None:
        for name in _CHANGED:
            place = self.project.root / name
            if place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
        _copy(self._folder / phase, self.project.root)

    def _start(self) -> None:
        environment = self.project.environment()
        self._driver = subprocess.Popen(
            [sys.executable, str(_DRIVER), WORD, str(self._folder / "made"), str(self._folder / "dvc.lock")],
            cwd=self.project.root,
            env={
                **environment,
                "PYTHONPATH": f"{self.project.root}:{CHECKOUT}",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _stop(self) -> None:
        if self._driver is not None:
            self._driver.communicate()

    def _ask(self, what: str, **arguments: Any) -> dict[str, Any]:
        assert self._driver is not None
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self._driver.stdin.flush()
        answer: dict[str, Any] = json.loads(self._driver.stdout.readline())
        return answer

    def _state(self) -> str:
        if not self.project.is_whole(WORD):
            return "between"
        return self._digests.get(self.project.digest(WORD), "between")

    def _lock(self) -> str:
        recorded = self.project.recorded()
        return self._md5s.get(_md5(self.project), "between") if set(recorded) == {WORD} else "between"


def _is_of_database(where: str) -> bool:
    return ".db" in where or ".dvc/tmp" in where or ".dagster" in where


def _md5(project: DrillProject) -> str:
    md5: str = project.recorded()[WORD]["outs"][0]["md5"]
    return md5


def _copy(origin: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in _CHANGED:
        if (origin / name).is_dir():
            shutil.copytree(origin / name, target / name, symlinks=True, copy_function=_copy_file)
        elif (origin / name).is_file():
            shutil.copy2(origin / name, target / name)


def _copy_file(origin: str, target: str) -> None:
    """Objects of DVC's cache are replaced, never written into: a link is as good as a copy."""
    if _CACHE in origin:
        Path(target).hardlink_to(origin)
    else:
        shutil.copy2(origin, target)
