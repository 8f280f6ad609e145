"""Chosen frames of a file by decord (the extra `decord`), for whoever chose it instead of the reader.

decord is never shown the file: a name could be an address to it, it takes any container for what it looks like, it
does not know edit lists, and after a jump in some files it gives another frame than it says (measured:
docs/decoding.md). This library's own reader opens the file, under its own rules, and lists the frames; the packets of
the parts that hold a wanted frame go into a small Matroska file in memory, each part from a key frame that nothing
later reaches back over to the next such one. decord reads each part from its first frame to its last, and all of it
counts only if it has as many frames as packets, at the times that they have, none of them made up. Turn and sample
aspect ratio are applied here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate, islice, pairwise
from pathlib import Path

import av
import av.error
import numpy as np

from sv6d.errors import ConfigError, ReaderError
from sv6d.timeline import FrameTime, pts_to_ns
from sv6d.video.frames import Clip, check_window, choose_times, painter
from sv6d.video.reader import decoder_build, no_frames, open_video

PACKAGE = "decord"
_MS_PER_S = 1000
_CLOCK = Fraction(1, _MS_PER_S)  # of Matroska, as FFmpeg writes it
_ANY_RATE = Fraction(25)  # decord refuses a file that declares none, and takes the times of the packets
# decord counts frames that it could not decode and filled in; its setting for "none" is a share that one frame exceeds.
_NO_FILLED = 1e-9
# Of shorter parts with reordered frames FFmpeg 4.1 does not know the start, and decord gives no times. Measured: up to
# seven frames; ours: twice the most that H.264 reorders.
_LEAST_PACKETS = 32
_SLACK_S = 0.0005  # half of Matroska's clock; decord's times are 32-bit floats, exact to 0.00006 s in 1000 s


def decord_build() -> dict[str, str]:
    """As `decoder_build`: what lists, hands over, decodes and scales. decord is not loaded for it.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        return {**decoder_build(), "reader": PACKAGE, PACKAGE: version(PACKAGE)}
    except PackageNotFoundError as error:
        raise ConfigError(
            "frames can not be read by decord",
            found="base_model.sampling.reader is decord, but it is not installed",
            wanted="decord as pinned in the extra decord",
            next_step="pip install 'sv6d[decord]', or set base_model.sampling.reader to pyav",
        ) from error


@dataclass(frozen=True, slots=True)
class _Packet:
    """What the container says of one packet, in the order of decoding."""

    pts: int
    is_key: bool
    is_shown: bool


def decord_clip(path: Path, *, start_ns: int, end_ns: int, num_frames: int, height_px: int, width_px: int) -> Clip:
    """What `sample_clip` gives for the same window, with the pictures that decord decodes.

    Raises:
        DecodeError: the file can not be read.
        ReaderError: it can be, but not by decord: other frames than the container lists, or none.
        InputError: the window is empty or no frame is asked for.
    """
    check_window(path, start_ns, end_ns, num_frames)
    with open_video(path) as video:
        head = next(video.decode(), None)
        if head is None:
            raise no_frames(video)
        if not video.has_shown_times and video.stream.codec_context.has_b_frames:
            raise _unfit(path, "reordered pictures in a container without times of showing", "a time for each picture")
        first_pts, base = video.frame_time(head).pts, video.time_base
        paint = painter(video, head, height_px, width_px)
    packets = _listed(path)
    shown = sorted(packet.pts for packet in packets if packet.is_shown)
    if not shown or shown[0] != first_pts:
        raise _unfit(path, f"a first frame at pts {first_pts}", f"pts {shown[0] if shown else None}, as listed")
    times_ns = [pts_to_ns(pts - first_pts, base.numerator, base.denominator) for pts in shown]
    chosen = [shown[i] for i in choose_times(times_ns, start_ns, end_ns, num_frames)]

    def paint_rgb(rgb: np.ndarray) -> np.ndarray:
        wanted = (head.height, head.width, 3)
        if rgb.shape != wanted:
            raise _unfit(path, f"a picture of shape {rgb.shape}", f"shape {wanted}")
        return paint(av.VideoFrame.from_ndarray(rgb, "rgb24"))

    pictures: dict[int, np.ndarray] = {}
    for start, stop in _parts(packets, set(chosen)):
        all_pts = [packet.pts for packet in packets[start:stop]]
        pictures |= _decoded(path, start, _times_ms(path, all_pts, base), all_pts, set(chosen), paint_rgb)
    times = tuple(FrameTime(pts, base.numerator, base.denominator) for pts in chosen)
    return Clip(np.stack([pictures[pts] for pts in chosen]), times, first_pts)


def _listed(path: Path) -> list[_Packet]:
    """All packets of the chosen stream that hold something. Nothing is decoded."""
    with open_video(path) as video:
        told = [(p.pts, p.is_keyframe, not p.is_discard) for p in video.container.demux(video.stream) if p.size]
    packets = [_Packet(pts, is_key, is_shown) for pts, is_key, is_shown in told if pts is not None]
    if len({packet.pts for packet in packets}) != len(told):
        raise _unfit(path, "packets without a time, or two of one time", "a time of its own for each frame")
    return packets


def _parts(packets: Sequence[_Packet], chosen: set[int]) -> list[tuple[int, int]]:
    """Ranges of packets that can be decoded by themselves and hold the chosen frames; what touches is one."""
    all_pts = [packet.pts for packet in packets]
    latest_before = list(accumulate(all_pts, max, initial=all_pts[0] - 1))
    earliest_from = list(accumulate(reversed(all_pts), min))[::-1]
    starts = [
        i
        for i, packet in enumerate(packets)
        if i == 0 or (packet.is_key and latest_before[i] < packet.pts == earliest_from[i])
    ]
    parts: list[tuple[int, int]] = []
    for start, stop in zip(starts, [*starts[1:], len(packets)], strict=True):
        if chosen.isdisjoint(all_pts[start:stop]):
            continue
        start = max((early for early in starts if stop - early >= _LEAST_PACKETS), default=0)
        while parts and parts[-1][1] >= start:
            start = min(start, parts.pop()[0])
        parts.append((start, stop))
    return parts


def _decoded(
    path: Path,
    start: int,
    times_ms: Mapping[int, int],
    all_pts: Sequence[int],
    chosen: set[int],
    paint: Callable[[np.ndarray], np.ndarray],
) -> dict[int, np.ndarray]:
    """The painted frames of one part that are chosen, by pts, when all of it was read as it is listed."""
    # Only here: it brings an FFmpeg of its own, which belongs into a process that can be killed.
    import decord

    decord.logging.set_level(decord.logging.QUIET)
    part = _handed_over(path, start, all_pts, times_ms)
    found = {}
    try:
        reader = decord.VideoReader(part, num_threads=1, fault_tol=_NO_FILLED)
        if len(reader) != len(times_ms):
            raise _unfit(path, f"{len(reader)} frames", f"{len(times_ms)} frames, one of each packet")
        told_s = reader.get_frame_timestamp(range(len(times_ms)))[:, 0]
        for (pts, time_ms), time_s in zip(times_ms.items(), told_s, strict=True):
            if abs(time_s - time_ms / _MS_PER_S) > _SLACK_S:
                raise _unfit(path, f"a frame at {time_s:.3f} s", f"one at {time_ms / _MS_PER_S:.3f} s, as listed")
            picture = reader.next()
            if pts in chosen:
                found[pts] = paint(picture.asnumpy())
    except (decord.DECORDError, StopIteration, AssertionError) as error:
        raise _unfit(path, f"{type(error).__name__}: {error}", "frames that decord decodes") from error
    return found


def _times_ms(path: Path, all_pts: Sequence[int], base: Fraction) -> dict[int, int]:
    """Milliseconds from the part's first frame, by pts, in the order of showing."""
    scale = base * _MS_PER_S
    times_ms = {pts: round((pts - min(all_pts)) * scale) for pts in sorted(all_pts)}
    if len(set(times_ms.values())) != len(times_ms):
        raise _unfit(path, "frames less than a millisecond apart", "times that Matroska can tell apart")
    return times_ms


def _handed_over(path: Path, start: int, all_pts: Sequence[int], times_ms: Mapping[int, int]) -> io.BytesIO:
    """The packets from `start` as a Matroska file that begins at zero."""
    rising = list(times_ms.values())
    lasting = dict(zip(rising, (late - early for early, late in pairwise(rising)), strict=False))
    # Decoding may not come after showing: as early as the most delayed packet wants it.
    delay_ms = max(rising[i] - times_ms[pts] for i, pts in enumerate(all_pts))
    written = io.BytesIO()
    with open_video(path) as video:
        packets = (packet for packet in video.container.demux(video.stream) if packet.size)
        try:
            with av.open(written, "w", format="matroska") as part:
                copy = part.add_stream_from_template(video.stream)
                copy.codec_context.framerate = _ANY_RATE
                for i, packet in enumerate(islice(packets, start, start + len(all_pts))):
                    time_ms = times_ms[all_pts[i]]
                    packet.pts, packet.dts, packet.time_base = time_ms, rising[i] - delay_ms, _CLOCK
                    packet.duration = lasting.get(time_ms, rising[-1] - time_ms)
                    packet.stream = copy
                    part.mux(packet)
        except (av.error.FFmpegError, ValueError) as error:
            raise _unfit(path, f"{type(error).__name__}: {error}", "a codec that decord and Matroska know") from error
    written.seek(0)
    return written


def _unfit(path: Path, found: str, wanted: str) -> ReaderError:
    return ReaderError(
        f"{path.name} can not be read by decord",
        path=path,
        found=found,
        wanted=wanted,
        next_step="set base_model.sampling.reader to pyav in params.yaml",
    )
