"""Where pinned bytes come from, and what is noticed when they are not the recorded ones."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from assets.resources.errors import ChangedInputsError, LineageError
from assets.resources.lineage import Lineage
from assets.resources.pins import Pins
from assets.resources.project import Project


@pytest.fixture
def project(small_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    shutil.copytree(small_template, tmp_path / "small", symlinks=True)
    return Project(tmp_path / "small")


def cached(project: Project, word: str) -> Path:
    """The file `value.json` of an artifact in DVC's cache."""
    return Lineage(project).recorded_files(word)["value.json"][1]


def damage(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-2] + b"?\n")


def test_inputs_are_links_into_the_cache_and_code_and_settings_are_copies(project: Project) -> None:
    pins = Pins("shots", project)
    made_from = pins.take()
    pinned = pins.project.data / "raw_videos" / "value.json"
    assert pinned.samefile(cached(project, "raw_videos"))
    assert not pinned.samefile(project.data / "raw_videos" / "value.json")
    assert made_from.inputs == {"raw_videos": Lineage(project).recorded("raw_videos")}
    for name in ("params.yaml", "sv6d/toy/shots.py"):
        assert (pins.project.root / name).read_bytes() == (project.root / name).read_bytes()
        assert not (pins.project.root / name).samefile(project.root / name)
    assert made_from == Lineage(project).recorded_recipes(["shots"])["shots"].made_from
    pins.check()
    pins.release()
    assert not pins.project.root.exists()


def test_a_damaged_cache_is_passed_over_and_two_damaged_copies_are_refused(project: Project) -> None:
    whole = (project.data / "raw_videos" / "value.json").read_bytes()
    damage(cached(project, "raw_videos"))
    pins = Pins("shots", project)
    pins.take()
    assert (pins.project.data / "raw_videos" / "value.json").read_bytes() == whole
    damage(project.data / "raw_videos" / "value.json")
    with pytest.raises(LineageError, match=r"no whole copy of value\.json"):
        pins.take()


def test_bytes_written_into_the_cache_during_a_job_are_found(project: Project) -> None:
    pins = Pins("shots", project)
    pins.take()
    damage(cached(project, "raw_videos"))
    with pytest.raises(ChangedInputsError, match=r"data/raw_videos/value\.json"):
        pins.check()


@pytest.mark.parametrize("limit", ["1000000", "1"], ids=["copied", "linked"])
def test_clips_are_copied_once_or_linked_where_they_are_many(
    project: Project, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SV6D_PINNED_BYTES", limit)
    shutil.rmtree(project.work / "pinned_sources")
    clip = project.root / "clips" / "own.mp4"
    pins = Pins("shots", project)
    pins.take()
    pinned = pins.project.root / "own" / "clips" / "own.mp4"
    kept = project.kept_source(sha256(clip.read_bytes()).hexdigest())
    assert pinned.read_bytes() == clip.read_bytes()
    assert pinned.samefile(kept if limit == "1000000" else clip)
    assert kept.exists() == (limit == "1000000")


def test_a_clip_that_changed_since_it_was_listed_is_shown_to_the_stage_as_it_is(project: Project) -> None:
    shutil.rmtree(project.work / "pinned_sources")
    (project.root / "clips" / "own.mp4").write_bytes(b"changed")
    pins = Pins("shots", project)
    pins.take()
    assert (pins.project.root / "own" / "clips" / "own.mp4").read_bytes() == b"changed"
