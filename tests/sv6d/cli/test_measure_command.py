"""`sv6d measure` as a person meets it: JSON of one form, and errors that say what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest

from sv6d.cli.measure import as_table, measure_file
from sv6d.errors import DecodeError, InputError
from sv6d.evidence.measure import CURVES
from sv6d.io import dump_json
from sv6d.video.reader import reader_name
from tests.sv6d.video.made_videos import shot, write_video

ROOT = Path(__file__).resolve().parents[3]


def two_shots(folder: Path) -> Path:
    bright = [np.clip(frame.astype(int) // 4 + 180, 0, 255).astype(np.uint8) for frame in shot(2, 40, step_px=0)]
    return write_video(folder / "a.mp4", [*shot(1, 50, step_px=2), *bright], sound=True)


def test_shots_curves_and_the_camera_are_told(tmp_path: Path) -> None:
    measured = measure_file(two_shots(tmp_path), ROOT / "params.yaml")
    assert [(shot["start_ns"], shot["end_ns"]) for shot in measured["shots"]] == [
        (0, 2_000_000_000),
        (2_000_000_000, 3_600_000_000),
    ]
    assert measured["shots"][1]["boundary_in"]["kind"] == "hard_cut"
    assert measured["shots"][1]["boundary_in"]["change"] == "hard_cut"
    first, second = (shot["camera_movement"] for shot in measured["shots"])
    assert (first["value"], second["value"]) == ("pan_right", "static")
    assert first["figures"]["pan_speed"] == pytest.approx(2 * 25 / 256, rel=0.03)
    assert first["units"]["pan_speed"] == "frame_widths_per_s"
    assert set(measured["tracks"]) == set(CURVES)
    # Silence has a level, but no onset, beat, speech or music; nobody tells what is said, where faces and people are.
    empty = {cue for cue, track in measured["tracks"].items() if not track["points"]}
    assert empty == {cue for cue in CURVES if cue.startswith(("onset", "beat", "speech", "music", "face", "person"))}
    assert measured["transcript"] == {"method": None, "failure": None, "lines": []}
    assert first["figures"]["shake_rms"] < 0.002
    assert measured["shots"][0]["layout"]["letterbox"] == {"value": 0.0, "unit": "share", "box": None}
    assert (measured["reader"], measured["frames_decoded"]) == (reader_name(), 90)
    assert measured["texts"] == []
    assert measured["text_failure"] is None
    assert "camera pan_right" in as_table(measured)


def test_subtitles_beside_the_file_are_what_is_said(tmp_path: Path) -> None:
    clip = two_shots(tmp_path)
    clip.with_suffix(".srt").write_text("1\n00:00:00,500 --> 00:00:02,300\n<i>Look</i>\nat this\n")
    measured = measure_file(clip, ROOT / "params.yaml")
    (line,) = measured["transcript"]["lines"]
    assert (line["string"], line["start_ns"], line["end_ns"]) == ("Look at this", 500_000_000, 2_300_000_000)
    assert "Look at this" in as_table(measured)
    edits = [item for item in measured["video_evidence"] if item["kind"] == "speech"]
    assert [(item["stat"], item["value"]) for item in edits] == [("l_cut", pytest.approx(0.3))]


def test_the_command_writes_the_same_canonical_json_anywhere(tmp_path: Path) -> None:
    clip = two_shots(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    clip.rename(tmp_path / "elsewhere" / "b.mp4")
    words = [sys.executable, "-m", "sv6d.cli.main", "measure", "b.mp4"]
    done = subprocess.run(
        [*words, "--json", "out.json"], cwd=tmp_path / "elsewhere", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"settings: {ROOT / 'params.yaml'}, as there is no params.yaml here\n"
    assert done.stdout.splitlines()[0].split() == ["start", "end", "shot"]
    raw = (tmp_path / "elsewhere" / "out.json").read_bytes()
    assert raw == dump_json(orjson.loads(raw))
    assert raw == dump_json(measure_file(tmp_path / "elsewhere" / "b.mp4", ROOT / "params.yaml"))


def test_what_is_no_video_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        measure_file(tmp_path / "none.mp4", ROOT / "params.yaml")
    (tmp_path / "text.mp4").write_text("not a video at all")
    with pytest.raises(DecodeError):
        measure_file(tmp_path / "text.mp4", ROOT / "params.yaml")
    whole = two_shots(tmp_path).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DecodeError):
        measure_file(tmp_path / "cut.mp4", ROOT / "params.yaml")
