"""A long job is not lost because somebody touches what it reads: it is published under what it read."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
import yaml
from small_project import SmallProject

pytestmark = pytest.mark.slow
_LIMIT_S = 120.0


def start_long(project: SmallProject, word: str, *command: str) -> subprocess.Popen[str]:
    """Start a door whose job waits, and wait until it has begun."""
    project.set_value(word, 2, pause=6.0)
    door = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline_s = time.monotonic() + _LIMIT_S
    before = set((project.root / ".work" / word).glob("*/started"))
    while set((project.root / ".work" / word).glob("*/started")) == before:
        assert door.poll() is None, door.communicate()[0]
        assert time.monotonic() < deadline_s
        time.sleep(0.02)
    return door


def test_everything_that_a_job_reads_may_change_under_it(small: SmallProject) -> None:
    recorded = yaml.safe_load((small.root / "dvc.lock").read_text())["stages"]
    door = start_long(small, "evidence", "jobs.materialize", "evidence")
    small.set_value("evidence", 3, pause=0.0)
    small.set_factor("evidence", 2)
    small.edit_by_hand("raw_videos")
    small.set_value("shots", 2)
    small.ask("make", word="shots")
    told, _ = door.communicate()
    assert door.returncode == 0, told
    assert "stale again" in told
    made = small.value("evidence")
    assert (made["value"], made["factor"]) == (1, 0)
    assert made["inputs"]["shots"]["value"] == 0
    assert "by hand" not in str(made)
    lock = yaml.safe_load((small.root / "dvc.lock").read_text())["stages"]["evidence"]
    assert lock["params"]["params.yaml"]["evidence"] == {"value": 2, "pause": 6.0}
    read = {dep["path"]: dep["md5"] for dep in lock["deps"]}
    assert read["data/shots"] == recorded["shots"]["outs"][0]["md5"]
    assert read["sv6d/toy/evidence.py"] in str(recorded["evidence"]["deps"])
    state = small.ask("state")
    assert "evidence" in state["dvc"]
    assert "evidence" in state["dagster"]
    assert not (small.root / ".work" / "jobs" / "evidence" / "pinned").exists()
    assert small.ask("run") == ["raw_videos", "evidence", "benchmark_scores"]
    assert small.value("evidence")["inputs"]["shots"]["value"] == 1


def test_a_clip_that_is_overwritten_is_read_as_it_was(small: SmallProject) -> None:
    door = start_long(small, "raw_videos", "jobs.materialize", "raw_videos")
    small.set_clip(1)
    (small.root / "inputs" / "studio" / "studio.mp4").write_bytes(b"overwritten")
    told, _ = door.communicate()
    assert door.returncode == 0, told
    assert small.value("raw_videos")["inputs"]["clips"] == {"clips/own.mp4": "clip 0", "studio/studio.mp4": "studio 0"}


def test_dvc_repro_does_not_record_what_came_after(small: SmallProject) -> None:
    door = start_long(small, "base_model", "dvc", "repro", "-s", "base_model")
    small.set_value("base_model", 3, pause=0.0)
    told, _ = door.communicate()
    assert door.returncode != 0
    assert "published and recorded under what it read" in told
    lock = yaml.safe_load((small.root / "dvc.lock").read_text())["stages"]["base_model"]
    assert lock["params"]["params.yaml"]["base_model"] == {"value": 2, "pause": 6.0}
    state = small.ask("state")
    assert "base_model" in state["dvc"]
    assert "base_model" in state["dagster"]
