"""Commands whose reader goes before the end."""

from __future__ import annotations

import os
import subprocess
import sys

_PRINTS = """
import sys
from sv6d.cli.output import while_read
with while_read():
    for number in range({lines}):
        print(number)
    {last}
"""
# What follows comes when the reader has gone.
_AFTER = """print(flush=True)
    import select
    poll = select.poll()
    poll.register(1, 0)
    poll.poll()
    """


def _unread(code: str) -> tuple[int, str]:
    """Exit status and stderr of a command of which somebody reads one line and goes."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read()
    return process.wait(), told


def test_an_unread_command_ends_silently() -> None:
    assert _unread(_PRINTS.format(lines=200_000, last="")) == (141, "")


def test_what_stayed_in_the_buffer_is_no_complaint() -> None:
    assert _unread(_PRINTS.format(lines=1, last=_AFTER + "print('more')")) == (141, "")


def test_an_error_is_told_all_the_same() -> None:
    assert _unread(_PRINTS.format(lines=1, last=_AFTER + "print(1); sys.exit('error: x')")) == (1, "error: x\n")


def test_another_broken_pipe_is_an_error() -> None:
    status, told = _unread(_PRINTS.format(lines=1, last="raise BrokenPipeError('a worker')"))
    assert status == 1
    assert "BrokenPipeError: a worker" in told
