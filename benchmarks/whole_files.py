"""Small whole videos in every accepted container, rendered in code: what the robustness drill breaks."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from PIL import Image

NUM_FRAMES = 30
# File name, muxer, its options, codec.
_FORMS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("front.mp4", "mp4", {"movflags": "faststart"}, "libx264"),
    ("back.mp4", "mp4", {}, "libx264"),
    ("pieces.mp4", "mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}, "libx264"),
    ("quick.mov", "mov", {}, "mpeg4"),
    ("x264.mkv", "matroska", {}, "libx264"),
    ("vp8.webm", "webm", {}, "libvpx"),
    ("mpeg4.avi", "avi", {}, "mpeg4"),
    ("flash.flv", "flv", {}, "libx264"),
    ("stream.ts", "mpegts", {}, "libx264"),
    ("program.mpg", "mpeg", {}, "mpeg2video"),
    ("raw.m1v", "mpeg1video", {}, "mpeg1video"),
    ("loop.gif", "gif", {}, "gif"),
)
# Containers that do not say how many bytes or frames they hold: they end wherever they are cut.
_OPEN_ENDED = frozenset({"pieces.mp4", "stream.ts", "program.mpg", "raw.m1v"})


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that decodes: its bytes, its frames, and whether it says how long it is."""

    name: str
    data: bytes
    num_frames: int
    declares: bool


def render(path: Path, muxer: str, options: dict[str, str], codec: str, num_frames: int) -> None:
    """Moving blobs, 128 x 96, 25 frames a second; the same call gives the same bytes."""
    texture = np.random.default_rng(7).integers(30, 225, (12, 48, 3)).repeat(8, 0).repeat(8, 1).astype(np.uint8)
    with av.open(str(path), "w", format=muxer, options={"fflags": "+bitexact", **options}) as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=25, options={"threads": "1", "g": "10"}))
        stream.width, stream.height = 128, 96
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        for index in range(num_frames):
            picture = np.ascontiguousarray(texture[:, 4 * index : 4 * index + 128])
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=stream.pix_fmt)
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def rendered(folder: Path, num_frames: int = NUM_FRAMES) -> list[Whole]:
    """One file of each container, written to `folder` on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, muxer, options, codec in _FORMS:
        path = folder / name
        render(path, muxer, options, codec, num_frames)
        files.append(Whole(name, path.read_bytes(), num_frames, name not in _OPEN_ENDED))
    return files


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of ISO/IEC 14496-12."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def one_sample_mov(
    sample: bytes, codec: bytes, size_px: int, *, duration: int = 40, reference: bytes | None = None, tracks: int = 1
) -> bytes:
    """A QuickTime file with one sample of that codec; `reference` makes its data lie in another file."""
    head = box(b"ftyp", b"qt  \0\0\0\0qt  ")
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    entry = box(codec, bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", size_px, size_px))
    entry = struct.pack(">I", len(entry) + 50) + entry[4:] + bytes(14) + b"\0" * 32 + struct.pack(">Hh", 24, -1)
    full = bytes(4)
    if reference is None:
        data_ref = box(b"url ", b"\0\0\0\x01")
    else:
        text = b"\0\x02" + struct.pack(">H", len(reference)) + reference + (b"\0" if len(reference) % 2 else b"")
        data_ref = box(b"alis", full, bytes(150), text, b"\xff\xff\0\0")
    table = box(
        b"stbl",
        box(b"stsd", full, struct.pack(">I", 1), entry),
        box(b"stts", full, struct.pack(">III", 1, 1, duration)),
        box(b"stsc", full, struct.pack(">IIII", 1, 1, 1, 1)),
        box(b"stsz", full, struct.pack(">II", len(sample), 1)),
        box(b"stco", full, struct.pack(">II", 1, len(head) + 8 if reference is None else 0)),
    )
    minf = box(
        b"minf",
        box(b"vmhd", full, bytes(8)),
        box(b"dinf", box(b"dref", full, struct.pack(">I", 1), data_ref)),
        table,
    )
    media = box(
        b"mdia",
        box(b"mdhd", full, struct.pack(">IIIIHH", 0, 0, 1000, duration, 0, 0)),
        box(b"hdlr", full, b"mhlrvide", bytes(13)),
        minf,
    )
    track = b"".join(
        box(
            b"trak",
            box(
                b"tkhd",
                b"\0\0\0\x07",
                struct.pack(">IIIII", 0, 0, number, 0, duration),
                bytes(16),
                matrix,
                struct.pack(">II", size_px << 16, size_px << 16),
            ),
            media,
        )
        for number in range(1, tracks + 1)
    )
    movie = box(
        b"mvhd", full, struct.pack(">IIIIIH", 0, 0, 1000, duration, 0x10000, 0x100), bytes(10), matrix, bytes(24), full
    )
    return head + box(b"mdat", sample) + box(b"moov", movie, track)


def png(size_px: int) -> bytes:
    """A black one-bit picture: a few bytes that ask for a great many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    squeeze = zlib.compressobj(9)
    row = bytes(1 + (size_px + 7) // 8)
    body = b"".join(squeeze.compress(row) for _ in range(size_px)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", size_px, size_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(size_px: int) -> bytes:
    """A grey picture of 64 x 64 whose header says that it is larger, unless it is 64."""
    out = BytesIO()
    Image.new("L", (64, 64), 90).save(out, "JPEG")
    return out.getvalue().replace(struct.pack(">HH", 64, 64), struct.pack(">HH", size_px, size_px), 1)
