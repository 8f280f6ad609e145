"""Perceptual hashes of a video's frames, and of what copies of it would look like: cropped, unframed, mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pdqhash

from sv6d.video.config import NearDuplicatesConfig
from sv6d.video.frames import fit, sample_clip
from sv6d.video.manifest import Probe

_PDQ_PX = 256  # ours: PDQ works on 64 x 64 means, so four times that loses nothing
# Ours: 8 bits of video black (16) and what encoding leaves on it; a row counts as picture from one pixel in fifty.
_BAR_LEVEL, _LEAST_LIT_SHARE = 32, 0.02
# Ours: PDQ itself forgives less than 3 % of a side, and more than 40 % a side is a dark picture and no frame.
_LEAST_BAR_SHARE, _MOST_BAR_SHARE = 0.03, 0.4

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrameHashes:
    """PDQ hashes (64 hex digits; "" where a frame is too flat to be compared) of the same sampled frames.

    Attributes:
        shown: a row of the frames as they are, and one without black bars where there are any.
        copied: a row for each crop and mirror image of those.
    """

    shown: tuple[Row, ...]
    copied: tuple[Row, ...]

    @classmethod
    def of(cls, shown: Sequence[Sequence[str]], copied: Sequence[Sequence[str]]) -> FrameHashes:
        return cls(tuple(tuple(row) for row in shown), tuple(tuple(row) for row in copied))


def frame_hashes(path: Path, found: Probe, config: NearDuplicatesConfig) -> FrameHashes:
    """Hashes of `config.num_frames` frames at the centres of equal slots, and of their crops and mirror images.

    PDQ: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019).
    It bears encoding and scaling, and neither crops from 2 % a side nor mirrors (measured:
    docs/decoding.md); so what a copy could be is hashed beside what the file is.

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
    shown = [clip.pixels_THWC]
    inner = without_bars(clip.pixels_THWC)
    if inner.shape != clip.pixels_THWC.shape:
        shown.append(inner)
    crops = [_cropped(pictures, share) for pictures in shown for share in config.crops]
    mirrored = [pictures[:, :, ::-1] for pictures in (*shown, *crops)]
    return FrameHashes(
        tuple(_hashes(pictures, config.least_quality) for pictures in shown),
        tuple(_hashes(pictures, config.least_quality) for pictures in (*crops, *mirrored)),
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


def _hashes(pixels_THWC: np.ndarray, least_quality: int) -> Row:
    row = []
    for pixels in pixels_THWC:
        bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
        row.append(np.packbits(bits).tobytes().hex() if quality >= least_quality else "")
    return tuple(row)
