"""Perceptual hashes of a video's frames, and of what copies of it would look like: cropped, unframed, mirrored, cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from sv6d.timeline import pts_to_ns
from sv6d.video.config import NearDuplicatesConfig
from sv6d.video.frames import choose_times, fit, pictures_at
from sv6d.video.manifest import Probe
from sv6d.video.moments import Seen

_HASH_SIDE = 16  # 256 bits: the lowest frequencies of 16 x 16
_LUMA_PX = 64  # four times the side, as `imagehash.phash` itself scales
_READ_PX = 256  # ours: four times what is hashed loses nothing
_STEPS_PER_DETAIL = 90  # as PDQ has it
# Ours: 8 bits of video black (16) and what encoding leaves on it; a row counts as picture from one pixel in fifty.
_BAR_LEVEL, _LEAST_LIT_SHARE = 32, 0.02
# Ours: a hash itself forgives less than 3 % of a side, and more than 40 % a side is a dark picture and no frame.
_LEAST_BAR_SHARE, _MOST_BAR_SHARE = 0.03, 0.4

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrameHashes:
    """Hashes (64 hex digits; "" where a frame is too flat to be compared) of frames of one file.

    Attributes:
        shown: a row of the sampled frames as they are, and one without black bars where there are any.
        copied: a row for each crop and mirror image of those.
        moments: as `shown`, of the frames that a part of the file has too.
        moments_ns: their times, nanoseconds since the first frame of the file; rising.
    """

    shown: tuple[Row, ...]
    copied: tuple[Row, ...]
    moments: tuple[Row, ...] = ()
    moments_ns: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        shown: Sequence[Sequence[str]],
        copied: Sequence[Sequence[str]],
        moments: Sequence[Sequence[str]] = (),
        moments_ns: Sequence[int] = (),
    ) -> FrameHashes:
        return cls(_rows(shown), _rows(copied), _rows(moments), tuple(moments_ns))


def _rows(rows: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    return tuple(tuple(row) for row in rows)


def frame_hashes(path: Path, found: Probe, seen: Seen, config: NearDuplicatesConfig) -> FrameHashes:
    """Hashes of `config.num_frames` frames at the centres of equal slots, of their crops and mirror images, and of
    the frames that parts of the file have too. `seen` has seen all frames of the file.

    A hash is the signs of the lowest frequencies of a cosine transform about their median (`imagehash.phash`); a frame
    is too flat by PDQ's measure of quality (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
    Algorithm", 2019). It bears encoding and scaling, and neither crops from 2 % a side nor mirrors (measured:
    docs/decoding.md); so what a copy could be is hashed beside what the file is.

    Raises:
        DecodeError: the file can not be read.
    """
    height_px, width_px = fit(found.height_px, found.width_px, _READ_PX)
    base = found.time_base_num, found.time_base_den
    times_ns = [pts_to_ns(pts - found.first_pts, *base) for pts in seen.all_pts]
    slots = set(choose_times(times_ns, 0, found.duration_ns, config.num_frames))
    reach = config.moment_reach_ms / 1000 * found.time_base_den / found.time_base_num
    moments = set(seen.moments(reach, config.most_moments))
    chosen = sorted(slots | moments)
    pictures = pictures_at(path, [seen.all_pts[index] for index in chosen], height_px=height_px, width_px=width_px)
    framed = [pictures]
    inner = without_bars(pictures)
    if inner.shape != pictures.shape:
        framed.append(inner)
    rows = [_hashes(each, config.least_detail) for each in framed]
    in_slots, in_moments = ([index in wanted for index in chosen] for wanted in (slots, moments))
    shown = [each[in_slots] for each in framed]
    crops = [_cropped(each, share) for each in shown for share in config.crops]
    mirrored = [each[:, :, ::-1] for each in (*shown, *crops)]
    return FrameHashes(
        tuple(tuple(compress(row, in_slots)) for row in rows),
        tuple(_hashes(each, config.least_detail) for each in (*crops, *mirrored)),
        tuple(tuple(compress(row, in_moments)) for row in rows),
        tuple(times_ns[index] for index in sorted(moments)),
    )


def without_bars(pixels_THWC: np.ndarray) -> np.ndarray:
    """The part of the pictures inside black bars of equal width at opposite edges; all of it where there are none.

    A bar is black in all frames. Copies are framed in the middle, dark pictures end anywhere.
    """
    brightest_HW = pixels_THWC.max(axis=(0, 3))
    lit = brightest_HW > _BAR_LEVEL
    top, left = (_bar(lit.mean(axis=axis) > _LEAST_LIT_SHARE) for axis in (1, 0))
    height, width = lit.shape
    return pixels_THWC[:, top : height - top, left : width - left]


def _bar(lit: np.ndarray) -> int:
    """Width of the narrower of two bars at the ends of a row of lit places; 0 where it is none."""
    places = np.flatnonzero(lit)
    if not places.size:
        return 0
    width = int(min(places[0], lit.size - 1 - places[-1]))
    return width if _LEAST_BAR_SHARE * lit.size <= width <= _MOST_BAR_SHARE * lit.size else 0


def _cropped(pixels_THWC: np.ndarray, share: float) -> np.ndarray:
    height, width = pixels_THWC.shape[1:3]
    top, left = round(height * share), round(width * share)
    return pixels_THWC[:, top : height - top, left : width - left]


def _hashes(pixels_THWC: np.ndarray, least_detail: int) -> Row:
    row = []
    for pixels in pixels_THWC:
        luma = Image.fromarray(pixels).convert("L").resize((_LUMA_PX, _LUMA_PX), Image.Resampling.LANCZOS)
        bits = imagehash.phash(luma, hash_size=_HASH_SIDE).hash
        row.append(np.packbits(bits).tobytes().hex() if _detail(np.asarray(luma)) >= least_detail else "")
    return tuple(row)


def _detail(luma_HW: np.ndarray) -> int:
    """How much there is to be compared, 0 to 100: steps between neighbours, as PDQ's measure of quality sums them."""
    levels = luma_HW.astype(np.int64)
    steps = sum(int((np.abs(np.diff(levels, axis=axis)) * 100 // 255).sum()) for axis in (0, 1))
    return min(100, steps // _STEPS_PER_DETAIL)
