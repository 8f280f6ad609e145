"""Thumbnails along the timeline: a few per shot, read in one pass over the video."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from sv6d.schema.document import Shot
from sv6d.timeline import seconds
from sv6d.video.frames import Frame

# Shown 56 px high; this is twice that for 16:9, and sharp enough on a phone for 9:16.
LONGEST_PX = 176
_QUALITY = 68  # ours: about 4 kB a picture; below it, text in thumbnails breaks up
# Pictures over a whole video beside the one that each shot gets: a strip of a wide screen holds about a dozen.
_NUM_SPREAD = 24
_MOST_PER_SHOT = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """One thumbnail: seconds from the first frame, and a JPEG as base64."""

    time_s: float
    jpeg: str


def wanted_times(shots: Sequence[Shot], duration_ns: int) -> list[list[int]]:
    """Per shot, the times (ns, rising) that its thumbnails should show: centres of equal slots of the shot.

    A longer shot gets more of them, at most 8; each gets at least one.
    """
    times = []
    for shot in shots:
        length_ns = shot.end_ns - shot.start_ns
        number = max(1, min(_MOST_PER_SHOT, round(_NUM_SPREAD * length_ns / duration_ns)))
        times.append([shot.start_ns + length_ns * (2 * slot + 1) // (2 * number) for slot in range(number)])
    return times


def thumbnail(frame: Frame) -> Picture:
    """A frame as a small JPEG."""
    return Picture(seconds(frame.time_ns), _jpeg(frame.pixels))


def nearest_frames(frames: Iterable[Frame], times_ns: Sequence[int]) -> list[Frame]:
    """The frame nearest to each time; both rise. Where two are as near, the earlier one."""
    chosen: list[Frame] = []
    before: Frame | None = None
    for frame in frames:
        while len(chosen) < len(times_ns) and times_ns[len(chosen)] <= frame.time_ns:
            wanted_ns = times_ns[len(chosen)]
            nearer = before is not None and wanted_ns - before.time_ns <= frame.time_ns - wanted_ns
            chosen.append(before if nearer and before is not None else frame)
        before = frame
    if before is not None:
        chosen += [before] * (len(times_ns) - len(chosen))
    return chosen


def _jpeg(pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()
