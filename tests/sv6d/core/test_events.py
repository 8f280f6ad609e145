"""What a job says while it runs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sv6d import events
from sv6d.events import Events
from sv6d.io import read_jsonl


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the seconds that the monotonic clock shows."""
    shown = [100.0]
    monkeypatch.setattr(events.time, "monotonic", lambda: shown[0])

    def show(seconds: float) -> None:
        shown[0] = 100.0 + seconds

    return show


def test_the_time_left_counts_only_what_this_job_has_done(clock: Callable[[float], None]) -> None:
    told = io.StringIO()
    job = Events(None, told)
    job.begin(done_before=150)
    clock(10.0)
    job.progress("steps", 170, 400)  # 20 steps in 10 s: 230 are left
    assert re.findall(r"about (\d+) s left", told.getvalue()) == ["115"]


def test_no_time_is_told_before_anything_is_done(clock: Callable[[float], None]) -> None:
    told = io.StringIO()
    job = Events(None, told)
    job.begin(done_before=3)
    clock(2.0)
    job.progress("clips", 3, 9, failed=1)
    assert told.getvalue() == "3 of 9 clips, 1 failed\n"


def test_lines_are_kept_for_whoever_started_the_job(tmp_path: Path) -> None:
    job = Events(tmp_path / "events", None)
    job.progress("clips", 9, 9)
    job.metrics(4, {"loss": 0.5})
    job.message("done")
    rows = [
        {name: value for name, value in row.items() if name != "time_ns"} for row in read_jsonl(tmp_path / "events")
    ]
    assert rows == [
        {"event": "progress", "unit": "clips", "done": 9, "total": 9},
        {"event": "metrics", "step": 4, "values": {"loss": 0.5}},
        {"event": "message", "text": "done"},
    ]
