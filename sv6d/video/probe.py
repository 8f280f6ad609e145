"""One file, read from end to end: what it is, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av.error
import numpy as np
from av.video.stream import VideoStream

from sv6d.errors import DecodeError, LimitError, TruncatedError
from sv6d.timeline import NS_PER_S, pts_to_ns
from sv6d.video.config import LimitsConfig
from sv6d.video.manifest import Probe
from sv6d.video.moments import Seen
from sv6d.video.reader import Orientation, VideoFile, no_frames, open_video, orientation_of
from sv6d.video.sniff import AVI, MOV, container_format, declared_bytes
from sv6d.video.walk import shown_size

# Measured on 68 MP4/MOV files that decode without error: shown frames = packets - discarded by the edit
# list, exactly. A tenth is left for pictures at the start that refer to others before the file's first.
_MOST_UNDECODED_SHARE = 0.1
# Ours: the last picture of an AVI file starts one mean distance before the declared end, or two if one is lost.
_MOST_STEPS_MISSING = 1.5
# A still picture, or a last frame, without a duration: 25 frames a second, FFmpeg's own assumption.
_DEFAULT_FRAME_NS = NS_PER_S // 25


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What still comes out of a file that was cut off: frames, and where the last one starts (ns since the first)."""

    num_frames: int
    last_ns: int

    def __str__(self) -> str:
        return f"{self.num_frames} whole frames can be saved, the last at {self.last_ns / NS_PER_S:.3f} s"


def probe(path: Path, limits: LimitsConfig, seen: Seen | None = None) -> Probe:
    """Decode every frame of a file once; `seen` is shown each of them.

    Raises:
        TruncatedError: bytes or frames are missing; `found` also says how many whole frames come out.
        LimitError: it asks for more pixels, streams, time or memory than allowed.
        DecodeError: another of its kinds.
    """
    with within_memory(path, limits):
        try:
            check_whole(path)
        except TruncatedError as error:
            raise _truncated(path, f"{error.found}; {salvage(path, limits)}", error.wanted) from error
        with open_video(path) as video:
            _check_header(video, limits)
            try:
                return _read_through(video, limits, seen)
            except av.error.InvalidDataError as error:
                if not video.num_cut_packets:
                    raise
                raise _cut_packet(path, salvage(path, limits)) from error


@contextmanager
def within_memory(path: Path, limits: LimitsConfig) -> Iterator[None]:
    """Turns running out of memory, within the block, into the error that names the limit.

    Raises:
        LimitError: memory ran out.
    """
    try:
        yield
    except MemoryError as error:
        raise _over(path, "the decoder ran out of memory", f"at most {limits.max_memory_bytes} bytes") from error


def salvage(path: Path, limits: LimitsConfig) -> Salvaged:
    """How far a damaged file decodes without an error or a damaged frame: zero frames where it does not open."""
    num_frames, first_pts, last_ns = 0, 0, 0
    try:
        with open_video(path) as video:
            _check_header(video, limits)
            for frame in video.decode():
                if frame.is_corrupt:
                    break
                time = video.frame_time(frame)
                first_pts = time.pts if num_frames == 0 else first_pts
                last_ns = pts_to_ns(time.pts - first_pts, time.time_base_num, time.time_base_den)
                _check_duration(path, last_ns / NS_PER_S, limits)
                num_frames += 1
    except DecodeError:
        pass
    return Salvaged(num_frames, last_ns)


def check_whole(path: Path) -> None:
    """Compare the file's size with what its container declares.

    Raises:
        TruncatedError: bytes are missing.
        DecodeError: it is empty, or no container that is read.
    """
    wanted = declared_bytes(path, container_format(path))
    size = path.stat().st_size
    if wanted is not None and size < wanted:
        raise _truncated(path, f"{size} bytes", f"at least {wanted} bytes, as its container declares")


def _check_header(video: VideoFile, limits: LimitsConfig) -> None:
    num_streams = len(video.container.streams)
    if num_streams > limits.max_streams:
        raise _over(video.path, f"{num_streams} streams", f"at most {limits.max_streams} streams")
    codec = video.stream.codec_context
    _check_pixels(video.path, codec.width, codec.height, limits)
    declared = video.stream.duration
    if declared is not None:
        _check_duration(video.path, declared * float(video.time_base), limits)


def _check_pixels(path: Path, width_px: int, height_px: int, limits: LimitsConfig) -> None:
    if width_px * height_px > limits.max_pixels:
        raise _over(path, f"{width_px} x {height_px} pixels", f"at most {limits.max_pixels} pixels")


def _check_duration(path: Path, duration_s: float, limits: LimitsConfig) -> None:
    if duration_s > limits.max_duration_s:
        raise _over(path, f"{duration_s:.1f} s", f"at most {limits.max_duration_s} s")


def _read_through(video: VideoFile, limits: LimitsConfig, seen: Seen | None) -> Probe:
    all_pts: list[int] = []
    last_duration = 0
    orientation, height_px, width_px = Orientation(), 0, 0
    base_s = float(video.time_base)
    for frame in video.decode():
        time = video.frame_time(frame)
        _check_pixels(video.path, frame.width, frame.height, limits)  # the pictures need not be as the header says
        if not all_pts:
            orientation = orientation_of(frame)
            height_px, width_px = shown_size(video, frame, orientation)
        all_pts.append(time.pts)
        if seen is not None:
            seen.add(time.pts, frame)
        last_duration = frame.duration or 0
        _check_duration(video.path, (time.pts - all_pts[0]) * base_s, limits)
    if not all_pts:
        raise no_frames(video)
    base = video.time_base
    last_ns = pts_to_ns(all_pts[-1] - all_pts[0], base.numerator, base.denominator)
    _check_end(video, len(all_pts) + video.num_unordered, Salvaged(len(all_pts), last_ns))
    codec = video.stream.codec_context
    return Probe(
        container=video.container_name,
        codec=codec.codec.canonical_name,
        pixel_format=codec.pix_fmt or "",
        width_px=width_px,
        height_px=height_px,
        turned_deg=orientation.clockwise_deg,
        duration_ns=last_ns + _last_frame_ns(video.stream, all_pts, last_duration, video),
        num_frames=len(all_pts),
        num_unordered=video.num_unordered,
        variable_rate=_is_variable(all_pts, base_s),
        first_pts=all_pts[0],
        time_base_num=base.numerator,
        time_base_den=base.denominator,
        has_sound=len(video.container.streams.audio) > 0,
    )


def _check_end(video: VideoFile, num_decoded: int, saved: Salvaged) -> None:
    """What was read, against what the container declares.

    Only MP4/MOV declare a count of packets that holds (measured: exactly, on 68 of 68 files). AVI counts
    empty ones too, so where the last one starts is compared. A damaged last frame tells of a cut in any container.
    """
    stream = video.stream
    if video.container_name == MOV and stream.frames:
        if video.num_packets < stream.frames:
            raise _truncated(video.path, f"{video.num_packets} packets; {saved}", f"{stream.frames}, as declared")
        wanted = video.num_packets - video.num_discarded
        if num_decoded < wanted * (1 - _MOST_UNDECODED_SHARE):
            raise _truncated(video.path, f"{num_decoded} frames; {saved}", f"{wanted} frames, one of each packet")
    if video.container_name == AVI and stream.duration and video.last_start is not None:
        steps = saved.num_frames - 1
        step = video.last_start / steps if steps else 1
        if stream.duration - video.last_start > _MOST_STEPS_MISSING * step:
            last_s, declared_s = (time * float(video.time_base) for time in (video.last_start, stream.duration))
            raise _truncated(
                video.path,
                f"a last picture at {last_s:.3f} s; {saved}",
                f"pictures until {declared_s:.3f} s, as declared",
            )
    if video.num_cut_packets:
        raise _cut_packet(video.path, saved)
    if video.ends_damaged:
        raise _truncated(video.path, f"a damaged last frame; {saved}, itself included", "a whole last frame")


def _last_frame_ns(stream: VideoStream, all_pts: Sequence[int], duration: int, video: VideoFile) -> int:
    """The last frame's own duration, else the median distance of frames, else that of the declared rate."""
    base = video.time_base
    if duration > 0:
        return pts_to_ns(duration, base.numerator, base.denominator)
    if len(all_pts) > 1:
        return pts_to_ns(int(np.median(np.diff(all_pts))), base.numerator, base.denominator)
    return int(NS_PER_S / stream.average_rate) if stream.average_rate else _DEFAULT_FRAME_NS


def _is_variable(all_pts: Sequence[int], base_s: float) -> bool:
    """Distances that differ by more than rounding to the time base, or to milliseconds, explains."""
    gaps = np.diff(all_pts)
    rounding = max(1.0, 0.001 / base_s)
    return bool(gaps.size and gaps.max() - gaps.min() > rounding)


def _cut_packet(path: Path, saved: Salvaged) -> TruncatedError:
    return _truncated(path, f"a packet of which a part is missing; {saved}", "whole packets")


def _truncated(path: Path, found: str, wanted: str) -> TruncatedError:
    return TruncatedError(
        f"{path.name} was cut off", path=path, found=found, wanted=wanted, next_step="copy or download the file again"
    )


def _over(path: Path, found: str, wanted: str) -> LimitError:
    return LimitError(
        f"{path.name} is over the limits",
        path=path,
        found=found,
        wanted=wanted,
        next_step="cut or scale the file down, or raise raw_videos.limits in params.yaml",
    )
