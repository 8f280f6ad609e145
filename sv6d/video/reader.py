"""Opening one video with PyAV, and turning everything that may go wrong into typed errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from sv6d.errors import (
    CorruptError,
    EncryptedError,
    NoFramesError,
    NoVideoStreamError,
    UnsupportedCodecError,
)
from sv6d.timeline import FrameTime
from sv6d.video.sniff import AVI, MPEG_ES, container_format

# What is decoded, by FFmpeg's names of the codecs: what phones, platforms and editors write, and little else, since
# each decoder is a way in for a crafted file.
PICTURE_CODECS = frozenset(
    {
        *("h264", "hevc", "vvc", "vp8", "vp9", "av1", "gif", "mjpeg", "prores", "flv1", "h263"),
        *("mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v2", "msmpeg4v3"),
    }
)
_SOUND_CODECS = ("aac", "mp2", "mp3", "ac3", "eac3", "opus", "vorbis", "flac", "alac", "amrnb", "amrwb")
_PCM = tuple(f"pcm_{form}" for form in ("u8", "s16le", "s16be", "s24le", "s24be", "s32le", "f32le", "alaw", "mulaw"))
# FFmpeg's names of the decoders, where they are other than the codecs'.
_DECODERS = ("libdav1d", "flv", "mp2float", "mp3float", "libopus")
_ALLOWED_DECODERS = ",".join([*sorted(PICTURE_CODECS), *_SOUND_CODECS, *_PCM, *_DECODERS])
# Boxes and elements that only encrypted files have: protection scheme header (ISO/IEC 23001-7) and
# ContentEncryption with its cipher (Matroska, RFC 9559).
_ENCRYPTION_MARKS = (b"pssh", b"sinf", b"\x50\x35", b"\x47\xe2")
_ENCRYPTION_HEAD_BYTES = 1 << 16  # ours: both stand in the header, before the first sample


# Containers that store no time of showing. What FFmpeg makes up from the order of packets is wrong for pictures that
# are predicted from later ones: for it a third to a half of the frames of three such files were no later than the last.
_WITHOUT_SHOWN_TIMES = frozenset({AVI, MPEG_ES})


def decoder_build() -> dict[str, str]:
    """Name and version of everything that turns bytes into pixels: part of each per-clip key."""
    libraries = {name: ".".join(map(str, version)) for name, version in sorted(av.library_versions.items())}
    return {"reader": "pyav", "pyav": av.__version__, "numpy": np.__version__, **libraries}


def reader_name() -> str:
    """What turned bytes into pixels, for people and records: the reader and the FFmpeg in it, with versions."""
    codec = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"pyav-{av.__version__}, FFmpeg {av.ffmpeg_version_info} (libavcodec {codec})"


@dataclass(frozen=True, slots=True)
class Orientation:
    """How coded pictures are turned to be shown: first transposed, then flipped."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    def apply(self, pixels: np.ndarray) -> np.ndarray:
        """The picture as shown, from the coded one: height and width first, contiguous."""
        if self.transpose:
            pixels = pixels.swapaxes(0, 1)
        if self.flip_x:
            pixels = pixels[:, ::-1]
        if self.flip_y:
            pixels = pixels[::-1]
        return np.ascontiguousarray(pixels)

    @property
    def clockwise_deg(self) -> int:
        """Quarter turns clockwise, in degrees; a mirror image counts as its turn."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0


_TURNS = (  # clockwise, by quarters
    Orientation(),
    Orientation(transpose=True, flip_x=True),
    Orientation(flip_x=True, flip_y=True),
    Orientation(transpose=True, flip_y=True),
)


def orientation_of(frame: av.VideoFrame) -> Orientation:
    """From the frame's display matrix (ISO/IEC 14496-12, 6.2.2: row vector times [a b u; c d v; x y w]).

    Turns by anything but a quarter are taken as the nearest one.
    """
    try:
        matrix = cast(Any, frame.side_data.get("DISPLAYMATRIX"))
    except ValueError:
        # PyAV 18.1 refuses the whole list where one entry is newer than its own table (MV-HEVC, for one).
        return _TURNS[round(-frame.rotation / 90) % 4]
    if matrix is None:
        return _TURNS[0]
    a, b, _, c, d = np.frombuffer(matrix, dtype=np.int32)[:5].tolist()
    if abs(b) > abs(a):
        return Orientation(transpose=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(flip_x=a < 0, flip_y=d < 0)


class VideoFile:
    """An open file and its chosen picture stream. Made by `open_video`."""

    def __init__(self, path: Path, container_name: str, container: InputContainer, stream: VideoStream) -> None:
        self.path = path
        self.container_name = container_name
        self.container = container
        self.stream = stream
        self.num_unordered = 0
        self.num_packets = 0
        self.num_discarded = 0
        self.num_cut_packets = 0
        self.last_start: int | None = None
        self.ends_damaged = False

    @cached_property
    def time_base(self) -> Fraction:
        base = self.stream.time_base
        if base is None or base <= 0:
            raise _corrupt(self.path, f"the picture stream has time base {base}")
        return Fraction(base)

    def decode(self) -> Iterator[av.VideoFrame]:
        """Frames from where the file stands, each later than the one before.

        A frame without a time, or not later than the one before it, can not be shown and is left
        out; `num_unordered` counts them. Of a file that was read from its start to its end the
        fields say what was in it: packets, those that the container discards and those of which a
        part is missing, the latest start of one in units of the time base, and whether the last
        frame is a damaged one.
        """
        last_pts: int | None = None
        for packet in self.container.demux(self.stream):
            self._count(packet)
            for frame in packet.decode():
                self.ends_damaged = frame.is_corrupt
                frame.pts = self.shown_pts(frame, last_pts)
                if frame.pts is None:
                    self.num_unordered += 1
                    continue
                last_pts = frame.pts
                yield frame

    @cached_property
    def has_shown_times(self) -> bool:
        """Whether the container says when a picture is shown, and not only in which order they are decoded."""
        return self.container_name not in _WITHOUT_SHOWN_TIMES

    def shown_pts(self, frame: av.VideoFrame, last_pts: int | None) -> int | None:
        """When the frame after the one of `last_pts` is shown, in units of the time base; None: it can not be.

        Where the container does not say, decoders still give frames in the order of showing, one for a packet: each has
        the time of the packet that let it out, and those that are let out at the end follow at their own duration. A
        frame without a time, or not later than the one before it, can not be shown.
        """
        pts = frame.pts
        if not self.has_shown_times:
            follows = None if last_pts is None else last_pts + max(frame.duration, 1)
            pts = next((time for time in (frame.dts, follows) if time is not None), pts)
        return None if pts is None or (last_pts is not None and pts <= last_pts) else pts

    def _count(self, packet: av.Packet[VideoStream]) -> None:
        time = packet.dts if packet.pts is None else packet.pts
        if time is None and packet.size == 0:
            return  # the one that flushes the decoder
        self.num_packets += 1
        self.num_discarded += packet.is_discard
        self.num_cut_packets += packet.is_corrupt
        if time is not None:
            self.last_start = time if self.last_start is None else max(self.last_start, time)

    def frame_time(self, frame: av.VideoFrame) -> FrameTime:
        assert frame.pts is not None  # `decode` yields no other
        return FrameTime(frame.pts, self.time_base.numerator, self.time_base.denominator)


@contextmanager
def open_video(path: Path, *, deblock_all: bool = True) -> Iterator[VideoFile]:
    """The file, open for decoding; every decoder error inside the block rises as a typed one.

    The path is never taken for a URL, the container is the one that the bytes show, and nothing
    but local files can be reached. One decoding thread: workers share the cores already, and what
    a decoder conceals in a damaged file then does not depend on the number of cores.

    Without `deblock_all` the edges of coding blocks stay where nothing drifts for it: in H.264 in B pictures, in other
    codecs in frames that no other is predicted from. Measured: pictures scaled down to 32 pixels differ by 0.06 levels
    of 255 on average at most, a frame of a clip of 720p by 0.28 (as frames without references alone: 0.01, and 0.04;
    as all frames: 1.1, and 2.5); decoding H.264 takes 0.84 to 1.0 of the time, the rest about as long as before.
    """
    name = container_format(path)
    with typed_errors(path), _open(path, name) as container:
        stream = choose_stream(path, container)
        stream.codec_context.thread_count = 1
        if not deblock_all:
            # HEVC has encoders that write B pictures alone, each predicted from the one before.
            frames = "bidir" if stream.codec_context.codec.canonical_name == "h264" else "noref"
            stream.codec_context.options = {**stream.codec_context.options, "skip_loop_filter": frames}
        yield VideoFile(path, name, container, stream)


def _open(path: Path, name: str) -> InputContainer:
    return av.open(
        f"file:{path.absolute()}",
        format=name,
        metadata_errors="replace",
        options={"protocol_whitelist": "file", "format_whitelist": name, "codec_whitelist": _ALLOWED_DECODERS},
    )


@contextmanager
def typed_errors(path: Path) -> Iterator[None]:
    """Turns errors of the decoder into this library's, within the block.

    Raises:
        DecodeError: one of its kinds.
    """
    try:
        yield
    except MemoryError:
        raise
    except av.error.DecoderNotFoundError as error:
        raise UnsupportedCodecError(
            f"{path.name} can not be decoded",
            path=path,
            found=error.strerror or "no decoder",
            wanted="a codec that this build of FFmpeg knows (H.264, HEVC, VP8, VP9, AV1, MPEG-1/2/4, ...)",
            next_step="convert the file to H.264 in MP4",
        ) from error
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, av.error.FFmpegError) else str(error)
        if _is_encrypted(path):
            raise EncryptedError(
                f"{path.name} is encrypted",
                path=path,
                found=f"a protection header; the decoder says: {reason}",
                wanted="a file without digital rights management",
                next_step="use an unprotected copy",
            ) from error
        raise _corrupt(path, reason or type(error).__name__) from error


def _corrupt(path: Path, found: str) -> CorruptError:
    return CorruptError(
        f"{path.name} is damaged",
        path=path,
        found=found,
        wanted="a file that decodes from the first to the last frame",
        next_step="copy or download it again, or re-encode what can be saved",
    )


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(_ENCRYPTION_HEAD_BYTES)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return all(mark in head for mark in _ENCRYPTION_MARKS[2:])
    return any(mark in head for mark in _ENCRYPTION_MARKS[:2])


def choose_stream(path: Path, container: InputContainer) -> VideoStream:
    """The picture stream to read: not a cover picture, not declared empty, then the one marked as
    default, then the largest, then the first.

    Raises:
        NoVideoStreamError: there is none.
        UnsupportedCodecError: none has a decoder.
    """
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise NoVideoStreamError(
            f"{path.name} has no pictures",
            path=path,
            found=f"{len(container.streams.audio)} sound streams, {len(container.streams.video)} cover pictures",
            wanted="a picture stream",
            next_step="use a file with pictures",
        )
    decodable = [s for s in streams if getattr(s, "codec_context", None) is not None]
    if not decodable:
        raise UnsupportedCodecError(
            f"{path.name} can not be decoded",
            path=path,
            found=f"{len(streams)} picture streams without a decoder in this build",
            wanted="a codec that this build of FFmpeg knows",
            next_step="convert the file to H.264 in MP4",
        )
    chosen = min(decodable, key=_preference)
    codec = chosen.codec_context.codec.canonical_name
    if codec not in PICTURE_CODECS:
        raise UnsupportedCodecError(
            f"{path.name} has pictures that are not decoded here",
            path=path,
            found=f"codec {codec}",
            wanted=f"one of {', '.join(sorted(PICTURE_CODECS))}",
            next_step="convert the file to H.264 in MP4",
        )
    return chosen


def _preference(stream: VideoStream) -> tuple[bool, bool, int, int]:
    num_pixels = stream.codec_context.width * stream.codec_context.height
    declared_empty = stream.duration == 0
    return declared_empty, not stream.disposition & Disposition.default, -num_pixels, stream.index


def no_frames(video: VideoFile) -> NoFramesError:
    return NoFramesError(
        f"{video.path.name} holds no frame",
        path=video.path,
        found=f"a {video.container_name} file with a picture stream that yields nothing",
        wanted="at least one frame",
        next_step="check that the file is whole: a header alone is not a video",
    )
