"""Clips of two grey shots whose brightness is known, for tests that measure labels again."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

from sv6d.io import sha256_file

RATE, SHOT_S, SIDE_PX = 5, 4, 64
GREY = {"low_key": 38, "mid_key": 115, "high_key": 217}  # of 255

_FOLDER = tempfile.TemporaryDirectory(prefix="made_clips")
CLIPS = Path(_FOLDER.name) / "clips"
CACHE = Path(_FOLDER.name) / "cache"  # shared by the tests of a process: the same clips and documents come again


@cache
def grey_clip(number: int, keys: tuple[str, ...]) -> tuple[Path, str]:
    """A clip with a shot of four seconds per lighting key, and the SHA-256 of its bytes; `number` makes it unique."""
    path = CLIPS / f"clip_{number:04d}.mp4"
    CLIPS.mkdir(exist_ok=True)
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = SIDE_PX, SIDE_PX, "yuv420p"
        stream.codec_context.thread_count = 1
        for index, pixels in enumerate(_frames(number, keys)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path, sha256_file(path)


def _frames(number: int, keys: Sequence[str]) -> list[np.ndarray]:
    frames = []
    for key in keys:
        pixels = np.full((SIDE_PX, SIDE_PX, 3), GREY[key], np.uint8)
        pixels[:8, :8] = 5 * number
        frames += [pixels] * (RATE * SHOT_S)
    return frames
