"""Errors of the adapters, in the one tree."""

from __future__ import annotations

import re

from sv6d.errors import Sv6dError


class JobError(Sv6dError):
    """A job process ended without a sealed staging folder."""

    code = "job"


class BusyError(Sv6dError):
    """Another process is making the same artifact."""

    code = "busy"


class ChangedInputsError(Sv6dError):
    """Inputs, code or settings changed while a job was running."""

    code = "changed_inputs"


class CheckFailedError(Sv6dError):
    """A blocking check refused what a job made."""

    code = "check"


class LineageError(Sv6dError):
    """DVC and the project disagree about what there is to record."""

    code = "lineage"


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
