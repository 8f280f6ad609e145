"""Sampled clips of many windows of many videos: decoded in killable workers, kept by key for every stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson

from sv6d.batch.keyed_map import Item, kept
from sv6d.errors import ArtifactError
from sv6d.events import Events
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.timeline import FrameTime
from sv6d.video.config import ReaderName
from sv6d.video.decord_clip import decord_build, decord_clip
from sv6d.video.frames import Clip, sample_clip
from sv6d.video.manifest import Locator
from sv6d.video.reader import decoder_build
from sv6d.video.service import DecodeService

# Seconds for one window. Measured: 6 minutes of 1080p, all of it read, take 70 s on one core.
_LIMIT_S = 600.0
_MAX_MEMORY_BYTES = 2 << 30  # as probing the same file may take (`raw_videos.limits`)
_NEXT_STEPS: dict[ReaderName, str] = {
    "pyav": "rebuild raw_videos; look at the file, and at the memory of this machine",
    "decord": "set base_model.sampling.reader to pyav in params.yaml",
}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A part of one video, [start_ns, end_ns) since its first frame."""

    video_id: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Framing:
    """How a window becomes a clip: number of frames, the picture size they are letterboxed to, and who decodes them."""

    num_frames: int
    height_px: int
    width_px: int
    reader: ReaderName


def reader_build(reader: ReaderName) -> dict[str, str]:
    """Name and version of everything that turns a window into a clip: part of each key.

    Raises:
        ConfigError: that reader is not installed.
    """
    return decord_build() if reader == "decord" else decoder_build()


def sample_windows(
    windows: Sequence[Window], framing: Framing, *, locator: Locator, cache: Path, workers: int, events: Events
) -> dict[Window, Clip]:
    """A clip for every window, each as `sample_clip` gives it; equal windows share one.

    Raises:
        ArtifactError, ConfigError: as `sample_files`.
    """
    files = sample_files(windows, framing, locator=locator, cache=cache, workers=workers, events=events)
    return {window: read_clip(path) for window, path in files.items()}


def sample_files(
    windows: Sequence[Window], framing: Framing, *, locator: Locator, cache: Path, workers: int, events: Events
) -> dict[Window, Path]:
    """Where the clip of every window lies, for `read_clip`; none of them is held in memory.

    Windows are worked on side by side, and what any stage sampled before is found in `cache`: the key is the
    content of the video, the window, the framing, the reader's build and this code.

    Raises:
        ArtifactError: a video that the manifest lists can no longer be read, or not by the reader of the framing.
        ConfigError: that reader is not installed.
    """
    wanted = sorted(set(windows))
    common = {
        "framing": asdict(framing),
        "code": code_version(import_closure("sv6d.video.windows")),
        "reader": reader_build(framing.reader),
    }
    items = [
        Item(fingerprint({**common, **asdict(window)}), (locator.path(window.video_id), window, framing))
        for window in wanted
    ]
    outcomes = DecodeService(cache, workers, _LIMIT_S, _MAX_MEMORY_BYTES, events, unit="windows").outcomes(
        _sample, items
    )
    files: dict[Window, Path] = {}
    for window, outcome in zip(wanted, outcomes, strict=True):
        if not isinstance(outcome.held, Path):
            raise ArtifactError(
                f"video {window.video_id[:12]} can not be read any more",
                found=str(outcome.failure),
                wanted="the frames that raw_videos decoded",
                next_step=_NEXT_STEPS[framing.reader],
            )
        files[window] = outcome.held.absolute()
    return files


def read_clip(path: Path) -> Clip:
    """The clip that `sample_files` has put there, on any machine that sees it.

    Raises:
        ArtifactError: the file was changed or removed since.
    """
    return _unpack(kept(path))


def _sample(payload: tuple[Path, Window, Framing]) -> bytes:
    path, window, framing = payload
    clip_of = decord_clip if framing.reader == "decord" else sample_clip
    size = {"num_frames": framing.num_frames, "height_px": framing.height_px, "width_px": framing.width_px}
    return _pack(clip_of(path, start_ns=window.start_ns, end_ns=window.end_ns, **size))


def _pack(clip: Clip) -> bytes:
    """A line of JSON that says shape and times, then the pixels."""
    header = {
        "first_pts": clip.first_pts,
        "shape": list(clip.pixels_THWC.shape),
        "times": [[time.pts, time.time_base_num, time.time_base_den] for time in clip.frame_times],
    }
    return orjson.dumps(header) + b"\n" + clip.pixels_THWC.tobytes()


def _unpack(raw: bytes) -> Clip:
    head, _, pixels = raw.partition(b"\n")
    header = orjson.loads(head)
    array = np.frombuffer(pixels, np.uint8).reshape(header["shape"])
    return Clip(array, tuple(FrameTime(*time) for time in header["times"]), header["first_pts"])
