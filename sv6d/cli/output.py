"""What a command does when whoever reads it has heard enough, as `head` does after ten lines."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

EXIT_UNREAD = 141  # 128 + SIGPIPE, as shells report it


@contextmanager
def while_read() -> Iterator[None]:
    """A block that prints. Where its reader goes, the process ends as other commands do: silently, with status 141."""
    try:
        yield
    except BrokenPipeError:
        if not _is_unread(sys.stdout.fileno()):
            raise
        _flush()
        sys.exit(EXIT_UNREAD)
    except BaseException:  # it has an exit status and words of its own
        _flush()
        raise
    if not _flush():
        sys.exit(EXIT_UNREAD)


def _flush() -> bool:
    """Whether everything that was printed could be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # What is buffered can go nowhere; at its end the interpreter would try once more, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def _is_unread(handle: int) -> bool:
    """Whether that is a pipe whose other end is closed: other pipes may break too."""
    poll = select.poll()
    poll.register(handle, 0)
    return any(events & select.POLLERR for _, events in poll.poll(0))
