"""Curves against a clip whose motion and sound are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.report.timeline.curves import MotionMeter, loudness
from sv6d.video.frames import read_frames
from tests.sv6d.report.timeline.made_clip import (
    PAN_SHARE_PER_S,
    SILENT_S,
    TONE_DBFS,
    DocumentMaker,
    write_clip,
)

EDGES_S = (0.0, 2.0, 5.0, 6.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", EDGES_S)


def test_motion_is_the_speed_of_the_picture_and_no_pair_straddles_a_cut(clip: Path) -> None:
    document = DocumentMaker(clip, EDGES_S).document()
    meter = MotionMeter(document.shots)
    frames = list(meter.watch(read_frames(clip, longest_px=176, pixel_format="rgb24")))
    assert len(frames) == document.video.num_frames
    curve = meter.curve(document.video.duration_ns)
    assert curve.step_s == 0.2
    assert len(curve.values) == 30
    still, panning, last = curve.values[:9], curve.values[10:24], curve.values[25:29]
    assert all(value == pytest.approx(0.0, abs=0.01) for value in (*still, *last))
    assert all(value == pytest.approx(PAN_SHARE_PER_S, rel=0.1) for value in panning)
    assert max(value for value in curve.values if value is not None) < 1.2 * PAN_SHARE_PER_S


def test_loudness_follows_the_sound(clip: Path) -> None:
    curve = loudness(clip, 0, DocumentMaker(clip, EDGES_S).video.duration_ns)
    assert curve is not None
    assert (curve.step_s, len(curve.values)) == (0.1, 60)
    per_s = round(1 / curve.step_s)
    assert all(value is not None and value < -80 for value in curve.values[: SILENT_S * per_s - 2])
    assert all(value == pytest.approx(TONE_DBFS, abs=0.7) for value in curve.values[SILENT_S * per_s + 2 : -2])


def test_a_long_video_has_as_many_points_as_a_screen_can_show(clip: Path) -> None:
    curve = loudness(clip, 0, 3_600_000_000_000)
    assert curve is not None
    assert len(curve.values) <= 2000
    assert curve.step_s == pytest.approx(1.8)
    assert curve.values[4] is None or len(curve.values) == 2000
    assert curve.values[100] is None  # the sound has ended long before


def test_without_sound_there_is_no_curve(tmp_path: Path) -> None:
    silent = write_clip(tmp_path / "silent.mp4", (0.0, 1.0), sound=False)
    assert loudness(silent, 0, 1_000_000_000) is None
