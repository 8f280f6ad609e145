"""The walk over a file's frames: every frame once with its time, and what leaving out deblocking changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sv6d.video.frames import Scaler, read_frames
from sv6d.video.walk import batches, walk
from tests.sv6d.video.made_videos import number_of, numbered, shot, write_video

FRAME_NS = 40_000_000


@pytest.mark.parametrize("deblock_all", [True, False])
def test_every_frame_comes_once_at_its_time(tmp_path: Path, *, deblock_all: bool) -> None:
    path = write_video(tmp_path / "a.mp4", [numbered(i) for i in range(30)], gop=10)
    numbers, times = [], []
    for step in walk(path, deblock_all=deblock_all):
        shown = step.shown
        numbers.append(number_of(Scaler(shown.height_px, shown.width_px, "rgb24", shown.orientation)(step.frame)))
        times.append(step.time_ns)
    assert numbers == list(range(30))
    assert times == [i * FRAME_NS for i in range(30)]
    assert (shown.height_px, shown.width_px, shown.frames_declared) == (64, 160, 30)


def test_frames_come_together_as_far_as_they_fit(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [numbered(i) for i in range(40)], gop=10)
    alone = [(step.time, step.time_ns) for step in walk(path, deblock_all=True)]
    (step, *_) = walk(path, deblock_all=True)
    frame_bytes = sum(plane.buffer_size for plane in step.frame.planes)
    for most_bytes, sizes in ((0, [1] * 40), (5 * frame_bytes, [1, *[5] * 7, 4]), (1 << 30, [1, 16, 16, 7])):
        together = list(batches(path, deblock_all=True, most_bytes=most_bytes))
        assert [len(batch) for batch in together] == sizes
        assert [(step.time, step.time_ns) for batch in together for step in batch] == alone


def test_small_pictures_are_the_same_without_all_deblocking(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", shot(1, 40))
    whole = [frame.pixels.astype(int) for frame in read_frames(path, longest_px=32, pixel_format="gray")]
    small = []
    for step in walk(path, deblock_all=False):
        small.append(Scaler(18, 32, "gray", step.shown.orientation)(step.frame).astype(int))
    assert np.abs(np.stack(whole) - np.stack(small)).mean() < 0.5
