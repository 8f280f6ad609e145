"""The pictures that are read in one pass, beside those of each frame scaled on its own."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Interpolation

from sv6d.shots.pictures import read_pictures
from sv6d.video.walk import walk
from tests.sv6d.video.made_videos import Picture, shot, write_video

_CHANGES = (20, 50)
_LARGE = (256, 144, "gray")
_NUM = 150  # more than are copied at a time


def pages() -> list[Picture]:
    """A picture that stands still and changes twice, then one that moves."""
    first, second = shot(1, 1)[0], shot(2, 1)[0]
    lined = first.copy()
    lined[20:40, 30:120] = 255
    return [*[first] * _CHANGES[0], *[lined] * (_CHANGES[1] - _CHANGES[0]), *[second] * 30, *shot(3, _NUM - 80)]


def scaled(frame: av.VideoFrame, width: int, height: int, pixel_format: str) -> np.ndarray:
    small = frame.reformat(
        width=width,
        height=height,
        format=pixel_format,
        interpolation=Interpolation.AREA,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )
    return small.to_ndarray()


@pytest.mark.parametrize("turned", [False, True])
def test_pictures_are_those_of_each_frame_on_its_own(tmp_path: Path, *, turned: bool) -> None:
    path = write_video(tmp_path / "a.mp4", pages(), gop=200, counterclockwise_deg=90 if turned else 0)
    steps = list(walk(path, deblock_all=False))
    small, large = (np.stack([scaled(step.frame, *kind) for step in steps]) for kind in ((32, 18, "yuv444p"), _LARGE))
    if turned:
        small, large = (np.rot90(part, axes=(-2, -1)) for part in (small, large))
    pictures = read_pictures(path, None)
    assert np.array_equal(pictures.yuv_TCHW, small)
    assert pictures.times_ns == tuple(step.time_ns for step in steps)
    luma = small[:, 0].astype(int)
    changes = np.abs(np.diff(luma, axis=0)).sum(axis=(1, 2))
    wanted = [
        at + 1
        for at in range(3, len(changes))
        if changes[at] > 0.1 * 32 * 18 and changes[at - 3 : at].max() <= 0.5 * changes[at]
    ]
    assert set(_CHANGES) <= set(wanted)
    assert list(pictures.looks) == wanted
    for at, (before, after) in pictures.looks.items():
        assert np.array_equal(before, large[at - 1])
        assert np.array_equal(after, large[at])
    assert len(pictures.stills) == 3
    for at, still in pictures.stills.items():
        assert np.array_equal(still, large[at])
