"""Seconds and peak memory of each artifact for `make run`, and for a second run at once.

    python -m benchmarks.flow [--checkout FOLDER] [--json OUT] [-- VIDEOS=folder]

Runs in the given checkout with its own environment (`make setup` there first), from whatever state it
is in: remove data/, .work/, inputs/ and dvc.lock for the time from nothing. Memory is the sum of the
resident pages of make and all of its descendants, looked at five times a second; pages that processes
share count once for each, so it is an upper bound.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

from sv6d.io import dump_json

_LOOK_S = 0.2
_MB = 1e6
_LINE = re.compile(r"\[ ?\d+/\d+\] (?P<word>[a-z_]+) +(?P<rest>.*)")
_BEFORE = "before the first artifact"
_AFTER = "after the last artifact"


@dataclass
class Part:
    """One part of a run: an artifact, or what comes before and after them all."""

    run: str
    word: str
    seconds: float
    peak_memory_bytes: int
    outcome: str


class _Memory(Thread):
    """The largest resident memory of a process tree since it was last asked."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._peak = 0
        self.ended = Event()

    def run(self) -> None:
        while not self.ended.wait(_LOOK_S):
            self._peak = max(self._peak, self._now())

    def _now(self) -> int:
        total = 0
        try:
            processes = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        for process in processes:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:  # it ended between the two looks
                continue
        return total

    def take(self) -> int:
        peak, self._peak = max(self._peak, self._now()), 0
        return peak


def measure(name: str, checkout: Path, variables: Sequence[str]) -> list[Part]:
    """Run `make run` once and return its parts in order.

    Raises:
        CalledProcessError: the run failed; what it printed has been shown.
    """
    command = ["make", "run", *variables]
    started_s = time.monotonic()
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    memory = _Memory(process.pid)
    memory.start()
    parts: list[Part] = []
    word, outcome, part_s = _BEFORE, "", started_s
    for line in process.stdout:
        print(line, end="", file=sys.stderr)
        found = _LINE.match(line)
        now_s = time.monotonic()
        if found and found["word"] != word:
            parts.append(Part(name, word, now_s - part_s, memory.take(), outcome))
            word, part_s = found["word"], now_s
        elif not found and not line.strip() and word not in (_BEFORE, _AFTER):
            parts.append(Part(name, word, now_s - part_s, memory.take(), outcome))
            word, part_s, outcome = _AFTER, now_s, ""
        if found:
            outcome = found["rest"]
    status = process.wait()
    memory.ended.set()
    parts.append(Part(name, word, time.monotonic() - part_s, memory.take(), ""))
    if status:
        raise subprocess.CalledProcessError(status, command)
    whole = Part(name, "all", time.monotonic() - started_s, max(part.peak_memory_bytes for part in parts), "")
    return [*parts, whole]


def table(parts: Sequence[Part]) -> str:
    """The parts as aligned text."""
    rows = [("run", "artifact", "seconds", "peak MB", "outcome")]
    rows += [(p.run, p.word, f"{p.seconds:.1f}", f"{p.peak_memory_bytes / _MB:.0f}", p.outcome) for p in parts]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return "\n".join(
        f"{run:<{widths[0]}}  {word:<{widths[1]}}  {s:>{widths[2]}}  {mb:>{widths[3]}}  {outcome}".rstrip()
        for run, word, s, mb, outcome in rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, default=Path(__file__).resolve().parents[1])
    parser.add_argument("--json", type=Path, help="file to write the measurements to")
    parser.add_argument("variables", nargs="*", help="variables of make, such as VIDEOS=folder")
    options = parser.parse_args()
    parts = measure("first", options.checkout, options.variables)
    parts += measure("second", options.checkout, options.variables)
    print(table(parts))
    if options.json:
        machine = {"cores": os.cpu_count(), "memory_bytes": psutil.virtual_memory().total}
        options.json.write_bytes(dump_json({"machine": machine, "parts": [asdict(part) for part in parts]}))


if __name__ == "__main__":
    main()
