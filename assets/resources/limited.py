"""The process that a cluster starts in place of a job: it starts the job under a supervisor, within its limits.

    python -m assets.resources.limited FOLDER NAME MEMORY_BYTES TIME_LIMIT_S COMMAND...

As on the machine of the local launcher: nothing that the command starts outlives this process, however it ends, and
a job beyond a limit is stopped and told. Ends as the command ended; 1 beyond a limit, with the error printed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from assets.resources.errors import JobError
from assets.resources.limits import Limits
from assets.resources.relay import exit_on_term
from assets.resources.supervised import supervised
from assets.resources.supervisor import end_as

# ours: Ray kills this process 3 s after TERM; the job is gone by then, and its last words are in the log
_GRACE_S = 2.0


def main(arguments: Sequence[str]) -> int:
    folder, name, memory_bytes, time_limit_s, *command = arguments
    signal.signal(signal.SIGTERM, exit_on_term)
    # Work per clip is done elsewhere, by workers that have limits of their own.
    limits = Limits(name, int(memory_bytes), 0, float(time_limit_s))
    try:
        with supervised(
            command, output=sys.stdout.buffer, folder=Path(folder), environment=os.environ, grace_s=_GRACE_S
        ) as process:
            return limits.follow(process)
    except JobError as error:
        print(f"error: {error}", flush=True)
        return 1


if __name__ == "__main__":
    end_as(main(sys.argv[1:]))
