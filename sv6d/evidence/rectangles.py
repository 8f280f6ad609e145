"""Rectangles whose sides are seams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sv6d.evidence.seams import Lines, Seams

_MOST_LINES = 32  # a direction: 496 pairs, 246,016 rectangles
_LEAST_SIDE = 0.1  # share of the picture: smaller rectangles are stickers, signs and letters
_NEAR_PX = 2  # lines nearer than this are one
_LEAST_COVERED, _COVERED = 0.45, 0.8  # of a side, of all sides together
_LEAST_ASPECT, _MOST_ASPECT = (
    0.4,
    2.5,
)  # ours: a film of 2.39:1, an upright one of 9:20; longer ones are lines of writing
_CORNER, _OFF_CORNER_PX = 0.06, 3  # of the side, from there on: how far a side is followed behind a corner
_OFF_LINE_PX, _FAR_PX = 5, 20  # from a side: where other lines are looked for
# What speaks for and against a rectangle. Measured on compositions of real clips and 36 reels (docs/evidence.md).
_APART, _BEYOND, _INSIDE, _OUTSIDE = 0.1, 0.4, 0.25, 0.3


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels [top, bottom) x [left, right).

    Attributes:
        covered: share of its sides inside the picture along which luma steps.
        apart: share of them along which something changes on one side alone.
        together: share of them along which both sides change together.
    """

    left: int
    top: int
    right: int
    bottom: int
    covered: float = 1.0
    apart: float = 0.0
    together: float = 0.0

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def sides(self, shape: tuple[int, ...]) -> tuple[bool, bool, bool, bool]:
        """Whether left, top, right and bottom lie inside a picture of that shape."""
        return self.left > 0, self.top > 0, self.right < shape[1], self.bottom < shape[0]

    def slices(self, margin: int = 0) -> tuple[slice, slice]:
        """Rows and columns, wider by a margin (narrower where it is negative)."""
        rows = slice(max(0, self.top - margin), max(0, self.bottom + margin))
        return rows, slice(max(0, self.left - margin), max(0, self.right + margin))


class _Direction:
    """Of one direction: the places of its lines with the picture's own sides, and sums along each."""

    def __init__(self, lines: Lines) -> None:
        length, breadth = lines.steps.shape
        sums = _sums(lines.steps > 0)
        least = max(4, round(_LEAST_SIDE * length))
        runs = (sums[least:] - sums[:-least]).max(axis=0) / least
        places = [0, breadth]
        for place in np.argsort(-lines.steps.sum(axis=0), kind="stable"):
            if len(places) >= _MOST_LINES:
                break
            if runs[place] >= _COVERED and all(abs(int(place) - line) > _NEAR_PX for line in places):
                places.append(int(place))
        self.places = np.array(sorted(places))
        self.is_inner = (self.places > 0) & (self.places < breadth)
        pairs = [(a, b) for a in range(len(places)) for b in range(a + 1, len(places))]
        wide = [self.places[b] - self.places[a] >= _LEAST_SIDE * breadth for a, b in pairs]
        self.pairs = np.array(pairs)[wide].reshape(-1, 2)
        at = np.minimum(self.places, breadth - 1)
        self.sums = [
            np.where(self.is_inner, _sums(each)[:, at], 0) for each in (lines.steps > 0, lines.apart, lines.together)
        ]

    def spans(self) -> np.ndarray:
        """How far the two lines of each pair are from each other."""
        return np.asarray(self.places[self.pairs[:, 1]] - self.places[self.pairs[:, 0]])

    def between(self, sums: np.ndarray, other: _Direction) -> np.ndarray:
        """[line, pair of the other direction]: what lies along each line between the two."""
        ends = other.places[other.pairs]
        return np.asarray((sums[ends[:, 1]] - sums[ends[:, 0]]).T)


def _sums(values: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((1, values.shape[1]), np.int64), np.cumsum(values, axis=0, dtype=np.int64)])


def find_rectangles(seams: Seams) -> list[Rectangle]:
    """Rectangles in the shape of pictures whose sides are seams or the picture's own sides, best covered first."""
    across, down = _Direction(seams.upright), _Direction(seams.level)
    wide, high = across.spans()[:, None], down.spans()[None, :]
    shape = (len(across.pairs), len(down.pairs))
    if 0 in shape:
        return []
    totals, shares = [], []
    own = [
        *(across.is_inner[across.pairs[:, end], None] for end in (0, 1)),
        *(down.is_inner[None, down.pairs[:, end]] for end in (0, 1)),
    ]
    lengths = [np.broadcast_to(one * (high if side < 2 else wide), shape) for side, one in enumerate(own)]
    whole = np.maximum(1, sum(lengths))
    for kind in range(3):
        upright, level = across.between(across.sums[kind], down), down.between(down.sums[kind], across)
        sides = [*(upright[across.pairs[:, end]] for end in (0, 1)), *(level[down.pairs[:, end]].T for end in (0, 1))]
        totals.append(sum(sides) / whole)
        if kind == 0:
            shares = [
                np.where(length > 0, side / np.maximum(1, length), 1.0)
                for side, length in zip(sides, lengths, strict=True)
            ]
    aspect = wide / high
    good = (
        (np.min(shares, axis=0) >= _LEAST_COVERED)
        & (totals[0] >= _COVERED)
        & (sum(one.astype(int) for one in own) >= 2)
    )
    good &= (aspect >= _LEAST_ASPECT) & (aspect <= _MOST_ASPECT)
    found = []
    for a, d in np.argwhere(good):
        (left, right), (top, bottom) = across.places[across.pairs[a]], down.places[down.pairs[d]]
        found.append(Rectangle(int(left), int(top), int(right), int(bottom), *(float(total[a, d]) for total in totals)))
    return sorted(found, key=lambda one: (-one.covered, one.left, one.top, one.right, one.bottom))


def clarity(seams: Seams, one: Rectangle) -> float:
    """How clearly a rectangle is a picture of its own: about 1 where it is, less where its sides are a few of many.

    Drawn things, tiles and screens have lines beside their sides, and sides that go on behind their corners.
    """
    beyond: list[np.ndarray] = []
    inside, outside = 0.0, 0.0
    for lines, sides, (first, end) in (
        (seams.upright, (one.left, one.right), (one.top, one.bottom)),
        (seams.level, (one.top, one.bottom), (one.left, one.right)),
    ):
        steps = lines.steps > 0
        reach = max(2 * _OFF_CORNER_PX, round(_CORNER * steps.shape[0]))
        before = slice(max(0, first - _OFF_CORNER_PX - reach), max(0, first - _OFF_CORNER_PX))
        behind = slice(end + _OFF_CORNER_PX, end + _OFF_CORNER_PX + reach)
        beyond += [steps[rows, side] for side in sides if 0 < side < steps.shape[1] for rows in (before, behind)]
        along = steps[first + 2 : end - 2].mean(axis=0)
        inside = max(inside, _clearest(along[sides[0] + _OFF_LINE_PX : sides[1] - _OFF_LINE_PX]))
        near = along[max(0, sides[0] - _FAR_PX) : max(0, sides[0] - _OFF_LINE_PX)]
        outside = max(outside, _clearest(np.append(near, along[sides[1] + _OFF_LINE_PX : sides[1] + _FAR_PX])))
    past = np.concatenate(beyond)
    goes_on = float(past.mean()) if past.size else 0.0
    return one.covered + _APART * one.apart - _BEYOND * goes_on - _INSIDE * inside - _OUTSIDE * outside


def _clearest(along: np.ndarray) -> float:
    """Share of steps along the clearest lines: the mean of the two best, since a line is two pixels wide."""
    return float(np.sort(along)[-2:].mean()) if along.size > 2 else 0.0
