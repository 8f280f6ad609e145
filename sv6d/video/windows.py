"""Sampled clips of many windows of many videos: decoded in killable workers, kept by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson

from sv6d.batch.keyed_map import Item
from sv6d.errors import ArtifactError
from sv6d.events import Events
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.timeline import FrameTime
from sv6d.video.frames import Clip, sample_clip
from sv6d.video.manifest import Locator
from sv6d.video.reader import decoder_build
from sv6d.video.service import DecodeService

# Seconds for all windows of one video. Measured: 6 minutes of 1080p decode in 70 s on one core.
_LIMIT_S = 600.0
# Ours: twice the address space that probing may take, since the clips of all windows are held at once.
_MAX_MEMORY_BYTES = 4 << 30


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A part of one video, [start_ns, end_ns) since its first frame."""

    video_id: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Framing:
    """How a window becomes a clip: number of frames and the picture size they are letterboxed to."""

    num_frames: int
    height_px: int
    width_px: int


def sample_windows(
    windows: Sequence[Window], framing: Framing, *, locator: Locator, cache: Path, workers: int, events: Events
) -> dict[Window, Clip]:
    """A clip for every window, each as `sample_clip` gives it; equal windows share one.

    Videos are worked on side by side, and what was sampled before is found in `cache`.

    Raises:
        ArtifactError: a video that the manifest lists can no longer be read.
    """
    by_video: dict[str, list[Window]] = {}
    for window in sorted(set(windows)):
        by_video.setdefault(window.video_id, []).append(window)
    code = code_version(import_closure("sv6d.video.windows"))
    items = []
    for video_id, parts in by_video.items():
        spans = [(part.start_ns, part.end_ns) for part in parts]
        key = fingerprint(
            {"video": video_id, "spans": spans, "framing": asdict(framing), "code": code, "reader": decoder_build()}
        )
        items.append(Item(key, (locator.path(video_id), spans, framing)))
    outcomes = DecodeService(cache, workers, _LIMIT_S, _MAX_MEMORY_BYTES, events).outcomes(_sample, items)
    clips: dict[Window, Clip] = {}
    for parts, outcome in zip(by_video.values(), outcomes, strict=True):
        if outcome.value is None:
            raise ArtifactError(
                f"video {parts[0].video_id[:12]} can not be read any more",
                found=str(outcome.failure),
                wanted="the frames that raw_videos decoded",
                next_step="rebuild raw_videos; look at the file, and at the memory of this machine",
            )
        clips.update(zip(parts, _unpack(outcome.value), strict=True))
    return clips


def _sample(payload: tuple[Path, list[tuple[int, int]], Framing]) -> bytes:
    path, spans, framing = payload
    return _pack([sample_clip(path, start_ns=start, end_ns=end, **asdict(framing)) for start, end in spans])


def _pack(clips: Sequence[Clip]) -> bytes:
    """A line of JSON that says shapes and times, then the pixels of all clips."""
    header = [
        {
            "first_pts": clip.first_pts,
            "shape": list(clip.pixels_THWC.shape),
            "times": [[time.pts, time.time_base_num, time.time_base_den] for time in clip.frame_times],
        }
        for clip in clips
    ]
    return orjson.dumps(header) + b"\n" + b"".join(clip.pixels_THWC.tobytes() for clip in clips)


def _unpack(raw: bytes) -> list[Clip]:
    head, _, pixels = raw.partition(b"\n")
    clips, offset = [], 0
    for entry in orjson.loads(head):
        count = int(np.prod(entry["shape"]))
        array = np.frombuffer(pixels, np.uint8, count, offset).reshape(entry["shape"])
        clips.append(Clip(array, tuple(FrameTime(*time) for time in entry["times"]), entry["first_pts"]))
        offset += count
    return clips
