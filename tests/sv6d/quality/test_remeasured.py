"""A corpus measured again: what can not be measured contradicts nothing, and is told."""

from __future__ import annotations

from pathlib import Path

from sv6d.artifacts import Job, JobRuntime
from sv6d.events import Events
from sv6d.io import sha256_file
from sv6d.quality.filtered_corpus import _counts_again
from sv6d.quality.remeasured import VIDEO_UNMEASURED, measure_again
from sv6d.video.sources import scan_sources
from tests.sv6d.objective.made_documents import made_document
from tests.sv6d.quality.made_clips import grey_clip


def test_a_video_that_can_not_be_measured_leaves_its_labels_open(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    whole = mine / "whole.mp4"
    whole.write_bytes(grey_clip(1, ("low_key", "high_key"))[0].read_bytes())
    broken = mine / "broken.mp4"
    broken.write_bytes(whole.read_bytes()[:600])
    scan_sources(tmp_path / "sources.json", {"mine": mine}, {}, tmp_path)
    shots = [(0.0, 4.0, "", 0.0, 0.0), (4.0, 8.0, "hard_cut", 3.96, 4.0)]
    rows = [("lighting_key", "low_key", 0.0, 4.0), ("lighting_key", "high_key", 4.0, 8.0)]
    documents = [made_document(shots, rows, sha256=sha256_file(path)) for path in (whole, broken)]
    (tmp_path / "cache").mkdir()
    runtime = JobRuntime(workers=1, sources=tmp_path / "sources.json")
    job = Job(
        "filtered_corpus", {}, tmp_path, tmp_path, tmp_path / "cache", tmp_path / "frames", runtime, Events.silent()
    )
    found = measure_again(documents, job, limit_s=60.0)
    assert {answer.state for answer in found[sha256_file(whole)].values()} == {"verified"}
    left = found[sha256_file(broken)]
    assert {(answer.state, answer.reason, answer.measured) for answer in left.values()} == {
        ("not_checkable", VIDEO_UNMEASURED, None)
    }
    assert all("broken" in answer.detail for answer in left.values())
    assert _counts_again(found) == {
        "again_verified": 2,
        "again_contradicted": 0,
        "again_not_checkable": 2,
        "videos_unmeasured_again": 1,
    }
