"""Trials for shot detectors about frames that are divided: what goes on in a part of them is the same shot.

As in `shot_trials`: each maker takes a random generator, footage and a size, and gives frames with their truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from benchmarks.shot_footage import Footage, Picture, fill
from benchmarks.shot_trials import Size, Trial, between

# Parts as (top, left, bottom, right) in shares of the frame.
_Box = tuple[float, float, float, float]
_NUM_FRAMES = 150
_POPS = ((35, 70), (100, 135))  # frames [first, end) that are divided


def scaled_splits(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Others pop in beside a take, which goes on in a half, a third or a quarter: cropped, closer, or fitted in."""
    trial = Trial(footage.shot(rng, _NUM_FRAMES, size))
    for first, end in _POPS:
        boxes = _layout(rng, size)
        way, closer = ("cropped", "closer", "fitted")[between(rng, 0, 2)], float(rng.uniform(1.1, 1.5))
        sizes = [_size_of(box, size) for box in boxes]
        others = [footage.shot(rng, end - first, inner) for inner in sizes]
        kept = between(rng, 0, len(boxes) - 1)
        for i in range(end - first):
            frame = trial.frames[first + i]
            if way == "closer":
                cut = int(size[0] * (1.0 - 1.0 / closer) / 2), int(size[1] * (1.0 - 1.0 / closer) / 2)
                frame = frame[cut[0] : size[0] - cut[0], cut[1] : size[1] - cut[1]]
            goes_on = _fitted(frame, sizes[kept]) if way == "fitted" else fill(frame, sizes[kept])
            parts = [other[i] for other in others]
            parts[kept] = goes_on
            trial.frames[first + i] = _composed(parts, boxes, size)
    return trial


def cuts_to_splits(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Cuts from takes to divided frames of other takes, and on to others: each is a cut."""
    names = sorted(footage.shots)
    # In turns, so that no neighbours are of one file.
    order = cycle([names[i] for i in rng.permutation(len(names))])

    def take(num: int, part: Size) -> list[Picture]:
        shots = footage.shots[next(order)]
        return footage.take(rng, shots[between(rng, 0, len(shots) - 1)], num, part)

    trial = Trial()
    for number in range(5):
        num = between(rng, 15, 40)
        if number % 2 == 0:
            trial.cut_to(take(num, size))
            continue
        boxes = _layout(rng, size)
        shown = [take(num, _size_of(box, size)) for box in boxes]
        trial.cut_to([_composed(parts, boxes, size) for parts in zip(*shown, strict=True)])
    return trial


def reframed(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """One take that goes on, closer or wider from one frame to the next: each is a cut."""
    taken = footage.shot(rng, _NUM_FRAMES, size)
    trial, at, wide = Trial(), 0, bool(rng.integers(2))
    while at < _NUM_FRAMES - 10:
        num = min(between(rng, 20, 45), _NUM_FRAMES - at)
        share = 1.0 if wide else float(rng.uniform(0.4, 0.8))
        top, left = (float(rng.uniform(0.0, 1.0 - share)) for _ in range(2))
        rows = slice(int(top * size[0]), int((top + share) * size[0]))
        columns = slice(int(left * size[1]), int((left + share) * size[1]))
        trial.cut_to([fill(frame[rows, columns], size) for frame in taken[at : at + num]])
        at, wide = at + num, not wide
    return trial


def _layout(rng: np.random.Generator, size: Size) -> list[_Box]:
    """Parts that fill the frame: two halves, three thirds or four quarters; along the longer side, or across it."""
    kind = between(rng, 0, 5)
    if kind == 5:
        return [(row / 2, column / 2, (row + 1) / 2, (column + 1) / 2) for row in range(2) for column in range(2)]
    num = 3 if kind == 4 else 2
    upright = (size[0] > size[1]) == (kind != 0)
    if upright:
        return [(k / num, 0.0, (k + 1) / num, 1.0) for k in range(num)]
    return [(0.0, k / num, 1.0, (k + 1) / num) for k in range(num)]


def _pixels(box: _Box, size: Size) -> tuple[slice, slice]:
    top, left, bottom, right = box
    return slice(round(top * size[0]), round(bottom * size[0])), slice(round(left * size[1]), round(right * size[1]))


def _size_of(box: _Box, size: Size) -> Size:
    rows, columns = _pixels(box, size)
    return rows.stop - rows.start, columns.stop - columns.start


def _composed(parts: Sequence[Picture], boxes: Sequence[_Box], size: Size) -> Picture:
    frame = np.zeros((*size, 3), dtype=np.uint8)
    for part, box in zip(parts, boxes, strict=True):
        frame[_pixels(box, size)] = part
    return frame


def _fitted(frame: Picture, size: Size) -> Picture:
    """All of a picture in the middle of `size`, black beside it."""
    scale = min(size[0] / frame.shape[0], size[1] / frame.shape[1])
    inner = max(1, int(frame.shape[0] * scale)), max(1, int(frame.shape[1] * scale))
    shown = np.zeros((*size, 3), dtype=np.uint8)
    top, left = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    shown[top : top + inner[0], left : left + inner[1]] = fill(frame, inner)
    return shown
