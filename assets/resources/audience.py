"""Who hears the events of a job beside Dagster and MLflow: a terminal, while it waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from assets.resources.launcher import JobEvent, Listener

_LISTENERS: ContextVar[tuple[Listener, ...]] = ContextVar("listeners", default=())


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hand every job event of this thread to `listener` too."""
    token = _LISTENERS.set((*_LISTENERS.get(), listener))
    try:
        yield
    finally:
        _LISTENERS.reset(token)


def tell(event: JobEvent) -> None:
    for listener in _LISTENERS.get():
        listener(event)
