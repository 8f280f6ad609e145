"""Wipes: a front that sweeps over the picture in a straight line, the new shot behind it and the old one before it.

Either shot may stand still or move with the front: wiped, slid over, slid away, pushed out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.ends import comes_back, compare_ends
from sv6d.timeline import NS_PER_S

_HALF_LENGTHS_S = (0.17, 0.33, 0.62, 1.0)  # of windows; each less than twice the one before: none need be filled
_LEAST_HALF_FRAMES = 3
_STRIDES_PER_HALF = 4  # windows are tried at every quarter of their half length
_LEAST_LEVELS = 18.0  # summed over the planes, by which the ends of a window differ; as for dissolves
_NOISE = 1.0  # levels, summed over the planes, that make no difference
# Logarithm of the error of the best front over that of the ends and their mixture, in the middle of a window, block by
# block. Measured on 30 wipes of the trials, of which 26 have a window below; of 5,000 windows of the real clips 12.
_MOST_BLOCK_LOG_ERROR = -0.5
# The same for all frames that a front crosses. What a front must be besides: a seam that stands out among the lines of
# the picture (a camera that pans shows none), never backwards, at no time across most of the picture at once. Measured:
# 24 of the 30 wipes pass; of what else moves in the trials, things that pass close (they
# come and go, and `comes_back` knows them) and one banner; of 48,000 frames of real clips nothing.
_MOST_LOG_ERROR = -0.65
_LEAST_SEAM = 1.9
_SEAM_NOISE = 0.5  # levels
_MOST_BACKWARDS = 0.03  # share of the picture
_MOST_AT_ONCE = 0.4  # share of the picture
_LEAST_FRAMES = 3
_LEAST_NEW = 0.7  # share of the picture that is new, as `ends` measures it; measured: the wipes have 0.91 and more
# Less of a picture than this is new where it was seen already. Measured: after things that passed close 0.46 to 0.72
# is, as they hid where the subject went; after 23 of 24 wipes 0.82 and more.
_SEEN_NEW = 0.75


@dataclass(frozen=True, slots=True)
class _Sweep:
    """Frames [first, pure) crossed by a front, and the logarithm of what is left to explain."""

    log_error: float
    first: int
    pure: int

    def as_boundary(self) -> FrameBoundary:
        score = 1.0 - 0.5 * float(np.exp(self.log_error - _MOST_LOG_ERROR))
        return FrameBoundary("wipe", self.first, self.pure, (self.first + self.pure) // 2, round(score, 4))


def find_wipes(
    planes_TCHW: np.ndarray, fields_TCBD: np.ndarray, taken: Sequence[tuple[int, int]], frame_ns: int
) -> list[FrameBoundary]:
    """Wipes in the order of time; arguments as for `mixes.find_mixes`."""
    kept: list[_Sweep] = []
    for sweep in sorted(
        _sweeps(planes_TCHW, fields_TCBD, taken, frame_ns), key=lambda item: (item.log_error, item.first)
    ):
        if any(sweep.pure > other.first and sweep.first < other.pure for other in kept):
            continue
        before, after = sweep.first - 1, sweep.pure
        _, ends = compare_ends(planes_TCHW[[before]], planes_TCHW[[after]])
        if ends["new"][0] >= _LEAST_NEW and not comes_back(planes_TCHW, before, after, frame_ns, _SEEN_NEW):
            kept.append(sweep)
    return sorted((sweep.as_boundary() for sweep in kept), key=lambda item: item.first)


def _sweeps(
    planes_TCHW: np.ndarray, fields: np.ndarray, taken: Sequence[tuple[int, int]], frame_ns: int
) -> Iterator[_Sweep]:
    for half in sorted({max(_LEAST_HALF_FRAMES, round(s * NS_PER_S / frame_ns)) for s in _HALF_LENGTHS_S}):
        middle = np.arange(half, len(fields) - half, max(1, half // _STRIDES_PER_HALF))
        free = np.ones(len(middle), dtype=bool)
        for first, pure in taken:
            free &= (middle + half < first) | (middle - half >= pure)
        for t in _divided(fields, middle[free], half):
            sweep = _best_sweep(planes_TCHW[t - half : t + half + 1].astype(np.float32), int(t) - half)
            if sweep is not None:
                yield sweep


def _divided(fields: np.ndarray, middle: np.ndarray, half: int) -> np.ndarray:
    """Of middle frames those where one half of the picture shows the old end of the window, the other the new one."""
    old, new = fields[middle - half], fields[middle + half]
    differ = _distances(old, new) > _LEAST_LEVELS
    middle, old, new = middle[differ], old[differ], new[differ]
    mixed = fields[middle]
    plain = np.minimum(np.minimum(_distances(old, mixed), _distances(new, mixed)), _distances(0.5 * (old + new), mixed))
    least = np.full(len(middle), np.inf)
    for axis in (2, 3):
        size = fields.shape[axis]
        halves = tuple((slice(None),) * axis + (part,) for part in (slice(size // 2), slice(size - size // 2, size)))
        for behind, ahead in (halves, halves[::-1]):
            by_new = np.minimum(*(_distances(new[place], mixed[behind]) for place in halves))
            by_old = np.minimum(*(_distances(old[place], mixed[ahead]) for place in halves))
            least = np.minimum(least, 0.5 * (by_new + by_old))
    return np.asarray(middle[np.log((least + _NOISE) / (plain + _NOISE)) <= _MOST_BLOCK_LOG_ERROR])


def _distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean difference, the planes summed; the first two axes are pictures and planes."""
    return np.asarray(np.abs(some - others).sum(axis=1).mean(axis=(1, 2)))


def _best_sweep(window_TCHW: np.ndarray, start: int) -> _Sweep | None:
    """The sweep that explains the frames between the ends of a window best, if one does."""
    old, new, inner = window_TCHW[0], window_TCHW[-1], window_TCHW[1:-1]
    way = new - old
    share = np.clip(((inner - old) * way).sum(axis=(1, 2, 3)) / (way * way).sum(), 0.0, 1.0)[:, None, None, None]
    plain = np.minimum(_distances(inner, old), _distances(inner, new))
    plain = np.minimum(plain, _distances(inner, old + share * way))
    best: _Sweep | None = None
    for lines in (window_TCHW.transpose(0, 3, 1, 2), window_TCHW.transpose(0, 2, 1, 3)):
        pixels = lines.reshape(*lines.shape[:2], -1)
        by_ends = [window_TCHW.shape[1] * np.abs(pixels[1:-1, :, None] - pixels[end]).mean(axis=-1) for end in (0, -1)]
        for way_round in (1, -1):
            for errors, fronts in _fronts(*(by_end[:, ::way_round, ::way_round] for by_end in by_ends)):
                sweep = _as_sweep(pixels[1:-1, ::way_round], errors, fronts, plain, start + 1)
                if sweep is not None and (best is None or sweep.log_error < best.log_error):
                    best = sweep
    return best


def _fronts(by_old_TSS: np.ndarray, by_new_TSS: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each way in which a front may come from the first line on: error and place of the front, by inner frame.

    Given how far each line of each inner frame is from each line of the old and of the new end; the place is the number
    of lines behind the front.
    """
    size = by_old_TSS.shape[1]
    line = np.arange(size)
    places = range(size + 1)
    behind = (
        [by_new_TSS[:, line[:s], line[:s]].sum(axis=1) for s in places],
        [by_new_TSS[:, line[:s], line[:s] + size - s].sum(axis=1) for s in places],
    )
    ahead = (
        [by_old_TSS[:, line[s:], line[s:]].sum(axis=1) for s in places],
        [by_old_TSS[:, line[s:], line[s:] - s].sum(axis=1) for s in places],
    )
    for new_errors in behind:
        for old_errors in ahead:
            errors = (np.stack(new_errors, axis=1) + np.stack(old_errors, axis=1)) / size
            yield errors.min(axis=1), errors.argmin(axis=1)


def _as_sweep(
    lines_TSV: np.ndarray, errors: np.ndarray, fronts: np.ndarray, plain: np.ndarray, start: int
) -> _Sweep | None:
    """The frames that the front crosses, if it is one."""
    size = lines_TSV.shape[1]
    crossed = np.flatnonzero((fronts > 0) & (fronts < size))
    if len(crossed) < _LEAST_FRAMES:
        return None
    log_error = float(np.log((errors[crossed].mean() + _NOISE) / (plain[crossed].mean() + _NOISE)))
    first, pure = int(crossed[0]), int(crossed[-1]) + 1
    steps = np.diff(np.r_[0, fronts[first:pure], size]) / size
    backwards = -np.minimum(steps, 0.0).sum()
    if log_error > _MOST_LOG_ERROR or backwards > _MOST_BACKWARDS or steps.max() > _MOST_AT_ONCE:
        return None
    pictures, at = lines_TSV[crossed], fronts[crossed]
    number = np.arange(len(crossed))
    seam = np.abs(pictures[number, at - 1] - pictures[number, at]).mean(axis=1)
    usual = np.abs(np.diff(pictures, axis=1)).mean(axis=(1, 2)) + _SEAM_NOISE
    if (seam / usual).mean() < _LEAST_SEAM:
        return None
    return _Sweep(log_error, start + first, start + pure)
