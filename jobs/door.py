"""How every command ends: settled left-overs before it, an exit status and words after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from assets.resources.errors import disk_error
from assets.resources.packages import refresh_packages
from assets.resources.project import HERE
from assets.resources.recovery import recover
from sv6d.cli.output import while_read
from sv6d.errors import Sv6dError

_EXIT_ERROR = 1
_EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


@contextmanager
def at_the_door() -> Iterator[dg.DagsterInstance]:
    """The project's Dagster instance, after what a crash left has been settled.

    Errors become text on stderr and exit status 1, Ctrl-C becomes 130, a reader that is gone (`| head`) 141.
    """
    try:
        with while_read(), without_stubborn_generators(), dg.DagsterInstance.get() as instance, _streams_kept():
            refresh_packages(HERE)
            for line in recover(HERE, instance):
                print(line, flush=True)
            yield instance
    except dg.Failure as failure:
        _leave(f"\nerror: {failure.description}", _EXIT_ERROR)
    except Sv6dError as error:
        _leave(f"\nerror: {error}", _EXIT_ERROR)
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        _leave(
            "\nstopped. Finished artifacts are kept, the unfinished one was not published; "
            "make run goes on from here, training from its last complete checkpoint",
            _EXIT_INTERRUPTED,
        )
    except Exception as error:
        if (refused := disk_error(error)) is None:
            raise
        _leave(f"\nerror: {refused}", _EXIT_ERROR)


@contextmanager
def without_stubborn_generators() -> Iterator[None]:
    """A block in which Python says nothing of generators that yield once more while they are closed.

    Some of Dagster's do where a write to its log was refused, and would stand with a traceback before the error.
    """
    tell = sys.unraisablehook

    def hear(unraisable: sys.UnraisableHookArgs) -> None:
        if str(unraisable.exc_value) != "generator ignored GeneratorExit":
            tell(unraisable)

    sys.unraisablehook = hear
    try:
        yield
    finally:
        sys.unraisablehook = tell


@contextmanager
def _streams_kept() -> Iterator[None]:
    """A block after which output and errors go where they went before it.

    Dagster catches a step's output in files, and where the disk refuses the last of it leaves it caught: what went
    wrong would be told to nobody.
    """
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    try:
        yield
    finally:
        for stream, copy in kept.items():
            os.dup2(copy, stream)
            os.close(copy)


def _leave(text: str, status: int) -> None:
    print(text, file=sys.stderr, flush=True)
    sys.exit(status)
