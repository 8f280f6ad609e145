"""One pass over a file: every picture as three small planes, and what could not be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.error
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from sv6d.video.frames import fit
from sv6d.video.reader import Orientation, VideoFile, no_frames, open_video, orientation_of
from sv6d.video.walk import shown_size, since_first

# Longer side. Measured: camera movements of rendered clips are told apart at it, at a third of the cost of decoding.
_LONGEST_PX = 160
# Matrices of frames that need no other one: not said, BT.470BG, SMPTE 170M (ISO/IEC 23091-2). Measured: to ask for one
# of them all the same takes 1.3 ms a frame instead of 0.2.
_LIKE_BT601 = (2, 5, 6)
_LEAST_SIDE_PX = 32  # one tile of the camera's estimator


@dataclass(frozen=True)
class Planes:
    """One picture as shown: uint8 [3, height, width], luma and the two colour differences.

    BT.601 in limited range, whatever the file holds: luma in [16, 235], colour differences about 128.

    Attributes:
        time_ns: since the first picture.
        clock_ns: on the container's clock, which its sound has too.
        ratio: width by height as shown, before it was made small.
    """

    time_ns: int
    clock_ns: int
    ratio: float
    yuv_CHW: np.ndarray  # noqa: N815 - shape suffixes are the house style


@dataclass
class Losses:
    """Times (ns since the first frame, None: unknown) of packets and pictures that the decoder refused."""

    times_ns: list[int | None] = field(default_factory=list)


def read_planes(path: Path, losses: Losses) -> Iterator[Planes]:
    """All pictures that can be decoded, in display order; refused packets are noted in `losses`.

    Raises:
        DecodeError: the file can not be opened, or yields no picture.
    """
    with open_video(path) as video:
        first_pts: int | None = None
        last_pts: int | None = None
        for frame in _decode(video, losses):
            frame.pts = video.shown_pts(frame, last_pts)
            if frame.pts is None:
                continue
            time = video.frame_time(frame)
            last_pts = time.pts
            if first_pts is None:
                first_pts = time.pts
                orientation = orientation_of(frame)
                shown_px = shown_size(video, frame, orientation)
                shrink = _Shrink(fit(*shown_px, _LONGEST_PX, _LEAST_SIDE_PX), orientation)
            yield Planes(since_first(time, first_pts), time.time_ns, shown_px[1] / shown_px[0], shrink(frame))
        if first_pts is None:
            raise no_frames(video)
        base = video.time_base
        losses.times_ns = [
            None if pts is None else (pts - first_pts) * base.numerator * 1_000_000_000 // base.denominator
            for pts in losses.times_ns
        ]


def _decode(video: VideoFile, losses: Losses) -> Iterator[av.VideoFrame]:
    """Frames of the chosen stream, without those that the decoder refuses or could not make whole."""
    for packet in video.container.demux(video.stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            losses.times_ns.append(packet.pts)
            continue
        for frame in frames:
            if not isinstance(frame, av.VideoFrame):
                continue
            if frame.is_corrupt:
                losses.times_ns.append(frame.pts)
                continue
            yield frame


class _Shrink:
    """Decoded frames to small planes, without the detour by RGB."""

    def __init__(self, shown_px: tuple[int, int], orientation: Orientation) -> None:
        height_px, width_px = shown_px
        self._coded = (width_px, height_px) if orientation.transpose else (height_px, width_px)
        self._orientation = orientation
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> np.ndarray:
        height_px, width_px = self._coded
        small = self._reformatter.reformat(
            frame,
            width=width_px,
            height=height_px,
            format="yuv444p",
            interpolation=Interpolation.AREA,
            threads=1,
            dst_color_range=ColorRange.MPEG if frame.color_range == ColorRange.JPEG else None,
            dst_colorspace=None if frame.colorspace in _LIKE_BT601 else Colorspace.ITU601,
        )
        planes = small.to_ndarray().reshape(3, height_px, width_px)
        return np.stack([self._orientation.apply(plane) for plane in planes])
