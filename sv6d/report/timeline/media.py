"""How the player on a page gets the video: inside the page, or by reference."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sv6d.video.reader import open_video
from sv6d.video.sniff import MATROSKA, MOV

# Ours: a page opens within a second (benchmarks/timeline_page.py), and each ten megabytes of video take a fifth of
# one. Firefox would refuse more than 24 MB: its data URLs end at 32 MB (MDN), and base64 makes 4 bytes of 3.
EMBED_LIMIT_BYTES = 16_000_000

# What browsers play without a plug-in (MDN, "Web video codec guide"), by container.
_PLAYABLE = {MOV: ("video/mp4", {"h264", "vp9", "av1"}), MATROSKA: ("video/webm", {"vp8", "vp9", "av1"})}
# 10-bit and 4:2:2/4:4:4 H.264 decode nowhere in browsers; VP9 and AV1 of the same kinds do.
_H264_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_DECODERS = {"libdav1d": "av1", "libaom-av1": "av1", "libvpx-vp9": "vp9", "libvpx": "vp8"}


@dataclass(frozen=True, slots=True)
class Media:
    """What the page needs for its player.

    Attributes:
        mime: media type of the file.
        base64: the file's bytes, where they lie inside the page; else empty.
        reference: URL of the file relative to the page, where they do not; else empty.
        playable: whether browsers play it; if not, the page shows thumbnails under a clock.
        codec: of the pictures, as FFmpeg names it.
    """

    mime: str
    base64: str
    reference: str
    playable: bool
    codec: str

    @property
    def policy(self) -> str:
        """The content security policy's media sources."""
        return "data:" if self.base64 else "'self'"


def media_of(video: Path, page: Path) -> Media:
    """The rule: a file of at most `EMBED_LIMIT_BYTES` that browsers play (H.264, VP9 or AV1 in MP4; VP8, VP9
    or AV1 in WebM) lies inside the page; any other is referred to by a relative URL.

    Raises:
        DecodeError: the file can not be read.
    """
    with open_video(video) as opened:
        context = opened.stream.codec_context
        codec = _DECODERS.get(context.name, context.name)
        pixels, container = context.pix_fmt, opened.container_name
    mime, codecs = _PLAYABLE.get(container, ("application/octet-stream", set()))
    playable = codec in codecs and (codec != "h264" or pixels in _H264_PIXELS)
    if playable and video.stat().st_size <= EMBED_LIMIT_BYTES:
        return Media(mime, base64.b64encode(video.read_bytes()).decode(), "", playable, codec)
    relative = os.path.relpath(video.absolute(), page.absolute().parent)
    return Media(mime, "", quote(Path(relative).as_posix()), playable, codec)
