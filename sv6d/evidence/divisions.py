"""What a picture is made of: an image over a blurred copy of itself, parts side by side, a window, an inset."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from sv6d.evidence.rectangles import Rectangle, clarity, find_rectangles
from sv6d.evidence.seams import Lines, Seams

# Parts. Measured: seams of real clips side by side are covered by 0.88 to 1.0 with a strength of 1.74 to 2.0, and no
# line near them by more than 0.36; lines of 25 plain clips less than 0.6, of drawn rooms beside others of 0.4 to 1.0.
_SPLITS = (1 / 3, 1 / 2, 2 / 3)  # where editors split; elsewhere a line is taken for part of the scene
_SPLIT_OFF = 0.012  # share of the side
_MOST_NEAR, _MOST_TOGETHER = 0.4, 0.3
_NEAR_FROM_PX, _NEAR_TO_PX = 6, 25
_LEAST_PART_PX = 24  # ours
# A blurred copy.
_LEAST_COVERED = 0.5  # of each seam; ours: the copy may be as bright as the image
_LEAST_MARGIN, _MOST_MARGIN = 0.1, 0.42  # of the side; 4:3 in 16:9 leaves 0.125
_SYMMETRIC_PX = 2
_BLURRED = 0.45  # of the image's detail
_LEAST_LIKE = 0.8  # correlation of the margins with the image, enlarged to fill the picture
_SAME_BLUR = 0.03  # of the longer side
_FLAT = 3.0  # levels: standard deviation below which margins are bars
# Rectangles: how clear, where the picture around moves and where it stands still. Measured: insets on moving real clips
# 0.64 to 0.99, insets and windows in stills 0.55 to 1.04; plain shots of reels up to 0.64 and 0.52, few above.
_CLEAR_AMONG_MOVING, _CLEAR_IN_STILL = 0.68, 0.55
_LEAST_APART, _MOST_TOGETHER_AROUND = 0.1, 0.1  # of its sides
_MOVING_APART, _OPEN_SIDE = 0.2, 0.02  # among moving; ours: lines of a scene that moves close on four sides seldom
_STRIP_APART = 0.2  # where two sides are the picture's own: floors and ceilings run from side to side too
# Where nothing changes at its sides, since somebody talks in the middle of it: no plain shot of 72 reels has such.
_CLOSED, _CLOSED_WINDOW, _CLOSED_SIDES, _CLEAR_CLOSED = 0.95, 0.88, 3, 0.45
# Ours: of rectangles about as clear, the one with most sides of its own and most life is the picture, or the largest.
_OWN_SIDE, _FILLED, _AS_CLEAR = 0.04, 0.1, 0.02
_CLEARER_THAN_PARTS = 0.75
_LIVES = 0.03  # of its pixels
_STILL = 0.03  # of the pixels around it; ours: a subtitle may change there
_LEAST_WINDOW, _MOST_WINDOW = 0.1, 0.95  # of the picture; ours: what is smaller is a clock or a logo that moves
_LEAST_INSET, _MOST_INSET = 0.025, 0.4
_MOST_CORNER, _OFF_MIDDLE = 0.25, 0.15  # an inset on a still picture: its area, and how far off the middle it is
_NEARLY = 0.03  # ours: of the side, a rectangle that is all of the image may end so far from its edges
_AROUND_PX = 2


@dataclass(frozen=True, slots=True)
class _LeastSeam:
    """What a seam must have of steps where its sides change apart along such a share of it."""

    apart: float
    covered: float
    strength: float


# Lines between two colours, as a narrow gap has them, are weaker; a line at which nothing changes may belong to a room.
_LEAST_SEAM = (_LeastSeam(0.5, 0.83, 1.5), _LeastSeam(0.1, 0.88, 1.7), _LeastSeam(0.0, 0.95, 1.8))

# Both arms of a cross in the middle. Measured: of 13 pictures of four parts 0.86 and 1.6 at least, of two parts one arm
# below 0.7 and 1.1.
_CROSS, _MOST_NEAR_CROSS = _LeastSeam(0.0, 0.8, 1.4), 0.6
_BOTH_LIVE = 0.01  # of the pixels on both sides of a line at which nothing changes: else it is a floor or a horizon

Kind = Literal["blurred_fill", "split_screen", "window", "picture_in_picture"]


@dataclass(frozen=True, slots=True)
class Division:
    """How a picture is divided: the kind, the box of the image, window, inset or first part, and how many parts."""

    kind: Kind
    box: Rectangle
    parts: int = 1


def find_division(seams: Seams, mean: np.ndarray, image: Rectangle) -> Division | None:
    """The division of a shot's picture; None where one image fills it.

    Args:
        seams: what was gathered of the shot.
        mean: its mean picture, luma in levels [height, width].
        image: what flat bars leave of the picture.
    """
    copied = _blurred_fill(seams, mean)
    if copied is not None:
        return Division("blurred_fill", copied)
    found = _clearest(seams, image)
    parts = _parts(seams, image, 2)
    # A side of a window that runs from side to side is a seam as well.
    if len(parts) > 1 and (found is None or found[0].kind != "window" or found[1] < _CLEARER_THAN_PARTS):
        return Division("split_screen", parts[0], len(parts))
    return None if found is None else found[0]


def _clearest(seams: Seams, image: Rectangle) -> tuple[Division, float] | None:
    """The rectangle that is most clearly a window or an inset, and how clear it is; None where none is."""
    told: list[tuple[float, Rectangle, Literal["window", "picture_in_picture"]]] = []
    for one in find_rectangles(seams):
        clear = clarity(seams, one)
        is_told = None if _is_all(one, image) else _kind_of(seams, one, clear)
        if is_told is not None:
            lives = float(seams.moves[one.slices()].mean())
            own = sum(one.sides(seams.moves.shape))
            told.append((clear + _OWN_SIDE * own + _FILLED * lives, one, is_told))
    if not told:
        return None
    best = max(score for score, *_ in told)
    score, one, kind = max((each for each in told if each[0] >= best - _AS_CLEAR), key=lambda each: each[1].area)
    return Division(kind, one), score


def _kind_of(seams: Seams, one: Rectangle, clear: float) -> Literal["window", "picture_in_picture"] | None:
    """What a rectangle is by what moves in it, around it and at its sides; None where it is no picture of its own."""
    if one.together > _MOST_TOGETHER_AROUND or seams.moves[one.slices()].mean() < _LIVES:
        return None
    height, width = seams.moves.shape
    around = seams.moves.sum() - seams.moves[one.slices(_AROUND_PX)].sum()
    area = one.area / seams.moves.size
    left, top, right, bottom = one.sides(seams.moves.shape)
    in_corner = (left or right) and (top or bottom)
    if around > _STILL * (seams.moves.size - one.area):
        is_inset = in_corner and _LEAST_INSET <= area <= _MOST_INSET and one.apart >= _MOVING_APART
        as_clear = clear + _OPEN_SIDE * (sum((left, top, right, bottom)) - 2)
        return "picture_in_picture" if is_inset and as_clear >= _CLEAR_AMONG_MOVING else None
    is_apart = one.apart >= (_LEAST_APART if in_corner else _STRIP_APART)
    off = abs((one.left + one.right) / 2 / width - 0.5), abs((one.top + one.bottom) / 2 / height - 0.5)
    if in_corner and min(off) >= _OFF_MIDDLE and _LEAST_INSET <= area <= _MOST_CORNER:
        return "picture_in_picture" if clear >= _CLEAR_IN_STILL and (is_apart or one.covered >= _CLOSED) else None
    if not _LEAST_WINDOW <= area <= _MOST_WINDOW:
        return None
    is_closed = sum((left, top, right, bottom)) >= _CLOSED_SIDES and one.covered >= _CLOSED_WINDOW
    return "window" if clear >= (_CLEAR_IN_STILL if is_apart else _CLEAR_CLOSED) and (is_apart or is_closed) else None


def _is_all(one: Rectangle, image: Rectangle) -> bool:
    """Whether it is the image between bars, or holds it."""
    wide, high = _NEARLY * (image.right - image.left), _NEARLY * (image.bottom - image.top)
    beside = one.left <= image.left + wide and one.right >= image.right - wide
    return beside and one.top <= image.top + high and one.bottom >= image.bottom - high


def _parts(seams: Seams, within: Rectangle, depth: int) -> list[Rectangle]:
    """The parts that seams from side to side divide a rectangle into, by rows; itself where there are none."""
    if depth == 0 or min(within.right - within.left, within.bottom - within.top) < 2 * _LEAST_PART_PX:
        return [within]
    rows, columns = within.slices()
    moves, upright, level = (
        seams.moves[rows, columns],
        seams.upright.part(rows, columns),
        seams.level.part(columns, rows),
    )
    across, down = _seams_across(upright, moves), _seams_across(level, moves.T)
    middle = _middle(upright), _middle(level)
    if middle[0] is not None and middle[1] is not None and moves.mean() >= _LIVES:
        across, down = [middle[0]], [middle[1]]
    xs = [within.left, *(within.left + at for at in across), within.right]
    ys = [within.top, *(within.top + at for at in down), within.bottom]
    pieces = [Rectangle(a, top, b, end) for top, end in pairwise(ys) for a, b in pairwise(xs)]
    if len(pieces) == 1:
        return pieces
    inner = [part for piece in pieces for part in _parts(seams, piece, depth - 1)]
    return sorted(inner, key=lambda part: (part.top, part.left))


def _seams_across(lines: Lines, moves: np.ndarray) -> list[int]:
    """Where seams run from side to side, in pixels."""
    covered = (lines.steps > 0).mean(axis=0)
    places = [_seam_near(lines, moves, share) for share in _SPLITS]
    alone = [at is not None and _stands_alone(covered, at) for at in places]
    # Of three parts the second seam is as likely as the first, also where other lines are near it.
    return [
        at
        for at, stands, other in zip(places, alone, reversed(alone), strict=True)
        if at is not None and (stands or other)
    ]


def _seam_near(lines: Lines, moves: np.ndarray, share: float) -> int | None:
    """The line at about that share of the picture, if it has the steps of a seam."""
    num, strength = lines.steps.shape[1], lines.steps.mean(axis=0)
    first, last = round(num * (share - _SPLIT_OFF)), round(num * (share + _SPLIT_OFF))
    at = first + int(strength[first : last + 1].argmax())
    apart, together = lines.apart[:, at].mean(), lines.together[:, at].mean()
    least = next(each for each in _LEAST_SEAM if apart >= each.apart)
    is_clear = (lines.steps[:, at] > 0).mean() >= least.covered and strength[at] >= least.strength
    if least.apart == 0.0 and min(moves[:, :at].mean(), moves[:, at:].mean()) < _BOTH_LIVE:
        return None
    return at if is_clear and together <= _MOST_TOGETHER else None


def _middle(lines: Lines) -> int | None:
    """The line in the middle, if it is one arm of a cross."""
    num, strength = lines.steps.shape[1], lines.steps.mean(axis=0)
    first = round(num * (0.5 - _SPLIT_OFF))
    at = first + int(strength[first : round(num * (0.5 + _SPLIT_OFF)) + 1].argmax())
    covered = (lines.steps > 0).mean(axis=0)
    is_arm = covered[at] >= _CROSS.covered and strength[at] >= _CROSS.strength
    return at if is_arm and _stands_alone(covered, at, _MOST_NEAR_CROSS) else None


def _stands_alone(covered: np.ndarray, at: int, most_near: float = _MOST_NEAR) -> bool:
    """Whether no other line is near: tiles and floors have more of them."""
    before, behind = slice(max(0, at - _NEAR_TO_PX), at - _NEAR_FROM_PX), slice(at + _NEAR_FROM_PX, at + _NEAR_TO_PX)
    near = np.append(covered[before], covered[behind])
    return bool(np.sort(near)[-2:].mean() <= most_near)


def _blurred_fill(seams: Seams, mean: np.ndarray) -> Rectangle | None:
    """The image in the middle of a picture whose margins are a blurred copy of it."""
    height, width = mean.shape
    for lines, is_upright in ((seams.upright, True), (seams.level, False)):
        covered = (lines.steps > 0).mean(axis=0)
        num = len(covered)
        places = np.arange(round(_LEAST_MARGIN * num), round(_MOST_MARGIN * num))
        other = np.max(
            [np.roll(covered[::-1], 1 + off)[places] for off in range(-_SYMMETRIC_PX, _SYMMETRIC_PX + 1)], axis=0
        )
        both = np.minimum(covered[places], other)
        at = int(places[(covered[places] + other).argmax()])
        if both[at - places[0]] < _LEAST_COVERED:
            continue
        image = Rectangle(at, 0, num - at, height) if is_upright else Rectangle(0, at, width, num - at)
        beside = np.append(covered[max(0, at - _NEAR_TO_PX) : at - _NEAR_FROM_PX], covered[num - at + _NEAR_FROM_PX :])
        if beside.max(initial=0.0) <= _MOST_NEAR and _is_copied(seams.detail, mean, image):
            return image
    return None


def _is_copied(detail: np.ndarray, mean: np.ndarray, image: Rectangle) -> bool:
    """Whether what is beside the image is that image, enlarged and blurred."""
    height, width = mean.shape
    margins = np.ones(mean.shape, dtype=bool)
    margins[image.slices(2 * _AROUND_PX)] = False
    if mean[margins].std() < _FLAT or detail[margins].mean() > _BLURRED * detail[image.slices(-2 * _AROUND_PX)].mean():
        return False
    inner = np.asarray(mean[image.slices(-_AROUND_PX)], dtype=np.float32)
    scale = max(height / inner.shape[0], width / inner.shape[1])
    wide, high = width / scale, height / scale
    x, y = max(0.0, (inner.shape[1] - wide) / 2), max(0.0, (inner.shape[0] - high) / 2)
    enlarged = Image.fromarray(inner).resize(
        (width, height), Image.Resampling.BILINEAR, (x, y, inner.shape[1] - x, inner.shape[0] - y)
    )
    blur = _SAME_BLUR * max(height, width)
    pair = gaussian_filter(np.asarray(enlarged), blur)[margins], gaussian_filter(mean, blur)[margins]
    return float(np.corrcoef(pair)[0, 1]) >= _LEAST_LIKE
