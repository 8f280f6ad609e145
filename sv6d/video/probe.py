"""One file, read from end to end: what it is, whether it is whole, and how its pictures hash."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pdqhash
from av.video.stream import VideoStream

from sv6d.errors import LimitError, TruncatedError
from sv6d.timeline import NS_PER_S, pts_to_ns
from sv6d.video.config import LimitsConfig, NearDuplicatesConfig
from sv6d.video.frames import fit, sample_clip, shown_size
from sv6d.video.manifest import Probe
from sv6d.video.reader import Orientation, VideoFile, no_frames, open_video, orientation_of
from sv6d.video.sniff import MOV, container_format, declared_bytes

# Measured on 58 MP4/MOV files that decode without error: shown frames = declared - discarded by the edit
# list, exactly. A tenth is left for pictures at the start that refer to others before the file's first.
_MOST_UNDECODED_SHARE = 0.1
# A still picture, or a last frame, without a duration: 25 frames a second, FFmpeg's own assumption.
_DEFAULT_FRAME_NS = NS_PER_S // 25
_PDQ_PX = 256  # ours: PDQ works on 64 x 64 means, so four times that loses nothing


def limit_memory(max_bytes: int) -> None:
    """Let this process grow by that much address space and no more. For worker processes.

    A small file can ask a decoder for gigabytes. What the libraries took when they were loaded is
    not counted: it grows with the number of cores.
    """
    num_pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = num_pages * resource.getpagesize() + max_bytes
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def probe(path: Path, limits: LimitsConfig) -> Probe:
    """Decode every frame of a file once.

    Raises:
        TruncatedError: bytes or frames are missing.
        LimitError: it asks for more pixels, time or memory than allowed.
        DecodeError: another of its kinds.
    """
    check_whole(path)
    try:
        with open_video(path) as video:
            _check_header(video, limits)
            return _read_through(video, limits)
    except MemoryError as error:
        raise _over(path, "the decoder ran out of memory", f"at most {limits.max_memory_bytes} bytes") from error


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
    codec = video.stream.codec_context
    if codec.width * codec.height > limits.max_pixels:
        raise _over(video.path, f"{codec.width} x {codec.height} pixels", f"at most {limits.max_pixels} pixels")
    declared = video.stream.duration
    if declared is not None:
        _check_duration(video.path, declared * float(video.time_base), limits)


def _check_duration(path: Path, duration_s: float, limits: LimitsConfig) -> None:
    if duration_s > limits.max_duration_s:
        raise _over(path, f"{duration_s:.1f} s", f"at most {limits.max_duration_s} s")


def _read_through(video: VideoFile, limits: LimitsConfig) -> Probe:
    all_pts: list[int] = []
    last_duration = 0
    orientation, height_px, width_px = Orientation(), 0, 0
    base_s = float(video.time_base)
    for frame in video.decode():
        time = video.frame_time(frame)
        if not all_pts:
            orientation = orientation_of(frame)
            height_px, width_px = shown_size(video, frame, orientation)
        all_pts.append(time.pts)
        last_duration = frame.duration or 0
        _check_duration(video.path, (time.pts - all_pts[0]) * base_s, limits)
    if not all_pts:
        raise no_frames(video)
    _check_count(video, len(all_pts) + video.num_unordered)
    base = video.time_base
    last_ns = pts_to_ns(all_pts[-1] - all_pts[0], base.numerator, base.denominator)
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


def _check_count(video: VideoFile, num_decoded: int) -> None:
    """Only MP4/MOV declare a count that holds: AVI also counts empty packets, others none at all."""
    if video.container_name != MOV or not video.stream.frames:
        return
    with open_video(video.path) as again:
        num_discarded = sum(packet.is_discard for packet in again.container.demux(again.stream))
    wanted = video.stream.frames - num_discarded
    if num_decoded < wanted * (1 - _MOST_UNDECODED_SHARE):
        raise _truncated(video.path, f"{num_decoded} frames", f"{wanted} frames, as its container declares")


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


def perceptual_hashes(path: Path, found: Probe, config: NearDuplicatesConfig) -> list[str]:
    """PDQ hashes of sampled frames, 64 hex digits each; "" where a frame is too flat to be compared.

    PDQ: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019).

    Raises:
        DecodeError: the file can not be read.
    """
    height_px, width_px = fit(found.height_px, found.width_px, _PDQ_PX)
    clip = sample_clip(
        path,
        start_ns=0,
        end_ns=found.duration_ns,
        num_frames=config.num_frames,
        height_px=height_px,
        width_px=width_px,
    )
    hashes = []
    for pixels in clip.pixels_THWC:
        bits, quality = pdqhash.compute(pixels)
        hashes.append(np.packbits(bits).tobytes().hex() if quality >= config.least_quality else "")
    return hashes


def _truncated(path: Path, found: str, wanted: str) -> TruncatedError:
    return TruncatedError(
        f"{path.name} was cut off", found=found, wanted=wanted, next_step="copy or download the file again"
    )


def _over(path: Path, found: str, wanted: str) -> LimitError:
    return LimitError(
        f"{path.name} is over the limits",
        found=found,
        wanted=wanted,
        next_step="cut or scale the file down, or raise raw_videos.limits in params.yaml",
    )
