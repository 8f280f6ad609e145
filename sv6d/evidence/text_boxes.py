"""Boxes and readings of text in one picture: lines joined from pieces, order of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# A gap of at most this many line heights joins two pieces of a line: wide word spaces are below 1, columns above 2.
_JOIN_GAP = 1.0
_SAME_ROW = 0.6  # of the lower height, that two pieces of a line share
_SAME_HEIGHT = 1.6  # ratio of heights up to which two pieces may be of one line


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says, and how sure the reader is: confidence in [0, 1], its mean over characters."""

    string: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PixelBox:
    """A part of a picture in its pixels; right and bottom exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def iou(self, other: PixelBox) -> float:
        """Intersection over union, in [0, 1]."""
        shared = self.overlap(other)
        return shared / max(1e-9, self.width * self.height + other.width * other.height - shared)

    def overlap(self, other: PixelBox) -> float:
        """Area of the intersection."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def moved(self, right: float, down: float) -> PixelBox:
        return PixelBox(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def scaled(self, across: float, down: float) -> PixelBox:
        return PixelBox(self.left * across, self.top * down, self.right * across, self.bottom * down)

    def union(self, other: PixelBox) -> PixelBox:
        return PixelBox(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def same_row(one: PixelBox, other: PixelBox) -> bool:
    """Whether two boxes stand in one row of text."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    low, high = sorted((one.height, other.height))
    return shared >= _SAME_ROW * low and high <= _SAME_HEIGHT * low


def join_lines(boxes: Sequence[PixelBox]) -> list[PixelBox]:
    """Boxes with the pieces of each line joined, in the order of reading."""
    lines: list[PixelBox] = []
    for box in sorted(boxes, key=lambda box: (box.left, box.top)):
        for index, line in enumerate(lines):
            gap = box.left - line.right
            if same_row(line, box) and gap <= _JOIN_GAP * min(line.height, box.height):
                lines[index] = line.union(box)
                break
        else:
            lines.append(box)
    return [lines[index] for index in reading_order(lines)]


def reading_order(boxes: Sequence[PixelBox]) -> list[int]:
    """Indexes of boxes row by row from the top, each row from the left."""
    rows: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: (boxes[i].top + boxes[i].bottom, boxes[i].left)):
        if rows and same_row(boxes[rows[-1][0]], boxes[index]):
            rows[-1].append(index)
        else:
            rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda i: boxes[i].left)]
