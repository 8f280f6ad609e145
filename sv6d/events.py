"""What a job says while it runs: JSON lines to `SV6D_EVENTS`, and a readable line to stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import orjson

from sv6d.timeline import NS_PER_S

# A terminal or log gains nothing from more than one progress line a second.
_PROGRESS_INTERVAL_S = 1.0


class Events:
    """Sink for progress, metrics and messages of one job.

    Three kinds of lines are written: `{"event": "progress", "unit", "done", "total"}`,
    `{"event": "metrics", "step", "values": {name: number}}` and `{"event": "message", "text"}`.
    Nothing here enters an artifact: wall time is allowed only in what is printed.
    """

    def __init__(self, path: Path | None, stream: TextIO | None) -> None:
        self._file = path.open("ab", buffering=0) if path else None
        self._stream = stream
        self._started_s = time.monotonic()
        self._last_s = 0.0
        self._done_before = 0

    @classmethod
    def from_environment(cls) -> Events:
        path = os.environ.get("SV6D_EVENTS")
        return cls(Path(path) if path else None, sys.stderr)

    @classmethod
    def silent(cls) -> Events:
        return cls(None, None)

    def progress(self, unit: str, done: int, total: int, **more: int) -> None:
        """`done` of `total` units (clips, steps, items); printed with an estimate of the time left."""
        now_s = time.monotonic()
        if done < total and now_s - self._last_s < _PROGRESS_INTERVAL_S:
            return
        if done <= 1:
            self._started_s = min(self._started_s, now_s)
        self._last_s = now_s
        self._write({"event": "progress", "unit": unit, "done": done, "total": total, **more})
        elapsed_s = now_s - self._started_s
        done_since = done - self._done_before
        left = (
            f", about {elapsed_s / done_since * (total - done):.0f} s left" if done_since > 0 and done < total else ""
        )
        extra = "".join(f", {value} {name}" for name, value in more.items() if value)
        self._print(f"{done} of {total} {unit}{extra}{left}")

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers at a training step or at the end (step 0)."""
        self._write({"event": "metrics", "step": step, "values": dict(values)})

    def message(self, text: str) -> None:
        self._write({"event": "message", "text": text})
        self._print(text)

    def begin(self, *, done_before: int = 0) -> None:
        """Start the clock of the time-left estimate: call where the counted work begins.

        `done_before` units are done already, by a job before this one.
        """
        self._started_s = time.monotonic()
        self._done_before = done_before

    def _write(self, event: Mapping[str, Any]) -> None:
        if self._file is not None:
            line = orjson.dumps({"time_ns": int(time.time() * NS_PER_S), **event})
            self._file.write(line + b"\n")

    def _print(self, text: str) -> None:
        if self._stream is not None:
            print(text, file=self._stream, flush=True)
