"""What `make plan` says is stale, why, and how long it took; and that it changes nothing."""

from __future__ import annotations

import json
from typing import Any

from temporary_project import TemporaryProject, write_clip


def plan(project: TemporaryProject) -> dict[str, dict[str, Any]]:
    out = project.root / "plan.json"
    project.run("-m", "jobs.plan", "--json", str(out))
    return {step["word"]: step for step in json.loads(out.read_text())["steps"]}


def test_what_was_made_is_left_out_and_what_was_not_is_named(project: TemporaryProject) -> None:
    before = (project.root / "dvc.lock").read_bytes(), project.sources()
    steps = plan(project)
    assert "inputs" not in steps
    assert "raw_videos" not in steps
    assert steps["shots"]["reasons"] == ["it has not been made yet"]
    assert steps["shots"]["last_s"] is None
    assert steps["evidence"]["follows"] == ["shots"]
    assert ((project.root / "dvc.lock").read_bytes(), project.sources()) == before


def test_a_new_clip_and_a_setting_are_reasons(project: TemporaryProject) -> None:
    write_clip(project.root / "clips" / "new.mp4", 7)
    project.set("raw_videos", splits={**project.params("raw_videos")["splits"], "salt": "another"})
    steps = plan(project)
    assert steps["inputs"]["reasons"] == ["1 files new: clips/new.mp4"]
    (reason,) = steps["raw_videos"]["reasons"]
    assert reason.startswith("settings changed")
    assert steps["raw_videos"]["follows"] == ["inputs"]
    assert steps["raw_videos"]["last_s"] > 0
