"""What is said in a video as its makers wrote it down: subtitle streams in the file, and `.srt` or `.vtt` beside it.

The text of packets is read as text, without a decoder in C; all of it is bounded and never followed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from av.stream import Stream

from sv6d.timeline import NS_PER_S, pts_to_ns
from sv6d.video.reader import open_video

SUFFIXES = (".srt", ".vtt")
# Ours: ten minutes of the fastest speech make a thousand lines; a line of two rows has a hundred letters.
MAX_LINES, _MAX_TEXT, _MAX_BYTES = 5000, 500, 4_000_000
_NS_PER_MS = 1_000_000

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_TIMES = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_TAGS = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")
_ASS_DRAWING = re.compile(r"\{[^{}]*\\p[1-9]")
_ASS_FIELDS = 8  # of a packet, before its text: ReadOrder, Layer, Style, Name, three margins, Effect


@dataclass(frozen=True, slots=True, order=True)
class SaidLine:
    """One line, from when to when it is shown, since the first frame."""

    start_ns: int
    end_ns: int
    text: str


@dataclass(frozen=True, slots=True)
class Subtitles:
    """The lines of one source in order, and the language that it names ("" for none)."""

    lines: tuple[SaidLine, ...]
    language: str


def parse_subtitles(data: bytes) -> tuple[SaidLine, ...]:
    """The lines of a SubRip or WebVTT file, sorted; what has no readable time or no text is left out.

    Styles, positions and notes are dropped; rows of a line are joined by a space.
    """
    text = _decoded(data[:_MAX_BYTES]).replace("\r\n", "\n").replace("\r", "\n")
    lines = []
    for block in re.split(r"\n\s*\n", text):
        rows = block.strip("\n").split("\n")
        at = next((index for index, row in enumerate(rows[:2]) if _TIMES.match(row)), None)
        if at is None:
            continue
        times = _TIMES.match(rows[at])
        assert times is not None  # found just before
        start_ns, end_ns = _time_ns(times.groups()[:4]), _time_ns(times.groups()[4:])
        lines.append(SaidLine(start_ns, end_ns, plain_text(" ".join(rows[at + 1 :]))))
    return _good(lines)


def embedded_subtitles(path: Path, first_picture_ns: int) -> Subtitles | None:
    """The lines of the first stream of written subtitles that has any; None where there is none.

    Reads SubRip, plain text, ASS and SSA, WebVTT and MP4's timed text; pictures of text (DVD, Blu-ray) are not read.
    `first_picture_ns` is the presentation time of the first picture.

    Raises:
        DecodeError: the file can not be read.
    """
    with open_video(path) as video:
        for stream in video.container.streams.subtitles:
            reader = _READERS.get(stream.codec_context.name if stream.codec_context is not None else "")
            if reader is None:
                continue
            lines = _good(_packets(video.container.demux(stream), stream, reader, first_picture_ns))
            if lines:
                return Subtitles(lines, stream.language or "")
            video.container.seek(0)
    return None


def plain_text(marked: str) -> str:
    """Text without tags, style codes and entities, its blanks made single, cut to a bounded length."""
    return " ".join(html.unescape(_TAGS.sub("", marked)).split())[:_MAX_TEXT]


def _packets(
    packets: Iterable[object], stream: Stream, reader: Callable[[bytes], str], first_ns: int
) -> Iterable[SaidLine]:
    base = stream.time_base
    for packet in packets:
        pts, duration = getattr(packet, "pts", None), getattr(packet, "duration", None)
        if pts is None or not duration or base is None:
            continue
        start_ns = pts_to_ns(pts, base.numerator, base.denominator) - first_ns
        end_ns = start_ns + pts_to_ns(duration, base.numerator, base.denominator)
        yield SaidLine(start_ns, end_ns, plain_text(reader(bytes(packet))))  # type: ignore[call-overload]


def _good(lines: Iterable[SaidLine]) -> tuple[SaidLine, ...]:
    kept = []
    for line in lines:
        if line.text and line.end_ns > max(0, line.start_ns):
            kept.append(SaidLine(max(0, line.start_ns), line.end_ns, line.text))
        if len(kept) == MAX_LINES:
            break
    return tuple(sorted(kept))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _time_ns(groups: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = groups
    assert minutes is not None and seconds is not None and fraction is not None  # noqa: PT018 - of one pattern
    whole_s = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole_s * NS_PER_S + int(fraction.ljust(3, "0")) * _NS_PER_MS


def _plain(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _ass(data: bytes) -> str:
    """The text of a dialogue packet; nothing for a drawing."""
    fields = _plain(data).split(",", _ASS_FIELDS)
    if len(fields) <= _ASS_FIELDS or _ASS_DRAWING.search(fields[-1]):
        return ""
    return fields[-1].replace("\\N", " ").replace("\\n", " ").replace("\\h", " ")


def _timed_text(data: bytes) -> str:
    """The text of a 3GPP timed text sample (TS 26.245, 5.17): its length in 16 bits, the text, boxes of style."""
    text = data[2 : 2 + int.from_bytes(data[:2], "big")]
    return text.decode("utf-16" if text.startswith((b"\xfe\xff", b"\xff\xfe")) else "utf-8", "replace")


_READERS: dict[str, Callable[[bytes], str]] = {
    **dict.fromkeys(("srt", "subrip", "text", "webvtt"), _plain),
    **dict.fromkeys(("ass", "ssa"), _ass),
    "mov_text": _timed_text,
}
