"""Gradual changes as mixtures: frames between two pictures that are a sum of both, not a movement of either."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.shots.blocks import block_means, compare, moved_difference, textures
from sv6d.shots.boundary import FrameBoundary, Kind
from sv6d.timeline import NS_PER_S

# Half lengths tried, in seconds: transitions of editing programs last 0.2 to 3 s; steps of about 4/3.
_HALF_LENGTHS_S = (0.12, 0.17, 0.25, 0.33, 0.46, 0.62, 0.83, 1.1, 1.5)
_LEAST_HALF_FRAMES = 2
_STRIDES_PER_HALF = 4  # windows are tried at every quarter of their half length
_SAMPLES = (-2 / 3, -1 / 3, 0.0, 1 / 3, 2 / 3)  # where inside a window the mixture is looked at
# What a window must show before it is looked at closely. Measured: windows on real and rendered transitions differ
# by 11 levels and more between their ends; 87 % of those that match a spliced transition pass the two others.
_LEAST_LEVELS = 6.0
_MOST_BENT = 0.2
_LEAST_STEP = -0.15
# Logistic regression on 28,000 windows over sequences spliced from 50 single shots of real clips (5,500 on a
# dissolve or a half of a fade): bent, step, against the nearer and both ends, unlike, levels, spread.
_WEIGHTS = np.array([-3.42, -3.06, -1.24, 1.21, 2.51, 2.44])
_BIAS = -9.86
_THRESHOLD = -0.9
# Logarithm of the mixture's error over that of the better moved end. Measured: labelled transitions of the real
# clips reach -0.49 and below, fast motion -0.2 at best.
_MOST_LOG_ERROR = -0.4
_LEAST_SPREAD = 0.85  # share of the picture that changes; measured: an overlay that eases in reaches 0.83
_MOST_OVERLAP = 0.25  # share of the shorter of two windows that may overlap
_MAX_GAP_S = 0.1  # ours: between two windows on one change
_NO_PICTURE = 8.0  # contrast in levels of 255; as in `fades`: fainter than this is the noise of darkness
_DIP = 0.5  # ours: a fade is where half of the contrast is gone on the way


@dataclass(frozen=True, slots=True)
class _Window:
    """Mixed frames [first, pure), with the evidence for it as a logarithm of odds."""

    logit: float
    first: int
    pure: int

    def overlaps(self, other: _Window) -> bool:
        shared = min(self.pure, other.pure) - max(self.first, other.first)
        return shared > _MOST_OVERLAP * min(self.pure - self.first, other.pure - other.first)


def find_mixes(
    planes_TCHW: np.ndarray, contrast_T: np.ndarray, taken: Sequence[tuple[int, int]], frame_ns: int
) -> list[FrameBoundary]:
    """Dissolves (and fades that never reach a flat frame) in the order of time.

    `taken` are frames [first, pure) of changes already found: cuts (as [t, t]) and fades. A window
    may touch but not hold any of them. Planes as from `blocks.planes`, contrast as from `fades`.
    """
    fields = block_means(planes_TCHW, 2).reshape(len(planes_TCHW), -1)
    texture = textures(planes_TCHW)
    windows: list[_Window] = []
    for half in sorted({max(_LEAST_HALF_FRAMES, round(s * NS_PER_S / frame_ns)) for s in _HALF_LENGTHS_S}):
        middle = _middles(len(fields), half, taken)
        if middle.size:
            middle, bent, step = _ramps(fields, middle, half)
        if middle.size:
            windows += _judge(planes_TCHW, texture, middle, half, bent, step)
    kept: list[_Window] = []
    for window in sorted(windows, key=lambda item: (-item.logit, item.first, item.pure)):
        if not any(window.overlaps(other) for other in kept):
            kept.append(window)
    return _merge(sorted(kept, key=lambda item: item.first), contrast_T, frame_ns)


def _middles(num: int, half: int, taken: Sequence[tuple[int, int]]) -> np.ndarray:
    """Middle frames of windows whose ends are frames of the video and which hold nothing that is taken."""
    stride = max(1, half // _STRIDES_PER_HALF)
    middle = np.arange(half, num - half, stride)
    free = np.ones(len(middle), dtype=bool)
    for first, pure in taken:
        # Frames middle - half and middle + half are the pure ends.
        free &= (middle + half < first) | (middle - half >= pure)
    return middle[free]


def _ramps(fields: np.ndarray, middle: np.ndarray, half: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows along which the share of the new picture grows as a straight ramp; bend and least step of each."""
    old, new = fields[middle - half], fields[middle + half]
    way = new - old
    length = (way * way).sum(axis=1) + 1e-3 * fields.shape[1]
    offsets = [round(share * half) for share in _SAMPLES]
    shares = np.stack([((fields[middle + offset] - old) * way).sum(axis=1) / length for offset in offsets], axis=1)
    expected = np.array([(offset + half) / (2 * half) for offset in offsets])
    bent = np.abs(shares - expected).mean(axis=1)
    ends = np.zeros((len(middle), 1))
    step = np.minimum(np.diff(np.concatenate([ends, shares, ends + 1.0], axis=1), axis=1).min(axis=1), 0.0)
    levels = np.sqrt(length / fields.shape[1])
    keep = (levels > _LEAST_LEVELS) & (bent < _MOST_BENT) & (step > _LEAST_STEP)
    return middle[keep], bent[keep], step[keep]


def _judge(
    planes_TCHW: np.ndarray,
    texture: tuple[np.ndarray, np.ndarray],
    middle: np.ndarray,
    half: int,
    bent: np.ndarray,
    step: np.ndarray,
) -> list[_Window]:
    """Windows whose middle frame is better explained as a mixture than as either end moved."""
    old, new, mixed = planes_TCHW[middle - half], planes_TCHW[middle + half], planes_TCHW[middle]
    way = new - old
    length = (way * way).sum(axis=(1, 2, 3)) + 1.0
    share = np.clip((way * (mixed - old)).sum(axis=(1, 2, 3)) / length, 0.0, 1.0)[:, None, None, None]
    mixture = np.abs(old + share * way - mixed).sum(axis=1).mean(axis=(1, 2)) + 0.5
    # Moving an end can only bring it nearer: what fails against the ends as they are need not be searched.
    unmoved = np.minimum(*(np.abs(end - mixed).sum(axis=1).mean(axis=(1, 2)) for end in (old, new))) + 0.5
    keep = np.log(mixture / unmoved) <= _MOST_LOG_ERROR
    middle, bent, step, mixture, old, new, mixed = (
        part[keep] for part in (middle, bent, step, mixture, old, new, mixed)
    )
    by_old = moved_difference(old, mixed).mean(axis=(1, 2)) + 0.5
    keep = np.log(mixture / by_old) <= _MOST_LOG_ERROR
    middle, bent, step, mixture, by_old = middle[keep], bent[keep], step[keep], mixture[keep], by_old[keep]
    by_new = moved_difference(new[keep], mixed[keep]).mean(axis=(1, 2)) + 0.5
    nearer = np.log(mixture / np.minimum(by_old, by_new))
    both = np.log(2.0 * mixture / (by_old + by_new))
    change = compare(planes_TCHW, texture, middle - half, middle + half)
    features = np.stack([bent, step, nearer, both, change.unlike, np.log1p(change.levels)], axis=1)
    logits = features @ _WEIGHTS + _BIAS - _THRESHOLD
    good = (logits >= 0.0) & (nearer <= _MOST_LOG_ERROR) & (change.spread >= _LEAST_SPREAD)
    return [
        _Window(float(logit), int(t) - half + 1, int(t) + half)
        for t, logit in zip(middle[good], logits[good], strict=True)
    ]


def _merge(windows: Sequence[_Window], contrast_T: np.ndarray, frame_ns: int) -> list[FrameBoundary]:
    """Windows as boundaries; those that follow each other at once are parts of one change.

    A change whose contrast dips between two parts is a fade through that frame.
    """
    found: list[FrameBoundary] = []
    for window in windows:
        kind: Kind = "dissolve"
        first, pure, score = window.first, window.pure, round(1.0 / (1.0 + math.exp(-window.logit)), 4)
        cut = (first + pure) // 2
        if found and (first - found[-1].pure) * frame_ns <= _MAX_GAP_S * NS_PER_S:
            before = found.pop()
            low = min(before.pure, first) - 1 + int(np.argmin(contrast_T[min(before.pure, first) - 1 : first + 1]))
            dips = contrast_T[low] < _DIP * min(contrast_T[before.first - 1], contrast_T[pure])
            kind, cut = ("fade", low) if dips else (before.kind, (before.first + pure) // 2)
            first, score = before.first, max(score, before.score)
        found.append(FrameBoundary(kind, first, pure, cut, score))
    return [item for item in found if not _opens_or_closes(item, contrast_T)]


def _opens_or_closes(item: FrameBoundary, contrast_T: np.ndarray) -> bool:
    """Whether there is no picture before the change, or none after it."""
    return bool(max(contrast_T[: item.first]) < _NO_PICTURE or max(contrast_T[item.pure :]) < _NO_PICTURE)
