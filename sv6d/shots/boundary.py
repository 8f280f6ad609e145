"""What a detector is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sv6d.schema.boundaries import ChangeKind


@dataclass(frozen=True)
class Pictures:
    """All frames of one video, small.

    Attributes:
        yuv_TCHW: uint8, luma and two colour differences (about 128), at most 32 pixels on the longer side, as shown.
        times_ns: of each frame since the first one, rising from 0.
        duration_ns: end of the last frame.
        looks: luma of frames t - 1 and t, uint8 HW, larger, by t: where still pictures change.
        stills: luma of frame t, as large, by t, rising: now and then where most of the picture stands still, and only
            where it is another one than the one before.
    """

    yuv_TCHW: np.ndarray  # noqa: N815 - shape suffixes are the house style
    times_ns: tuple[int, ...]
    duration_ns: int
    looks: Mapping[int, tuple[np.ndarray, np.ndarray]]
    stills: Mapping[int, np.ndarray]

    def frame_ns(self) -> int:
        """Median distance of two frames; the duration where there is only one."""
        return int(np.median(np.diff(self.times_ns))) if len(self.times_ns) > 1 else self.duration_ns


@dataclass(frozen=True, slots=True)
class FrameBoundary:
    """A change of shot, in frame indexes.

    Attributes:
        first: first frame that is not purely the old shot.
        pure: first frame that is purely the new shot; equal to `first` for a hard cut.
        cut: first frame that is counted to the new shot, first <= cut <= pure.
        score: certainty in [0, 1]; 0.5 is where the detector decides.
    """

    kind: ChangeKind
    first: int
    pure: int
    cut: int
    score: float


@dataclass(frozen=True, slots=True)
class ShotBoundary:
    """A change of shot on the timeline.

    [start_ns, end_ns) runs from the last frame of the old shot (a hard cut) or the first frame that
    differs from it (a gradual one) to the first frame that is purely the new shot. The new shot is
    counted from `cut_ns`.
    """

    kind: ChangeKind
    start_ns: int
    end_ns: int
    cut_ns: int
    score: float
    detector: str


class Detector(Protocol):
    """Finds the boundaries of one video."""

    name: str

    def find(self, pictures: Pictures) -> list[FrameBoundary]:
        """Boundaries in the order of time, not overlapping."""
        ...


def on_timeline(found: Sequence[FrameBoundary], pictures: Pictures, detector: str) -> list[ShotBoundary]:
    """Frame indexes turned into nanoseconds."""
    edges = (*pictures.times_ns, pictures.duration_ns)
    return [
        ShotBoundary(
            kind=item.kind,
            start_ns=edges[item.first - 1 if item.kind == "hard_cut" else item.first],
            end_ns=edges[item.pure],
            cut_ns=edges[item.cut],
            score=item.score,
            detector=detector,
        )
        for item in found
    ]
