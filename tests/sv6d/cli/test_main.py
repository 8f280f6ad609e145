"""The command as a person meets it: a process, its exit status and what it says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sv6d.stages import WORDS

ROOT = Path(__file__).parents[3]


def sv6d(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sv6d.cli.main", *words], cwd=folder, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    return tmp_path


def test_help_names_every_artifact(project: Path) -> None:
    done = sv6d(project, "--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in WORDS)


def test_an_unknown_command_is_refused(project: Path) -> None:
    done = sv6d(project, "shot")
    assert done.returncode == 2
    assert "No such command 'shot'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_key_is_named_with_the_allowed_ones(project: Path) -> None:
    params = yaml.safe_load((project / "params.yaml").read_text())
    allowed = sorted(params["shots"])
    params["shots"]["treshold"] = 3
    (project / "params.yaml").write_text(yaml.safe_dump(params))
    done = sv6d(project, "shots", "--out", "staging")
    assert done.returncode == 1
    assert "unknown key treshold" in done.stderr
    assert ", ".join(allowed) in done.stderr


def test_a_missing_key_and_a_missing_section_are_named(project: Path) -> None:
    params = yaml.safe_load((project / "params.yaml").read_text())
    dropped, _ = params["raw_videos"].popitem()
    (project / "params.yaml").write_text(yaml.safe_dump(params))
    assert f"missing key {dropped}" in sv6d(project, "raw_videos", "--out", "staging").stderr
    del params["evidence"]
    (project / "params.yaml").write_text(yaml.safe_dump(params))
    assert "missing ['evidence']" in sv6d(project, "raw_videos", "--out", "staging").stderr


def test_a_missing_input_is_named_with_the_next_step(project: Path) -> None:
    done = sv6d(project, "shots", "--out", "staging")
    assert done.returncode == 1
    assert "shots needs raw_videos, which is not there" in done.stderr
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_staging_folder_in_use_is_not_written_to(project: Path) -> None:
    (project / "staging").mkdir()
    (project / "staging" / "mine.txt").write_text("precious")
    done = sv6d(project, "base_model", "--out", "staging")
    assert done.returncode == 1
    assert "the staging folder is not empty" in done.stderr
    assert [p.name for p in (project / "staging").iterdir()] == ["mine.txt"]


def test_a_sealed_artifact_repeats_byte_for_byte(project: Path) -> None:
    for name in ("one", "two"):
        done = sv6d(project, "base_model", "--out", name)
        assert done.returncode == 0, done.stderr
    assert (project / "one" / "record.json").read_bytes() == (project / "two" / "record.json").read_bytes()


def test_reels_of_chosen_formats_are_rendered(project: Path) -> None:
    params = yaml.safe_load((project / "params.yaml").read_text())
    params["studio"] |= {"short_side_px": 72, "long_side_px": 128}
    (project / "params.yaml").write_text(yaml.safe_dump(params))
    done = sv6d(project, "studio", "--out", "reels", "--formats", "window", "--clips", "1", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (project / "reels").iterdir()) == [
        "documents",
        "truth",
        "truth_cuts.json",
        "window_0000.json",
        "window_0000.mp4",
    ]
    done = sv6d(project, "studio", "--out", "more", "--formats", "opera")
    assert done.returncode == 1
    assert "opera" in done.stderr
    assert "window" in done.stderr
