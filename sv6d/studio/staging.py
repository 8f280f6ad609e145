"""What a document asks of a clip beyond the plans of the feed, as frozen values that lie over a plan.

A plan stays what the feed draws; `sv6d.studio.staged_frame` paints both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sv6d.studio.overlays import Box
from sv6d.studio.plan import ShotPlan
from sv6d.studio.reel import Card, Joint, Page, Screen, Sign
from sv6d.studio.seeds import generator
from sv6d.timeline import NS_PER_S

# Of a hand: each of its swings in picture heights, and their rates (physiological tremor and the pace of steps, without
# a common measure).
_HAND_WAY, _HAND_HZ = 0.012, (1.9, 3.1, 4.7)


@dataclass(frozen=True, slots=True)
class Shown:
    """A label that the clip bears beyond those of its plan: field, value, and its first and last shot by number."""

    field: str
    value: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Division:
    """A frame that other pictures share: a value of `layout`, and boxes in reference pixels.

    `second` is what is seen in the `others`, or stands still about a window as it is in shot `still_of` (the first
    of the shots that play in one window). A blurred copy needs neither.
    """

    kind: str
    main: Box
    others: tuple[Box, ...] = ()
    second: ShotPlan | None = None
    still_of: int = 0


@dataclass(frozen=True, slots=True)
class Roll:
    """A camera that turns about the line of sight: radians a second, above 0 counterclockwise (the camera's way).

    The picture is painted `growth` times as large, so that no corner of it is seen.
    """

    speed: float
    growth: float


@dataclass(frozen=True, slots=True)
class Staging:
    """What lies over a plan; by the number of the shot.

    Attributes:
        joints: effect of the boundary by which a shot begins; as long as the plan's transition.
        bars: share of the picture's height in each of two black bars.
        pictures: what is seen in place of the plan's scene.
        divisions: how the frame is divided.
        hands: seed of the hand that holds the camera.
        rolls: how the camera rolls.
        signs: writing over the picture, in frames of the clip.
        shown: what is true of the clip because of this, or because the feed is never otherwise.
    """

    joints: tuple[tuple[int, Joint], ...] = ()
    bars: tuple[tuple[int, float], ...] = ()
    pictures: tuple[tuple[int, Page | Card | Screen], ...] = ()
    divisions: tuple[tuple[int, Division], ...] = ()
    hands: tuple[tuple[int, int], ...] = ()
    rolls: tuple[tuple[int, Roll], ...] = ()
    signs: tuple[Sign, ...] = ()
    shown: tuple[Shown, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether the plan's own pictures are right."""
        laid_over = (self.joints, self.bars, self.pictures, self.divisions, self.hands, self.rolls, self.signs)
        return not any(laid_over)


UNSTAGED = Staging()


def hand_way(seed: int, time_ns: int) -> tuple[float, float]:
    """Where a hand holds the camera at a time, from where it should be: picture heights right and down, below 0.05."""
    phases = generator(seed, 3).uniform(0.0, 2.0 * math.pi, (2, len(_HAND_HZ)))
    turns = 2.0 * math.pi * np.array(_HAND_HZ) * (time_ns / NS_PER_S)
    x, y = (_HAND_WAY * float(np.sin(turns + row).sum()) for row in phases)
    return x, y
