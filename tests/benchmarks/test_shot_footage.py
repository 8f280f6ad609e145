"""Real clips as the stuff that trials are made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.shot_footage import read_footage
from sv6d.errors import InputError
from tests.sv6d.video.made_videos import shot, write_video


def test_what_is_no_clip_is_told_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        write_video(tmp_path / f"{name}.mp4", shot(ord(name), 12))
    (tmp_path / "README.md").write_text("not a clip")
    (tmp_path / "odd").mkdir()
    tuning, validation = read_footage(tmp_path, {"videos": {}})
    assert sorted([*tuning.shots, *validation.shots]) == ["a.mp4", "b.mp4"]
    assert "left out: README.md is no video" in capsys.readouterr().err
    (tmp_path / "b.mp4").unlink()
    with pytest.raises(InputError, match="too few clips"):
        read_footage(tmp_path, {"videos": {}})
