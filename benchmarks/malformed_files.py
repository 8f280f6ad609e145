"""Malformed video files of every kind that the decoding rooms promise to survive; seeded, so always the same."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.whole_files import Whole, box, jpeg, one_sample_mov, png, rendered

# Bytes that `sniff` takes for each container, as the disguise of something else.
_MAGICS = {
    "": b"",
    "mov": b"\0\0\0\x08free\n",
    "mkv": b"\x1a\x45\xdf\xa3\n",
    "avi": b"RIFF\n\0\0\0AVI \n",
    "flv": b"FLV\x01\n",
    "gif": b"GIF89a\n",
    "mpg": b"\0\0\x01\xba\n",
    "m1v": b"\0\0\x01\xb3\n",
}
# Numbers that headers lie with.
_LIES = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000, 0xDEADBEEF)
# What to overwrite: four bytes so far behind the start of the mark.
_FIELDS = (
    *[(b"stsz", offset) for offset in (8, 12, 16)],
    *[(b"stts", offset) for offset in (8, 12, 16)],
    *[(b"stsc", offset) for offset in (8, 12, 16, 20)],
    *[(b"stco", offset) for offset in (8, 12)],
    *[(b"ctts", offset) for offset in (8, 12, 16)],
    *[(b"elst", offset) for offset in (8, 12, 16, 20)],
    *[(b"mdhd", offset) for offset in (16, 20)],
    *[(b"mvhd", offset) for offset in (16, 20)],
    *[(b"tkhd", offset) for offset in (16, 24, 80, 84)],
    *[(b"avc1", offset) for offset in (-4, 28)],
    *[(b"trun", offset) for offset in (4, 8, 12)],
    *[(name, -4) for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"mdat", b"moof", b"stsz")],
    *[(b"avih", offset) for offset in (8, 24, 32, 40, 44)],
    *[(b"strh", offset) for offset in (28, 32, 36, 40)],
    *[(b"strf", offset) for offset in (4, 8, 12, 16)],
    *[(b"LIST", 4), (b"RIFF", 4), (b"idx1", 4), (b"\x2a\xd7\xb1", 3), (b"\x44\x89", 3), (b"\xe0", 1), (b"\xb0", 1)],
    *[(b"\x16\x54\xae\x6b", 4), (b"\x1f\x43\xb6\x75", 4), (b"\x15\x49\xa9\x66", 4), (b"GIF8", 6), (b"\x2c\0\0", 5)],
    *[(b"onMetaData", offset) for offset in (10, 20, 30)],
    *[(b"\0\0\x01\xb3", 4), (b"\0\0\x01\xe0", 4), (b"G\x40\x00", 8), (b"G\x50\x00", 8)],
)
Mutation = Callable[[Whole, np.random.Generator], bytes | None]


@dataclass(frozen=True, slots=True)
class Malformed:
    """One file of the drill.

    `least_frames` is what must come out where no error does: the frames of the whole file, where a
    part of it was taken and the container declares how much there was. None: anything may.
    """

    kind: str
    name: str
    data: bytes
    least_frames: int | None = None
    must_fail: bool = False


def _cut(whole: Whole, rng: np.random.Generator) -> bytes:
    return whole.data[: int(rng.integers(1, len(whole.data)))]


def _cut_and_hidden(whole: Whole, rng: np.random.Generator) -> bytes | None:
    """Cut inside the samples, with the outermost size corrected, so that only the counts tell."""
    data = whole.data
    if whole.name.endswith((".mp4", ".mov")) and b"mdat" in data and data.find(b"moov") < data.find(b"mdat"):
        at = data.index(b"mdat") - 4
        end = int(rng.integers(at + 8, len(data)))
        return data[:at] + struct.pack(">I", end - at) + data[at + 4 : end]
    if data.startswith(b"RIFF"):
        at = data.index(b"movi") - 4
        end = int(rng.integers(at + 8, len(data)))
        return b"RIFF" + struct.pack("<I", end - 8) + data[8:at] + struct.pack("<I", end - at - 4) + data[at + 4 : end]
    return None


def _bit_flips(whole: Whole, rng: np.random.Generator) -> bytes:
    return _flipped(whole.data, rng, 0, len(whole.data))


def _header_flips(whole: Whole, rng: np.random.Generator) -> bytes:
    at = max(whole.data.find(b"moov"), 0)
    return _flipped(whole.data, rng, at, min(len(whole.data), at + 900))


def _flipped(data: bytes, rng: np.random.Generator, start: int, end: int) -> bytes:
    changed = bytearray(data)
    for place in rng.integers(start, end, int(2 ** rng.integers(0, 7))):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _block(whole: Whole, rng: np.random.Generator) -> bytes:
    """Overwritten with zeros or noise, or taken out, or put in twice."""
    size = int(rng.integers(16, max(17, min(4000, len(whole.data) // 3))))
    at = int(rng.integers(0, len(whole.data) - size))
    part = whole.data[at : at + size]
    new = (bytes(size), rng.bytes(size), b"", part + part)[int(rng.integers(4))]
    return whole.data[:at] + new + whole.data[at + size :]


def _lying_header(whole: Whole, rng: np.random.Generator) -> bytes | None:
    fields = [(mark, offset) for mark, offset in _FIELDS if mark in whole.data]
    changed = bytearray(whole.data)
    for index in rng.integers(len(fields), size=int(rng.integers(1, 4))):
        mark, offset = fields[index]
        at = whole.data.index(mark) + offset
        lie = _LIES[int(rng.integers(len(_LIES)))]
        changed[at : at + 4] = struct.pack(">I" if rng.integers(2) else "<I", lie)
    return bytes(changed)


def _junk(whole: Whole, rng: np.random.Generator) -> bytes:
    return whole.data[: int(rng.integers(4, 64))] + rng.bytes(int(rng.integers(16, 20_000)))


_MUTATIONS: tuple[tuple[str, Mutation, float], ...] = (
    ("cut", _cut, 0.26),
    ("cut and hidden", _cut_and_hidden, 0.14),
    ("bit flips", _bit_flips, 0.17),
    ("header flips", _header_flips, 0.13),
    ("block", _block, 0.1),
    ("lying header", _lying_header, 0.16),
    ("junk", _junk, 0.04),
)


def malformed(folder: Path, clips: Sequence[Whole], canary: Path, port: int, num: int, seed: int) -> list[Malformed]:
    """At least `num` files. Playlists point at `canary` and at `port` of this machine.

    `folder` is used for rendering; `clips` are broken beside what is rendered.
    """
    rng = np.random.default_rng(seed)
    fixed = [*_playlists(canary, port), *_bombs(), *_short(folder)]
    sources = [*rendered(folder / "whole"), *clips]
    made = list(fixed)
    for kind, mutate, share in _MUTATIONS:
        wanted = max(3, round(share * (num - len(fixed)) + 0.5))
        made += list(_mutated(kind, mutate, sources, rng, wanted))
    return [replace(case, name=f"{index:04}-{case.name}") for index, case in enumerate(made)]


def _mutated(
    kind: str, mutate: Mutation, sources: Sequence[Whole], rng: np.random.Generator, num: int
) -> Iterator[Malformed]:
    turn = 0
    while num:
        whole = sources[turn % len(sources)]
        turn += 1
        data = mutate(whole, rng)
        if data is None or data == whole.data:
            continue
        num -= 1
        told = kind.startswith("cut") and whole.declares
        yield Malformed(kind, whole.name, data, least_frames=whole.num_frames if told else None)


def _playlists(canary: Path, port: int) -> Iterator[Malformed]:
    """Texts that make FFmpeg open other files or addresses where it is left to guess what they are."""
    url = f"http://127.0.0.1:{port}/canary.mp4"
    for target in (str(canary), canary.name, f"file:{canary}", url):
        texts = {
            "concat": f"ffconcat version 1.0\nfile '{target}'\n",
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
            "dash": f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
            f'<AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>{target}</BaseURL>'
            f"</Representation></AdaptationSet></Period></MPD>",
            "address": f"concat:{target}|{target}",
            "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n"
            f"a=control:{target}\n",
            "asx": f'<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
            "script": f"movie={target}\n",
        }
        for form, text in texts.items():
            for disguise, magic in _MAGICS.items():
                if form in ("concat", "hls", "dash") or disguise in ("", "mov"):
                    yield Malformed("playlist", f"{form}-{disguise}.mp4", magic + text.encode(), must_fail=True)
        alias = one_sample_mov(b"", b"avc1", 128, reference=target.encode())
        yield Malformed("playlist", "reference.mov", alias, must_fail=True)


def _bombs() -> Iterator[Malformed]:
    for size_px in (9_000, 16_000, 30_000):
        yield Malformed("bomb", f"png-{size_px}.mov", one_sample_mov(png(size_px), b"png ", size_px), must_fail=True)
        yield Malformed("bomb", f"png-{size_px}-said-64.mov", one_sample_mov(png(size_px), b"png ", 64), must_fail=True)
    for size_px in (7_000, 20_000, 65_000):
        for said_px in (64, size_px):
            picture = one_sample_mov(jpeg(size_px), b"jpeg", said_px)
            yield Malformed("bomb", f"jpeg-{size_px}-said-{said_px}.mov", picture, must_fail=True)
    photo = jpeg(64)
    for duration in (10**6, 0x7FFFFFFF, 0xFFFFFFFF):
        yield Malformed("bomb", f"lasts-{duration}.mov", one_sample_mov(photo, b"jpeg", 64, duration=duration))
    for tracks in (50, 1000):
        yield Malformed("bomb", f"tracks-{tracks}.mov", one_sample_mov(photo, b"jpeg", 64, tracks=tracks))
    for depth in (100, 5_000):
        nested = b""
        for _ in range(depth):
            nested = box(b"moov" if depth == 100 else b"udta", nested)
        yield Malformed("bomb", f"nested-{depth}.mp4", box(b"ftyp", b"isom\0\0\0\0") + nested, must_fail=True)
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    table = b"\x80\0\0" + bytes(3) + b"\xff\xff\xff"
    for side, num in ((65_535, 1), (5_700, 2_000), (1, 100_000)):
        screen = b"GIF89a" + struct.pack("<HH", side, side) + table
        yield Malformed("bomb", f"gif-{side}-{num}.gif", screen + picture * num + b";")
    yield Malformed(
        "bomb", "voids.mkv", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff" + b"\xec\x80" * 300_000, must_fail=True
    )
    yield Malformed("bomb", "free.mp4", box(b"free") * 200_000, must_fail=True)


def _short(folder: Path) -> Iterator[Malformed]:
    """One frame, no frame, a header alone, nothing."""
    for whole in rendered(folder / "one", 1):
        yield Malformed("one frame", whole.name, whole.data, least_frames=1)
        for size in (4, 12, 64, 200):
            yield Malformed("header alone", whole.name, whole.data[:size], must_fail=True)
    yield Malformed("no frame", "empty.mp4", b"", must_fail=True)
    yield Malformed("no frame", "none.mov", one_sample_mov(b"", b"jpeg", 64), must_fail=True)
    yield Malformed("no frame", "box.mp4", box(b"ftyp", b"isom\0\0\0\0"), must_fail=True)
