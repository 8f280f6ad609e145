"""Errors of the adapters, in the one tree."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from traceback import walk_tb

from sv6d.errors import StorageError, Sv6dError
from sv6d.io import DISK_ERRORS, storage_error

# Packages that keep databases, as people know them.
_KEEPERS = {"dagster": "Dagster", "mlflow": "MLflow", "diskcache": "DVC"}
# The third is what it says where a file beside the database cannot be made (measured: `make drill`).
_SQLITE_DISK_ERRORS = frozenset({"database or disk is full", "disk I/O error", "unable to open database file"})


class JobError(Sv6dError):
    """A job process ended without a sealed staging folder."""

    code = "job"


class MemoryLimitError(JobError):
    """A job held more memory than was declared for it."""

    code = "memory_limit"


class TimeLimitError(JobError):
    """A job ran longer than was declared for it."""

    code = "time_limit"


class TooFewGpusError(JobError):
    """A job needs more devices than the machine has."""

    code = "too_few_gpus"


class BusyError(Sv6dError):
    """Another process is making the same artifact."""

    code = "busy"


class JournalError(Sv6dError):
    """What a run has left in its journal cannot be understood."""

    code = "journal"


class ChangedInputsError(Sv6dError):
    """Inputs, code or settings changed while a job was running."""

    code = "changed_inputs"


class CheckFailedError(Sv6dError):
    """A blocking check refused what a job made."""

    code = "check"


class LineageError(Sv6dError):
    """DVC and the project disagree about what there is to record."""

    code = "lineage"


def disk_error(error: BaseException) -> StorageError | None:
    """What the disk refused, where that is what stands behind an error of Dagster, DVC or MLflow; else None."""
    chain = [error]
    # A cause may have been raised while the error that it causes was handled: then the chain is a ring.
    while (behind := chain[-1].__cause__ or chain[-1].__context__) is not None:
        if any(seen is behind for seen in chain):
            break
        chain.append(behind)
    for seen in chain:
        if isinstance(seen, StorageError):
            return seen
    for seen in chain:
        if isinstance(seen, OSError) and seen.errno in DISK_ERRORS:
            return storage_error(seen, Path(seen.filename) if seen.filename else None)
        if isinstance(seen, shutil.Error) and (refused := _first_refusal(seen)) is not None:
            return refused
        if isinstance(seen, sqlite3.OperationalError) and str(seen) in _SQLITE_DISK_ERRORS:
            return storage_error(OSError(f"{_keeper(chain)}: SQLite says: {seen}"), None)
    return None


def _keeper(chain: Sequence[BaseException]) -> str:
    """Whose database it is: SQLite does not say which file it means."""
    for error in reversed(chain):
        calls = [frame.f_globals["__name__"].partition(".")[0] for frame, _ in walk_tb(error.__traceback__)]
        for module in reversed(calls):
            if module in _KEEPERS:
                return f"the database of {_KEEPERS[module]}"
    return "a database"


def _first_refusal(error: shutil.Error) -> StorageError | None:
    """Of a copied folder's errors, (from, to, text) each, the first that the disk is to blame for."""
    for _, place, text in error.args[0]:
        for code in DISK_ERRORS:
            if f"[Errno {code}]" in str(text):
                return storage_error(OSError(code, os.strerror(code)), Path(place))
    return None


class RemoteError(Sv6dError):
    """The DVC remote holds other bytes than were recorded."""

    code = "remote"


class VariantError(Sv6dError):
    """A variant cannot be made or brought home."""

    code = "variant"


class SigningError(Sv6dError):
    """A statement cannot be signed, or its signature does not hold."""

    code = "signing"


# The form in which the command line prints a typed error.
_PRINTED = re.compile(
    r"^error: (?P<what>.*?)\n  found:  (?P<found>.*?)\n  wanted: (?P<wanted>.*?)\n  next:   (?P<next>.*?)\s*\Z",
    re.DOTALL | re.MULTILINE,
)
_TAIL_LINES = 30  # ours: a traceback with its cause fits, a progress log does not


def job_error(name: str, status: int, log: str, log_path: str) -> JobError:
    """The error of a job from its exit status and what it wrote: the typed one if it printed one."""
    if printed := _PRINTED.search(log):
        return JobError(printed["what"], found=printed["found"], wanted=printed["wanted"], next_step=printed["next"])
    if status < 0:
        found = f"the process was ended by signal {-status}" + (" (out of memory?)" if status == -9 else "")
    else:
        found = f"exit status {status}"
    tail = "\n".join(log.splitlines()[-_TAIL_LINES:])
    return JobError(
        f"the job {name} failed",
        found=f"{found}; the end of its log:\n{tail}",
        wanted="exit status 0 and a sealed staging folder",
        next_step=f"read {log_path}; what the job had finished is kept and used by the next run",
    )
