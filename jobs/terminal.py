"""What a person sees while artifacts are made: one line per artifact, live while it runs."""

from __future__ import annotations

import sys
import time
from typing import Any

from assets.resources.launcher import JobEvent
from sv6d.stages import WORDS

_WORD_WIDTH = max(len(word) for word in WORDS)
_LOG_INTERVAL_S = 5.0  # ours: where lines cannot be rewritten (CI), one each 5 s shows life and stays readable
_COLUMNS = 118


class StageLine:
    """The line of one artifact: number, word, progress with an estimate of the time left, outcome."""

    def __init__(self, number: int, total: int, word: str) -> None:
        self._word = word
        self._head = f"[{number:>2}/{total}] {word:<{_WORD_WIDTH}}"
        self._started_s = self._phase_s = self._printed_s = time.monotonic()
        self._unit, self._done_before = "", 0
        self._live = sys.stdout.isatty()

    def begin(self) -> StageLine:
        """Show that it is under way."""
        self._show("starting")
        return self

    def hear(self, event: JobEvent) -> None:
        if event["event"] == "progress":
            self._progress(event)
        elif event["event"] == "message":
            self._show(event["text"].removeprefix(f"{self._word}: "))

    def _progress(self, event: JobEvent) -> None:
        done, total, unit = event["done"], event["total"], event["unit"]
        now_s = time.monotonic()
        if unit != self._unit:
            # Steps before a killed job's checkpoint, or clips from the cache, say nothing about the pace.
            self._unit, self._phase_s, self._done_before = unit, now_s, done
        if not self._live and now_s - self._printed_s < _LOG_INTERVAL_S:
            return
        self._printed_s = now_s
        done_since = done - self._done_before
        left = (now_s - self._phase_s) / done_since * (total - done) if done_since > 0 and done < total else None
        more = "".join(f", {value} {name}" for name, value in event.items() if _is_count(name, value))
        self._show(f"{done} of {total} {unit}{more}" + (f", about {left:.0f} s left" if left is not None else ""))

    def end(self, outcome: str) -> None:
        self._show(f"{outcome} ({time.monotonic() - self._started_s:.1f} s)", last=True)

    def _show(self, text: str, *, last: bool = False) -> None:
        line = f"{self._head} {text}"[:_COLUMNS]
        if self._live:
            print(f"\r{line:<{_COLUMNS}}", end="\n" if last else "", flush=True)
        else:
            print(line, flush=True)


def _is_count(name: str, value: Any) -> bool:
    return name not in {"event", "time_ns", "unit", "done", "total"} and bool(value)
