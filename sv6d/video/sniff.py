"""Which container a file is, by its first bytes, and how many bytes it says it has.

The decoder is never left to guess: a playlist named `x.mp4` would make it read other files.
"""

from __future__ import annotations

import struct
from pathlib import Path

from sv6d.errors import EmptyFileError, NotAVideoError

# Names of demuxers in FFmpeg, which is told to use this one and no other.
MOV, MATROSKA, AVI, FLV, GIF, MPEG_PS, MPEG_TS, MPEG_ES = (
    "mov",
    "matroska",
    "avi",
    "flv",
    "gif",
    "mpeg",
    "mpegts",
    "mpegvideo",
)
# Types of the box that may come first in an ISO base media or QuickTime file (ISO/IEC 14496-12, QTFF).
_FIRST_BOXES = frozenset(
    {b"ftyp", b"styp", b"moof", b"sidx", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid"}
)
_TS_PACKET_BYTES = 188  # ISO/IEC 13818-1
_TS_SYNC = 0x47
_HEAD_BYTES = 3 * _TS_PACKET_BYTES
_EBML_MAGIC = b"\x1a\x45\xdf\xa3"
_MATROSKA_SEGMENT = 0x18538067
_FLV_FILE_SIZE = b"\x00\x08filesize\x00"  # length and name of the property, and the type: a double


def container_format(path: Path) -> str:
    """FFmpeg's name of the file's container, from its first bytes.

    Raises:
        EmptyFileError: the file has no bytes.
        NotAVideoError: the bytes are none of the accepted containers.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        raise EmptyFileError(
            f"{path.name} is empty",
            path=path,
            found="0 bytes",
            wanted="a video file",
            next_step="copy or download the file again",
        )
    name = _by_magic(head)
    if name is None:
        raise NotAVideoError(
            f"{path.name} is no video",
            path=path,
            found=f"first bytes {head[:12]!r}",
            wanted="an MP4/MOV/3GP, Matroska/WebM, AVI, FLV, GIF, MPEG-PS, MPEG-TS or MPEG-1/2 file",
            next_step="remove the file, or convert it to MP4",
        )
    return name


def _by_magic(head: bytes) -> str | None:
    if head[4:8] in _FIRST_BOXES:
        return MOV
    if head.startswith(_EBML_MAGIC):
        return MATROSKA
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return AVI
    for magic, name in (
        (b"FLV\x01", FLV),
        (b"GIF87a", GIF),
        (b"GIF89a", GIF),
        (b"\x00\x00\x01\xba", MPEG_PS),
        (b"\x00\x00\x01\xb3", MPEG_ES),
    ):
        if head.startswith(magic):
            return name
    syncs = head[::_TS_PACKET_BYTES]
    return MPEG_TS if len(syncs) == 3 and set(syncs) == {_TS_SYNC} else None


def declared_bytes(path: Path, container: str) -> int | None:
    """The least number of bytes that the container's own structure asks for, or None if it does not say.

    A file shorter than that was cut off, even where the decoder reads what is left without an error.
    Other MPEG streams than transport streams do not say; a damaged last frame may still betray them.
    """
    reader = {
        MOV: _mov_bytes,
        MATROSKA: _matroska_bytes,
        AVI: _avi_bytes,
        FLV: _flv_bytes,
        GIF: _gif_bytes,
        MPEG_TS: _ts_bytes,
    }.get(container)
    return reader(path) if reader else None


def _mov_bytes(path: Path) -> int | None:
    """Where the last top-level box ends; a box of size 0 runs to the end of the file."""
    total = path.stat().st_size
    offset = 0
    with path.open("rb") as stream:
        while total - offset >= 8:
            stream.seek(offset)
            size, kind = struct.unpack(">I4s", stream.read(8))
            if size == 1:
                size = int.from_bytes(stream.read(8), "big")
            if size == 0:
                return None
            if size < 8 or not kind.isascii():
                return offset or None  # trailing bytes that are no box
            offset += size
    return offset


def _matroska_bytes(path: Path) -> int | None:
    """Where the segment ends; a live recording leaves its size open."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    offset = 4
    size, width = _ebml_size(head, offset)
    if size is None:
        return None
    offset += width + size
    if int.from_bytes(head[offset : offset + 4], "big") != _MATROSKA_SEGMENT:
        return None
    size, width = _ebml_size(head, offset + 4)
    return None if size is None else offset + 4 + width + size


def _ebml_size(data: bytes, offset: int) -> tuple[int | None, int]:
    """An EBML size (RFC 8794, section 4) and its width in bytes; None where it is unknown or cut off."""
    if offset >= len(data) or data[offset] == 0:
        return None, 0
    width = 9 - data[offset].bit_length()
    value = int.from_bytes(data[offset : offset + width], "big") & ((1 << 7 * width) - 1)
    return (None if value == (1 << 7 * width) - 1 else value), width


def _avi_bytes(path: Path) -> int | None:
    with path.open("rb") as stream:
        size = int.from_bytes(stream.read(8)[4:], "little")
    return size + 8 if size else None


def _flv_bytes(path: Path) -> int | None:
    """The number `filesize` of the first tag, `onMetaData`, where the writer knew it (AMF0, 2.2 and 2.5)."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    at = head.find(_FLV_FILE_SIZE)
    value = head[at + len(_FLV_FILE_SIZE) :][:8]
    if at < 0 or len(value) < 8:
        return None
    (size,) = struct.unpack(">d", value)
    return int(size) if 0 < size < 2**63 else None


def _ts_bytes(path: Path) -> int:
    """Whole packets. A file that was cut between two of them can not be told from a shorter one."""
    return -(-path.stat().st_size // _TS_PACKET_BYTES) * _TS_PACKET_BYTES


def _gif_bytes(path: Path) -> int:
    """One byte more than there are where the trailer (GIF89a, section 27) is missing; padding may follow it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _HEAD_BYTES))
        tail = stream.read().rstrip(b"\x00")
    return size if tail.endswith(b";") else size + 1
