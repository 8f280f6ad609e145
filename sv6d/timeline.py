"""Time is integer nanoseconds, half-open spans, and (pts, time base) for every cited frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sv6d.errors import InputError

NS_PER_S = 1_000_000_000


def pts_to_ns(pts: int, time_base_num: int, time_base_den: int) -> int:
    """Presentation time in nanoseconds, rounded half up (exact integer arithmetic)."""
    return (2 * pts * time_base_num * NS_PER_S + time_base_den) // (2 * time_base_den)


def seconds(time_ns: int) -> float:
    """Seconds for a view or a prompt. Never stored."""
    return time_ns / NS_PER_S


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open interval [start_ns, end_ns) on a video's timeline.

    Raises:
        InputError: the end is not after the start.
    """

    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        if self.end_ns <= self.start_ns:
            raise InputError(
                "a span must end after it starts",
                found=f"[{self.start_ns}, {self.end_ns}) ns",
                wanted="start_ns < end_ns",
                next_step="correct the times; a point in time is not a span",
            )

    @property
    def length_ns(self) -> int:
        return self.end_ns - self.start_ns

    @property
    def middle_ns(self) -> int:
        return (self.start_ns + self.end_ns) // 2

    def contains(self, time_ns: int) -> bool:
        return self.start_ns <= time_ns < self.end_ns

    def overlap_ns(self, other: Span) -> int:
        """Length of the intersection in nanoseconds; 0 for touching spans."""
        return max(0, min(self.end_ns, other.end_ns) - max(self.start_ns, other.start_ns))

    def iou(self, other: Span) -> float:
        """Temporal intersection over union, in [0, 1]."""
        overlap = self.overlap_ns(other)
        return overlap / (self.length_ns + other.length_ns - overlap)


@dataclass(frozen=True, slots=True)
class FrameTime:
    """The time of one decoded frame: what the container says, and nanoseconds derived from it."""

    pts: int
    time_base_num: int
    time_base_den: int

    @property
    def time_ns(self) -> int:
        return pts_to_ns(self.pts, self.time_base_num, self.time_base_den)


def tile(duration_ns: int, cuts_ns: Sequence[int]) -> list[Span]:
    """Spans that tile [0, duration_ns), split at each cut strictly inside it."""
    edges = [0, *sorted({cut for cut in cuts_ns if 0 < cut < duration_ns}), duration_ns]
    return [Span(a, b) for a, b in pairwise(edges)]
