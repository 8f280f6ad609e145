"""Thumbnails: when, and which frames."""

from __future__ import annotations

import base64
import io
from itertools import pairwise

import numpy as np
from PIL import Image

from sv6d.report.timeline.pictures import nearest_frames, thumbnail, wanted_times
from sv6d.schema.document import Shot
from sv6d.timeline import FrameTime
from sv6d.video.frames import Frame


def frame(time_ns: int) -> Frame:
    return Frame(FrameTime(time_ns, 1, 1_000_000_000), time_ns, np.full((90, 160, 3), time_ns % 251, np.uint8))


def test_each_shot_gets_a_picture_and_longer_ones_more() -> None:
    edges = (0, 10, 1000, 1240)
    shots = [Shot(id=f"s{i}", start_ns=a, end_ns=b) for i, (a, b) in enumerate(pairwise(edges))]
    times = wanted_times(shots, edges[-1])
    assert times[0] == [5]
    assert len(times[1]) == 8
    assert times[2] == [1024, 1072, 1120, 1168, 1216]
    assert all(shot.start_ns <= time < shot.end_ns for shot, row in zip(shots, times, strict=True) for time in row)


def test_the_nearest_frame_is_taken_and_the_earlier_of_two() -> None:
    frames = [frame(time) for time in (0, 10, 20, 40)]
    chosen = nearest_frames(frames, [0, 4, 5, 6, 31, 99])
    assert [each.time_ns for each in chosen] == [0, 0, 0, 10, 40, 40]


def test_a_thumbnail_is_the_frame_as_jpeg() -> None:
    picture = thumbnail(frame(120))
    opened = Image.open(io.BytesIO(base64.b64decode(picture.jpeg)))
    assert (opened.format, opened.size, picture.time_s) == ("JPEG", (160, 90), 120e-9)
    assert abs(float(np.asarray(opened).mean()) - 120) < 2
