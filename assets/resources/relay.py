"""The process that stands here for a job on a cluster: it ends as the job ends, and the job ends with it.

    python -m assets.resources.relay SUBMISSION.json

Started under the supervisor like a job of this machine. TERM (a person stopped it, or the process that
launched it is gone) stops the job on the cluster. Prints the job's log at its end.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from assets.resources.errors import JobError, TimeLimitError
from assets.resources.remote_jobs import RemoteJob, Submission, UnreachableError, read_submission, remote_job

_POLL_S = 1.0  # ours: the events come by file, at once; this is for the end alone
_PATIENCE_S = 120.0  # ours: a cluster's head restarts in less
_TERMINATED = 143  # 128 + SIGTERM, as shells report it


def main(path: Path) -> int:
    signal.signal(signal.SIGTERM, exit_on_term)
    submission = read_submission(path)
    job = remote_job(submission)
    try:
        try:
            _submit(job)
            status = _follow(job, submission)
            print(job.log(), flush=True)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            job.stop()
            path.unlink()
    except JobError as error:
        print(f"error: {error}", flush=True)
        return 1
    return status


def _submit(job: RemoteJob) -> None:
    # Stopped in between, the request might arrive after the one to stop.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        job.submit()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _follow(job: RemoteJob, submission: Submission) -> int:
    """The exit status; a cluster that is silent for two minutes is given up.

    Raises:
        TimeLimitError: it took too long.
    """
    heard_s, begun_s, said = time.monotonic(), None, ""
    while True:
        now_s = time.monotonic()
        try:
            state = job.state()
        except UnreachableError:
            if now_s - heard_s > _PATIENCE_S:
                raise
        else:
            heard_s = now_s
            if state.status is not None:
                return state.status
            if state.begun and begun_s is None:
                begun_s = now_s
            if state.text != said:
                said = state.text
                _say(submission, said)
        if begun_s is not None and now_s - begun_s > submission.time_limit_s:
            raise TimeLimitError(
                f"{submission.name} was stopped: it took too long",
                found=f"{now_s - begun_s:.0f} s and not at its end",
                wanted=f"at most {submission.time_limit_s:.0f} s",
                next_step="what it finished is kept and used by the next run; time_limit_h in runtime.yaml raises it",
            )
        time.sleep(_POLL_S)


def _say(submission: Submission, text: str) -> None:
    event = {"event": "message", "time_ns": time.time_ns(), "text": f"{submission.kind}: {text}"}
    with Path(submission.events).open("ab", buffering=0) as stream:
        stream.write(json.dumps(event).encode() + b"\n")


def exit_on_term(signum: int, frame: FrameType | None) -> NoReturn:
    """A handler that lets the blocks of this process end."""
    raise SystemExit(_TERMINATED)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
