"""Frames with their real times: a clip sampled for a model, and the stream of small pictures for measurements."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from sv6d.errors import InputError
from sv6d.timeline import FrameTime, pts_to_ns, seconds
from sv6d.video.reader import Orientation, VideoFile, no_frames, open_video, orientation_of
from sv6d.video.sniff import MATROSKA, MOV
from sv6d.video.walk import shown_size, since_first, walk

PixelFormat = Literal["rgb24", "gray"]
# Seeking is exact in files with an index of key frames (measured: equal pixels to reading from the
# start on every such sample file); the others are read from the start.
_SEEKABLE = frozenset({MOV, MATROSKA})
_LEAST_SIDE_PX = 16  # ours: two blocks of eight pixels, below which nothing can be compared


@dataclass(frozen=True)
class Clip:
    """Frames of a window of one video.

    Attributes:
        pixels_THWC: uint8 RGB, frames x height x width x 3, as shown, black bars around.
        frame_times: presentation time of each frame in the container's time base, strictly rising.
        first_pts: of the first frame of the video, in the same time base: time zero.
    """

    pixels_THWC: np.ndarray  # noqa: N815 - shape suffixes are the house style
    frame_times: tuple[FrameTime, ...]
    first_pts: int

    @property
    def times_ns(self) -> tuple[int, ...]:
        """Nanoseconds since the first frame of the video."""
        return tuple(since_first(time, self.first_pts) for time in self.frame_times)

    @property
    def times_s(self) -> tuple[float, ...]:
        return tuple(seconds(time_ns) for time_ns in self.times_ns)


@dataclass(frozen=True)
class Frame:
    """One decoded picture: its time, nanoseconds since the first frame, and uint8 pixels (HWC RGB or HW luma)."""

    time: FrameTime
    time_ns: int
    pixels: np.ndarray


def fit(height_px: int, width_px: int, longest_px: int, least_px: int = 1) -> tuple[int, int]:
    """Height and width of a picture of the same shape whose longer side is `longest_px`.

    Neither side gets shorter than `least_px`, whatever that does to the shape.
    """
    scale = longest_px / max(height_px, width_px)
    return max(least_px, round(height_px * scale)), max(least_px, round(width_px * scale))


class Scaler:
    """Turns decoded frames into pictures of one size, as shown: HWC RGB or HW luma, uint8, full range."""

    def __init__(self, height_px: int, width_px: int, pixel_format: PixelFormat, orientation: Orientation) -> None:
        self._coded = (width_px, height_px) if orientation.transpose else (height_px, width_px)
        self._format = pixel_format
        self._orientation = orientation
        self._shrink = VideoReformatter()
        self._convert = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> np.ndarray:
        height_px, width_px = self._coded
        # Area averaging: anything that samples fewer pixels makes still texture flicker when scaled down this
        # far. By way of planes of equal size, because FFmpeg drops every other chroma column on the direct way
        # to RGB (measured against exact averages: largest error 5 to 10 of 255 by this way, 13 to 117 directly).
        # One thread: bytes must not depend on the number of cores (and it is no slower: 0.09 ms a frame, not 0.12).
        size = {"width": width_px, "height": height_px, "threads": 1}
        if self._format == "rgb24":
            frame = self._shrink.reformat(frame, format="yuv444p", interpolation=Interpolation.AREA, **size)
        small = self._convert.reformat(frame, format=self._format, interpolation=Interpolation.AREA, **size)
        return self._orientation.apply(small.to_ndarray())


def sample_clip(path: Path, *, start_ns: int, end_ns: int, num_frames: int, height_px: int, width_px: int) -> Clip:
    """The frames nearest to the centres of `num_frames` equal slots of [start_ns, end_ns).

    A window with fewer frames gives those that there are, but at least two unless the video has
    only one. Pictures are turned as shown, scaled to fit and centred on black.

    Raises:
        DecodeError: the file can not be read.
        InputError: the window is empty or no frame is asked for.
    """
    check_window(path, start_ns, end_ns, num_frames)
    window_ns = (start_ns, end_ns)
    listed, key_pts = _listed_pts(path)
    clip = _read_clip(path, listed, key_pts, window_ns, num_frames, (height_px, width_px))
    if clip is None:
        # The list of packets names frames that are never shown (reference frames of VP9), or a jump missed.
        with open_video(path) as video:
            shown = [video.frame_time(frame).pts for frame in video.decode()]
        clip = _read_clip(path, shown, [], window_ns, num_frames, (height_px, width_px))
    assert clip is not None  # the same bytes decode to the same times again
    return clip


def pictures_at(path: Path, chosen_pts: Sequence[int], *, height_px: int, width_px: int) -> np.ndarray:
    """The frames with these presentation times, THWC uint8 RGB, turned as shown, scaled to fit and centred on black.

    Read from the start, without jumps: for frames from all over a file. `chosen_pts` rises, and names frames that
    are shown.

    Raises:
        DecodeError: the file can not be read.
    """
    with open_video(path) as video:
        frames = video.decode()
        head = next(frames, None)
        if head is None:
            raise no_frames(video)
        paint = painter(video, head, height_px, width_px)
        return np.stack(_collect(video, chain([head], frames), chosen_pts, [], paint))


def check_window(path: Path, start_ns: int, end_ns: int, num_frames: int) -> None:
    """
    Raises:
        InputError: the window is empty or no frame is asked for.
    """
    if end_ns <= start_ns or num_frames < 1:
        raise InputError(
            f"no frames to sample from {path.name}",
            found=f"window [{start_ns}, {end_ns}) ns, {num_frames} frames",
            wanted="a window that ends after it starts, and at least one frame",
            next_step="correct the window",
        )


def choose_times(times_ns: Sequence[int], start_ns: int, end_ns: int, num_frames: int) -> list[int]:
    """Indexes of the frames nearest to the centres of equal slots, rising, each once.

    `times_ns` rises from 0. Frames of the window [start_ns, end_ns) come first; where it holds
    fewer than two, the frame on screen at its start and the nearest others make it up to two.
    """
    low, high = bisect_left(times_ns, start_ns), bisect_left(times_ns, end_ns)
    if high - low < min(2, len(times_ns)):
        middle_ns = (start_ns + end_ns) // 2
        nearest = sorted(range(len(times_ns)), key=lambda i: (not low <= i < high, abs(times_ns[i] - middle_ns), i))
        return sorted(nearest[: min(2, len(times_ns))])
    if high - low <= num_frames:
        return list(range(low, high))
    free = list(range(low, high))
    chosen = []
    for slot in range(num_frames):
        centre_ns = start_ns + (end_ns - start_ns) * (2 * slot + 1) // (2 * num_frames)
        # Leave at least one later frame for each slot still to fill.
        usable = free[: len(free) - (num_frames - 1 - slot)]
        best = min(usable, key=lambda i: (abs(times_ns[i] - centre_ns), i))
        chosen.append(best)
        free = free[free.index(best) + 1 :]
    return chosen


def read_frames(path: Path, *, longest_px: int, pixel_format: PixelFormat) -> Iterator[Frame]:
    """All frames of a video in display order, scaled down to `longest_px` on the longer side.

    The shape is kept, but no side is shorter than 16 pixels, so that measurements have room.

    Raises:
        DecodeError: the file can not be read, or holds no frame (NoFramesError).
    """
    scaler: Scaler | None = None
    for step in walk(path, deblock_all=True):
        if scaler is None:
            size_px = fit(step.shown.height_px, step.shown.width_px, longest_px, _LEAST_SIDE_PX)
            scaler = Scaler(*size_px, pixel_format, step.shown.orientation)
        yield Frame(step.time, step.time_ns, scaler(step.frame))


def painter(
    video: VideoFile, head: av.VideoFrame, height_px: int, width_px: int
) -> Callable[[av.VideoFrame], np.ndarray]:
    """A function from a frame to an RGB picture of exactly that size, on black."""
    orientation = orientation_of(head)
    shown_height, shown_width = shown_size(video, head, orientation)
    scale = min(height_px / shown_height, width_px / shown_width)
    inner_height, inner_width = max(1, round(shown_height * scale)), max(1, round(shown_width * scale))
    scaler = Scaler(inner_height, inner_width, "rgb24", orientation)
    top, left = (height_px - inner_height) // 2, (width_px - inner_width) // 2

    def paint(frame: av.VideoFrame) -> np.ndarray:
        picture = np.zeros((height_px, width_px, 3), dtype=np.uint8)
        picture[top : top + inner_height, left : left + inner_width] = scaler(frame)
        return picture

    return paint


def _listed_pts(path: Path) -> tuple[list[int], list[int]]:
    """Times of all packets that the container does not discard, and of the key frames among them; sorted.

    Nothing is decoded.
    """
    with open_video(path) as video:
        packets = [(p.pts, p.is_keyframe) for p in video.container.demux(video.stream) if not p.is_discard]
    listed = {pts for pts, _ in packets if pts is not None}
    return sorted(listed), sorted({pts for pts, is_key in packets if is_key and pts is not None})


def _read_clip(
    path: Path,
    all_pts: Sequence[int],
    key_pts: Sequence[int],
    window_ns: tuple[int, int],
    num_frames: int,
    size_px: tuple[int, int],
) -> Clip | None:
    """The clip, or None where a frame of the list is never shown, or the first one is not the list's first."""
    with open_video(path) as video:
        frames = video.decode()
        head = next(frames, None)
        if head is None:
            raise no_frames(video)
        first_pts = video.frame_time(head).pts
        if not all_pts or all_pts[0] != first_pts:
            return None
        base = video.time_base
        times_ns = [pts_to_ns(pts - first_pts, base.numerator, base.denominator) for pts in all_pts]
        chosen = [all_pts[i] for i in choose_times(times_ns, *window_ns, num_frames)]
        pictures = _collect(video, chain([head], frames), chosen, key_pts, painter(video, head, *size_px))
        if len(pictures) != len(chosen):
            return None
        times = tuple(FrameTime(pts, base.numerator, base.denominator) for pts in chosen)
        return Clip(np.stack(pictures), times, first_pts)


def _collect(
    video: VideoFile,
    frames: Iterator[av.VideoFrame],
    chosen: Sequence[int],
    key_pts: Sequence[int],
    paint: Callable[[av.VideoFrame], np.ndarray],
) -> list[np.ndarray]:
    """Pictures of the frames whose pts are chosen, as far as they are shown.

    Jumps ahead where a key frame lies between the present frame and the next wanted one.
    """
    pictures: list[np.ndarray] = []
    reached = -(2**63)
    for wanted in chosen:
        index = bisect_right(key_pts, wanted) - 1
        if video.container_name in _SEEKABLE and index > 0 and key_pts[index] > max(reached, key_pts[0]):
            video.container.seek(key_pts[index], stream=video.stream)
            frames = video.decode()
        for frame in frames:
            reached = video.frame_time(frame).pts
            if reached >= wanted:
                break
        if reached != wanted:
            break
        pictures.append(paint(frame))
    return pictures
