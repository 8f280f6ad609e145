"""A clip that is taken down is gone from the project, is told of, and does not come in again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from handmade_project import HandmadeProject
from temporary_project import TemporaryProject

from assets.resources.project import Project
from jobs.takedown.removal import remove_objects
from jobs.takedown.search import files_that_hold, holds
from jobs.takedown.seen import seen_by
from jobs.takedown.stores import FolderStore
from sv6d.io import sha256_file
from sv6d.video.tables import QUARANTINE, VIDEOS


def test_a_clip_is_gone_everywhere_and_refused_when_it_comes_again(project: TemporaryProject, tmp_path: Path) -> None:
    root = project.root
    clip = root / "clips" / "clip0.mp4"
    kept = tmp_path / "clip0.mp4"
    shutil.copyfile(clip, kept)
    video_id = sha256_file(clip)
    remote = tmp_path / "remote"
    shutil.copytree(root / ".dvc" / "cache" / "files", remote / "files")
    with (root / ".dvc" / "config").open("a") as config:
        config.write(f"['remote \"backup\"']\n    url = {remote}\n")
        config.write(f"['remote \"far\"']\n    url = {tmp_path / 'unmounted'}\n")

    told = project.run("-m", "jobs.forget", "clip0.mp4", "--reason", "the owner asked", status=1)
    assert "found in 0 files" in told
    assert f"not gone from the remote far: make forget VIDEO={video_id}" in told
    assert "Traceback" not in told
    (tmp_path / "unmounted").mkdir()
    assert "found in 0 files" in project.run("-m", "jobs.forget", video_id)
    assert not clip.exists()
    assert not (root / "data" / "raw_videos").exists()
    assert list(files_that_hold(root, video_id, kept.stat().st_size)) == []
    assert list(files_that_hold(remote, video_id, kept.stat().st_size)) == []
    (entry,) = json.loads((root / "forgotten.json").read_text())["clips"]
    assert (entry["sha256"], entry["reason"]) == (video_id, "the owner asked")
    assert "was taken down" in project.run("-m", "jobs.audit", video_id[:16], status=1)

    shutil.copyfile(kept, root / "clips" / "again.mp4")
    project.run("-m", "jobs.inputs")
    project.materialize("raw_videos")
    assert video_id not in {row["video_id"] for row in VIDEOS.read(root / "data" / "raw_videos")}
    assert [(row["uri"], row["code"]) for row in QUARANTINE.read(root / "data" / "raw_videos")] == [
        ("clips/again.mp4", "unreadable")
    ]
    # The owner's file, and the note of its hash that saves hashing it again.
    assert {path.name for path in files_that_hold(root, video_id, None)} == {"again.mp4", "source_hashes.json"}
    assert "everything is as it was recorded" in project.run("-m", "jobs.audit", "--verify")


def test_a_referenced_clip_outside_the_project_is_left_to_its_owner(project: TemporaryProject, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.move(project.root / "clips", outside)
    project.run("-m", "jobs.inputs", "--videos", str(outside))
    told = project.run("-m", "jobs.forget", "clip1.mp4")
    assert f"its owner must delete it: {outside / 'clip1.mp4'}" in told
    assert (outside / "clip1.mp4").is_file()
    assert b"clip1.mp4" not in (project.root / "inputs" / "sources.json").read_bytes()


@pytest.fixture(scope="module")
def handmade(tmp_path_factory: pytest.TempPathFactory) -> HandmadeProject:
    return HandmadeProject.create(tmp_path_factory.mktemp("handmade") / "project")


def test_models_that_saw_it_are_found_in_every_revision(handmade: HandmadeProject) -> None:
    first = seen_by(handmade.project, handmade.seen_id)
    assert sorted(first) == ["annotator", "benchmark_scores", "grpo_checkpoint", "sft_checkpoint"]
    (handmade.project.data / "sft_checkpoint" / "made_by_hand.json").write_text("{}")
    handmade.record()
    handmade.commit("another checkpoint")
    second = seen_by(handmade.project, handmade.seen_id)
    assert set(first["sft_checkpoint"]) < set(second["sft_checkpoint"])
    assert first["annotator"] == second["annotator"]
    assert sorted(seen_by(handmade.project, handmade.held_id)) == ["benchmark_scores"]


def test_a_revision_in_which_little_was_made_is_searched_too(handmade: HandmadeProject) -> None:
    lock, before = handmade.project.root / "dvc.lock", seen_by(handmade.project, handmade.seen_id)
    whole = lock.read_text()
    made = yaml.safe_load(whole)
    made["stages"] = {"inputs": made["stages"]["inputs"]}
    lock.write_text(yaml.safe_dump(made))
    handmade.commit("inputs alone")
    assert seen_by(handmade.project, handmade.seen_id) == before
    lock.write_text(whole)
    handmade.commit("everything again")


def test_the_search_reads_tables_and_the_whole_version_goes(handmade: HandmadeProject, tmp_path: Path) -> None:
    data = handmade.project.data
    assert holds(data / "raw_videos" / "videos.parquet", handmade.held_id, None)
    assert holds(data / "feedbench" / "items.jsonl", handmade.held_id, None)
    assert not holds(data / "sft_corpus" / "samples.jsonl", handmade.held_id, None)
    store = tmp_path / "store"
    shutil.copytree(handmade.project.root / ".dvc" / "cache", store)
    remove_objects(FolderStore(store / "files" / "md5"), handmade.held_id, None)
    project = Project(handmade.project.root)
    assert list(files_that_hold(store, handmade.held_id, None)) == []
    left = {path.parent.name + path.name for path in (store / "files" / "md5").glob("*/*")}
    lock = (project.root / "dvc.lock").read_text()
    kept = [word for word in ("sft_corpus", "rl_tasks", "sft_checkpoint", "feedbench") if _md5(lock, word) in left]
    assert kept == ["sft_corpus", "rl_tasks", "sft_checkpoint"]


def _md5(lock: str, word: str) -> str:
    own = lock[lock.index(f"  {word}:\n") :]
    lines = own[own.index("outs:") :].splitlines()
    return next(line for line in lines if line.strip().startswith("md5:")).split()[-1]
