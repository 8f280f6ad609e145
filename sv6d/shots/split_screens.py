"""Split screens that pop in or go: a part of one picture shows the other one, moved or scaled, beside others.

Such a part ends at a straight line, across which the divided picture does not go on and where the other picture has
none: a picture that is only reframed, moved or zoomed shows no such line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from sv6d.shots.blocks import textures
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.halves import without_moved_halves

# Mean difference across a line by that of the usual line, by that of the lines some pixels beside it (an edge in a
# picture is not as sharp, a thin gap between parts is), and the share of the line along which it
# is more than noise. Measured on cuts found in trials: nine in ten of the lines between parts of split screens have
# 8.0, 5.1 and 0.73 and more; of 153 cuts of real clips ten have a line that passes.
_LEAST_SEAM, _LEAST_SHARPNESS, _LEAST_ALONG, _ACROSS_LEVELS = 2.5, 2.0, 0.6, 8
_LEAST_IN_QUARTER = 0.3  # of each quarter of the line: hair over a brow ends before
_BESIDE_PX = (3, 4, 5)
_MOST_BEFORE = 0.5  # of a seam, which may be there in the other picture: the line would be of what is shown
# Of the picture's side: where parts end, and how far from there a line may lie (a gap between them is as wide).
# Measured: hair, wallpaper and furniture draw long lines too, and a speaker shown closer goes on above them.
_PLACES, _OFF_PLACE = (1 / 3, 1 / 2, 2 / 3), 0.025
_APART_SHARE = 0.06  # of the side, by which two lines are two; ours: a gap between parts is less
_MOST_SEAMS = 2  # each way, the strongest: three thirds
_EDGE_PX = 2  # beside a seam, where coding mixes both sides
_FLAT = 16  # levels between the brightest and the darkest pixel: a row or a column of a bar has less
_EXTREMES = (cv2.REDUCE_MAX, cv2.REDUCE_MIN)
# Of the picture: a quarter less its edges; and of what of it is no bar: beside more there is no room for others.
_LEAST_AREA, _MOST_AREA = 0.22, 0.75
# Mean deviation of structure in the part's blocks, at the coarse size, in local deviations; with less a match is
# chance. Measured as above: parts that go on have 0.22 and more.
_LEAST_TEXTURED = 0.2
_WINDOW_PX, _FLOOR = 5, 5.0  # of structure, as in `blocks`
_NOISE = 0.02  # variance of structure where there is none; ours: textured pictures have 0.2 to 0.5
_BLOCK_PX = 4
# Of the coarse correlation, another part beside one that goes on: 0.37 and less in split screens, 0.34 to 0.59 where a
# speaker is shown closer.
_LEAST_APART = 0.42
# A part is filled by the whole picture, cropped on two sides, or by one a little closer. Steps keep the edges of what
# is compared within a pixel at each size.
_COARSE_PX, _FINE_PX = 64, 128
_COARSE_SCALES = tuple(0.99 * 1.06**k for k in range(9))
_FINE_SCALES = tuple(1.01**k for k in range(-4, 5))
# Correlation of structure at the best scale and place. Measured as above: parts that go on have 0.6 and 0.55 and more,
# halves of 147 cuts of real clips 0.57 and 0.4 and less but for one, whose only structure is a pole.
_LEAST_COARSE, _LEAST_FINE = 0.55, 0.42
# The same without what is alike along rows or columns (stripes, poles): 0.39 and more, stripes of two pictures 0.18.
_LEAST_ACROSS = 0.3
# How much of the line at the end of a part the other picture has at the same place: 0.5 and less on one side at least;
# a picture that is only a little closer has all of it.
_MOST_BEFORE_SCALED = 0.65
_BAND_PX, _LEAST_COVERED = 5, 0.5  # about the line in which it is looked for, and how much of that the picture reaches
# Correlation of structure beyond the line, in a sixth of the picture. Measured: 0.07 and less on one side at least of
# parts of split screens, 0.15 to 0.65 where a speaker is shown closer.
_BEYOND, _MOST_BEYOND = 6, 0.1
_SAME_SCALE, _SAME_PLACE = 0.04, 0.05  # of it, and of the picture: a part that stays as it is, a page about a window

_Lines = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class _Part:
    """A rectangle of a picture, in pixels."""

    top: int
    left: int
    bottom: int
    right: int

    def of(self, picture_HW: np.ndarray) -> np.ndarray:
        return picture_HW[self.top : self.bottom, self.left : self.right]

    def is_apart_from(self, other: _Part) -> bool:
        rows_apart = self.bottom <= other.top or other.bottom <= self.top
        return rows_apart or self.right <= other.left or other.right <= self.left

    def scaled(self, scale: float) -> _Part:
        return _Part(*(round(edge * scale) for edge in (self.top, self.left, self.bottom, self.right)))


@dataclass(frozen=True, slots=True)
class _View:
    """A divided picture, what it would be if all of it were the other one as its part has it, and the part.

    `covered` says how far the other one reaches.
    """

    frame_HW: np.ndarray  # noqa: N815 - shape suffixes are the house style
    other_HW: np.ndarray  # noqa: N815
    covered_HW: np.ndarray  # noqa: N815
    part: _Part


def without_split_screens(
    cuts: Sequence[FrameBoundary], planes_TCHW: np.ndarray, looks: Mapping[int, tuple[np.ndarray, np.ndarray]]
) -> list[FrameBoundary]:
    """Hard cuts but those where a part of one picture is the other one, moved or scaled, beside what is not.

    `looks` as in `Pictures`; where there is none the small pictures decide alone, of halves that are moved.
    """
    cuts = without_moved_halves(cuts, planes_TCHW)
    return [cut for cut in cuts if cut.first not in looks or not _is_split(*looks[cut.first])]


def _is_split(old_HW: np.ndarray, new_HW: np.ndarray) -> bool:
    """Whether a part of one picture, and one alone, shows the other; where two do, the picture was reframed."""
    old, new = (old_HW, _lines(old_HW)), (new_HW, _lines(new_HW))
    for (whole_HW, lines_whole), (divided_HW, lines_divided) in ((old, new), (new, old)):
        parts = list(_parts(divided_HW, _seams(lines_whole, lines_divided, divided_HW)))
        for part in parts:
            view = _view(whole_HW, divided_HW, part)
            if view is not None and _ends_at_line(view):
                others = (other for other in parts if other.is_apart_from(part))
                if not any(_may_go_on(whole_HW, divided_HW, other) for other in others):
                    return True
    return False


def _seams(lines_whole: _Lines, lines_divided: _Lines, divided_HW: np.ndarray) -> tuple[list[int], list[int]]:
    """First rows and first columns after straight lines through the second picture that the first has not."""
    found: tuple[list[int], list[int]] = ([], [])
    for axis, (kept, before, seam) in enumerate(zip(found, lines_whole, lines_divided, strict=True)):
        size = divided_HW.shape[axis]
        for at in sorted(_strong(seam, size), key=lambda at: (-seam[at], at)):
            was_there = before[at - _EDGE_PX : at + 1 + _EDGE_PX].max() > _MOST_BEFORE * seam[at]
            is_taken = any(abs(at + 1 - other) < _APART_SHARE * size for other in kept)
            if len(kept) < _MOST_SEAMS and not (was_there or is_taken) and _is_long(divided_HW, axis, at):
                kept.append(at + 1)
    return found


def _strong(seam_N: np.ndarray, size: int) -> list[int]:
    """Lines well inside the picture that stand out among all of them, and from those beside them."""
    at = np.arange(_BESIDE_PX[-1], len(seam_N) - _BESIDE_PX[-1])
    is_placed = np.abs((at[:, None] + 1) / size - _PLACES).min(axis=1) <= _OFF_PLACE
    at = at[is_placed & (seam_N[at] >= _LEAST_SEAM)]
    offsets = np.array([way * px for px in _BESIDE_PX for way in (-1, 1)])
    beside = seam_N[at + offsets[:, None]].max(axis=0)
    return [int(line) for line in at[seam_N[at] >= _LEAST_SHARPNESS * beside]]


def _lines(picture_HW: np.ndarray) -> _Lines:
    """Difference across each line between two rows, and between two columns, by that across the usual one."""
    rows = cv2.reduce(cv2.absdiff(picture_HW[1:], picture_HW[:-1]), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0]
    columns = cv2.reduce(cv2.absdiff(picture_HW[:, 1:], picture_HW[:, :-1]), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]
    return rows / (np.median(rows) + 1.0), columns / (np.median(columns) + 1.0)


def _is_long(picture_HW: np.ndarray, axis: int, at: int) -> bool:
    """Whether two rows, or columns, differ along most of them."""
    one, other = np.take(picture_HW, (at, at + 1), axis=axis).swapaxes(0, axis)
    differs = cv2.absdiff(one, other).ravel() > _ACROSS_LEVELS
    quarters = [part.mean() for part in np.array_split(differs, 4)]
    return bool(differs.mean() >= _LEAST_ALONG and min(quarters) >= _LEAST_IN_QUARTER)


def _parts(picture_HW: np.ndarray, seams: tuple[list[int], list[int]]) -> Iterator[_Part]:
    """Rectangles between lines, as high or as wide as the picture too, large enough without bars."""
    inner = _without_bars(picture_HW, _Part(0, 0, *picture_HW.shape)) if any(seams) else None
    if inner is None:
        return
    most, spans = _MOST_AREA * inner.of(picture_HW).size, []
    for lines, size in zip(seams, picture_HW.shape, strict=True):
        edges = [0, *sorted(lines), size]
        between = list(pairwise(edges))
        spans.append(between if len(between) == 1 else [(0, size), *between])
    for top, bottom in spans[0]:
        for left, right in spans[1]:
            part = _without_bars(picture_HW, _Part(top, left, bottom, right))
            if part is not None and _LEAST_AREA * picture_HW.size <= part.of(picture_HW).size <= most:
                yield part


def _without_bars(picture_HW: np.ndarray, part: _Part) -> _Part | None:
    """The part less its edges and what is flat beside it; None where nothing is left."""
    inner = _Part(part.top + _EDGE_PX, part.left + _EDGE_PX, part.bottom - _EDGE_PX, part.right - _EDGE_PX)
    pixels = inner.of(picture_HW)
    if not pixels.size:
        return None
    brightest, darkest = ([cv2.reduce(pixels, axis, way).ravel() for axis in (1, 0)] for way in _EXTREMES)
    rows, columns = (np.flatnonzero(cv2.absdiff(*pair) > _FLAT) for pair in zip(brightest, darkest, strict=True))
    if not len(rows) or not len(columns):
        return None
    top, left = inner.top + int(rows[0]), inner.left + int(columns[0])
    return _Part(top, left, inner.top + int(rows[-1]) + 1, inner.left + int(columns[-1]) + 1)


def _may_go_on(whole_HW: np.ndarray, divided_HW: np.ndarray, part: _Part) -> bool:
    """Whether a part is somewhat like a place of the whole picture."""
    coarse = _COARSE_PX / max(whole_HW.shape)
    pixels = part.of(divided_HW)
    least = float((np.array(pixels.shape) / whole_HW.shape).max())
    scales = [coarse * least * step for step in _COARSE_SCALES]
    return _best_match(whole_HW, _structure(_scaled(pixels, coarse)), scales)[0] >= _LEAST_APART


def _view(whole_HW: np.ndarray, divided_HW: np.ndarray, part: _Part) -> _View | None:
    """How the part shows what the whole picture does, at another place or another size; None where it does not."""
    # Scaled down once: what is compared at the coarse size takes half of the time.
    fine, coarse = (longest_px / max(whole_HW.shape) for longest_px in (_FINE_PX, _COARSE_PX))
    pixels = part.of(divided_HW)
    whole, shown = _scaled(whole_HW, fine), _structure(_scaled(pixels, coarse))
    least = float((np.array(pixels.shape) / whole_HW.shape).max())
    found, scale, _ = _best_match(whole, shown, [coarse / fine * least * step for step in _COARSE_SCALES])
    if found < _LEAST_COARSE or not _holds_enough(shown):
        return None
    scales = [fine / coarse * scale * step for step in _FINE_SCALES]
    found, scale, place = _best_match(whole, _structure(_scaled(pixels, fine)), scales)
    moved = np.abs(place / fine - (part.top, part.left)) / whole_HW.shape
    if found < _LEAST_FINE or (abs(scale - 1.0) <= _SAME_SCALE and bool((moved <= _SAME_PLACE).all())):
        return None
    view = _laid(_scaled(divided_HW, fine), _scaled(whole, scale), part.scaled(fine), np.rint(place).astype(int))
    return view if _alike_across(view) >= _LEAST_ACROSS else None


def _laid(frame_HW: np.ndarray, other_HW: np.ndarray, part: _Part, place: np.ndarray) -> _View:
    """The other picture laid over the frame so that its row and column `place` come to lie where the part begins."""
    corner = np.array([part.top, part.left]) - place
    first, end = np.maximum(corner, 0), np.minimum(corner + other_HW.shape, frame_HW.shape)
    laid, covered = np.zeros_like(frame_HW), np.zeros(frame_HW.shape, dtype=bool)
    there, here = ((slice(a, b), slice(c, d)) for (a, c), (b, d) in ((first - corner, end - corner), (first, end)))
    laid[here], covered[here] = other_HW[there], True
    return _View(frame_HW, laid, covered, part)


def _alike_across(view: _View) -> float:
    """Correlation of structure in the part, less the means of its rows and of its columns: a pole is no picture."""
    some, others = (view.part.of(_structure(picture)) for picture in (view.frame_HW, view.other_HW))
    some, others = (part - part.mean(axis=0) - part.mean(axis=1, keepdims=True) for part in (some, others))
    return _correlation(some, others)


def _correlation(some_HW: np.ndarray, others_HW: np.ndarray) -> float:
    """Of structure at the same places, in [-1, 1]; little where either is flat."""
    some, others = some_HW - some_HW.mean(), others_HW - others_HW.mean()
    return float((some * others).mean() / np.sqrt((some.var() + _NOISE) * (others.var() + _NOISE)))


def _ends_at_line(view: _View) -> bool:
    """Whether on a side of the part the other picture, if it reaches so far, has no line and does not go on beyond."""
    top, left, bottom, right = view.part.top, view.part.left, view.part.bottom, view.part.right
    sides = [(at, slice(left, right), way, False) for at, way in ((top, -1), (bottom, 1))]
    sides += [(at, slice(top, bottom), way, True) for at, way in ((left, -1), (right, 1))]
    for at, along, way, is_upright in sides:
        pictures = [p.T if is_upright else p for p in (view.frame_HW, view.other_HW, view.covered_HW)]
        if not _BAND_PX < at < len(pictures[0]) - _BAND_PX:
            continue
        frame, other, covered = (picture[at - _BAND_PX : at + _BAND_PX, along] for picture in pictures)
        if (covered[_BAND_PX:] if way > 0 else covered[:_BAND_PX]).mean() < _LEAST_COVERED:
            return True
        reach = len(pictures[0]) // _BEYOND
        beyond = slice(at + 1, at + reach) if way > 0 else slice(max(0, at - reach), at - 1)
        frame_beyond, other_beyond = (_structure(np.ascontiguousarray(p))[beyond, along] for p in pictures[:2])
        goes_on = _correlation(frame_beyond, other_beyond) > _MOST_BEYOND
        if not goes_on and _steepest(other) <= _MOST_BEFORE_SCALED * _steepest(frame):
            return True
    return False


def _steepest(band_HW: np.ndarray) -> float:
    """The greatest mean difference between two rows."""
    return float(cv2.absdiff(np.ascontiguousarray(band_HW[1:]), np.ascontiguousarray(band_HW[:-1])).mean(axis=1).max())


def _best_match(whole_HW: np.ndarray, shown_HW: np.ndarray, scales: Sequence[float]) -> tuple[float, float, np.ndarray]:
    """Correlation of structure, scale of the whole picture, and where in it, so scaled, what is shown begins (y, x).

    Scales at which the structure that is shown is too large for it are left out.
    """
    wanted = shown_HW[1:-1, 1:-1]
    best = (-1.0, 1.0, np.zeros(2))
    if min(wanted.shape) < _BLOCK_PX:
        return best
    power = float(wanted.var()) + _NOISE
    for scale in scales:
        offered = _structure(_scaled(whole_HW, scale))
        if (np.array(offered.shape) < wanted.shape).any():
            continue
        _, peak, _, (column, row) = cv2.minMaxLoc(_correlations(offered, wanted, power))
        if peak > best[0]:
            best = float(peak), scale, np.array([row, column]) - 1.0
    return best


def _correlations(offered_HW: np.ndarray, wanted_HW: np.ndarray, power: float) -> np.ndarray:
    """Of one picture, of known variance, with each place of another at which it fits, in [-1, 1]; little where flat."""
    height, width = wanted_HW.shape
    sums = cv2.integral2(offered_HW, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
    mean, square = (
        (whole[height:, width:] - whole[:-height, width:] - whole[height:, :-width] + whole[:-height, :-width])
        / wanted_HW.size
        for whole in sums
    )
    deviation = np.sqrt((square - mean * mean + _NOISE) * power)
    return np.asarray(cv2.matchTemplate(offered_HW, wanted_HW, cv2.TM_CCOEFF) / (wanted_HW.size * deviation))


def _scaled(picture_HW: np.ndarray, scale: float) -> np.ndarray:
    height, width = (max(1, round(side * scale)) for side in picture_HW.shape)
    return cv2.resize(picture_HW, (width, height), interpolation=cv2.INTER_AREA)


def _structure(picture_HW: np.ndarray) -> np.ndarray:
    """As `blocks.structure`, in local deviations; measured: a tenth of its time for one small picture."""
    luma = picture_HW.astype(np.float32)
    window = (_WINDOW_PX, _WINDOW_PX)
    mean = cv2.blur(luma, window, borderType=cv2.BORDER_REPLICATE)
    variance = cv2.blur(luma * luma, window, borderType=cv2.BORDER_REPLICATE) - mean * mean
    return np.asarray((luma - mean) / (np.sqrt(np.maximum(variance, 0.0)) + _FLOOR), dtype=np.float32)


def _holds_enough(shape_HW: np.ndarray) -> bool:
    """Whether there is structure in enough of a part."""
    height, width = (side // _BLOCK_PX * _BLOCK_PX for side in shape_HW.shape)
    detail, _ = textures(shape_HW[None, None, :height, :width])
    return bool(detail.size) and bool(np.minimum(detail, 1.0).mean() >= _LEAST_TEXTURED)
