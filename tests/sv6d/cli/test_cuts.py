"""`sv6d cuts`: boundaries of good files, typed errors of bad ones, side by side."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.sv6d.shots.found_cuts import CONFIG
from tests.sv6d.video.made_videos import shot, write_video


def cuts(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sv6d.cli.main", "cuts", *arguments], capture_output=True, text=True, check=False
    )


def test_a_file_is_answered_with_its_boundaries(tmp_path: Path) -> None:
    path = write_video(tmp_path / "two.mp4", [*shot(1, 30), *shot(2, 30)])
    done = cuts(str(path), "--json", str(tmp_path / "out.json"))
    assert done.returncode == 0, done.stderr
    (answer,) = json.loads((tmp_path / "out.json").read_text()).values()
    (boundary,) = answer["boundaries"]
    assert (boundary["kind"], boundary["start_ns"], boundary["end_ns"]) == ("hard_cut", 1_160_000_000, 1_200_000_000)
    assert boundary["detector"] == CONFIG.detector
    assert 0.5 <= boundary["score"] <= 1.0
    assert (answer["frames_declared"], answer["frames_decoded"]) == (60, 60)
    assert 0.0 < answer["seconds_decode"] <= answer["seconds_total"]
    assert "hard_cut" in done.stdout


def test_files_that_can_not_be_read_stand_beside_the_others(tmp_path: Path) -> None:
    path = write_video(tmp_path / "one.mp4", shot(1, 20))
    empty, missing = tmp_path / "empty.mp4", tmp_path / "missing.mp4"
    empty.touch()
    done = cuts(str(empty), str(path), str(missing), "--json", str(tmp_path / "out.json"))
    assert done.returncode == 1
    assert "error: empty.mp4 is empty" in done.stderr
    answers = json.loads((tmp_path / "out.json").read_text())
    assert answers[str(path)]["boundaries"] == []
    error = answers[str(empty)]["error"]
    assert (error["type"], error["code"], error["path"]) == ("EmptyFileError", "empty_file", str(empty))
    assert error["found"] == "0 bytes"
    assert answers[str(missing)]["error"]["type"] == "InputError"
