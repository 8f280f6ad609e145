"""A reel in the making: what every format draws its parts with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from sv6d.studio.plan import Subject
from sv6d.studio.planner import BACKDROPS, DRAWINGS, FRAME_RATES
from sv6d.studio.reel import (
    Effect,
    Joint,
    Panels,
    Passage,
    PassageKind,
    Picture,
    Reel,
    ReelShot,
    ReelSound,
    ReelTime,
    Sign,
    Sprite,
    Surround,
    Told,
    World,
)
from sv6d.studio.reel_words import COMMENTS, HASHTAGS, POST_TITLES

Option = TypeVar("Option")

_TICKS = 20  # of a frame, where the rate varies
_LATEST_TICKS = 5  # ours: phones' clocks show a frame up to a quarter of its time late
_MOST_SKIPPED = 6  # frames in a row; ours: a recorder of a still screen drops to five a second
# Speeds of the camera: frame widths, heights and logs of scale a second, as feed clips have them.
_SPEEDS = {"pan": (0.10, 0.28), "tilt": (0.08, 0.22), "zoom": (0.10, 0.28)}


class Draft:
    """Parts of one reel, and the random numbers that they are drawn with."""

    def __init__(self, name: str, seed: int, index: int, rng: np.random.Generator) -> None:
        self.name, self.seed, self.index, self.rng = name, seed, index, rng
        self.fps_num, self.fps_den = self.pick(FRAME_RATES)
        self.vertical = True
        self.shots: list[ReelShot] = []
        self.surround: Surround | None = None
        self.panels: list[Panels] = []
        self.signs: list[Sign] = []
        self.effects: list[Effect] = []
        self.passages: list[Passage] = []
        self.beats_per_minute = round(float(rng.uniform(84.0, 138.0)), 1)
        # Chances that a frame is left out: of any frame, and of one in which nothing moves.
        self.skips, self.is_late = 0.0, False
        self.turn, self.pixel_aspect = 0, (1, 1)

    @property
    def fps(self) -> float:
        return self.fps_num / self.fps_den

    @property
    def size(self) -> tuple[float, float]:
        return (360.0, 640.0) if self.vertical else (640.0, 360.0)

    @property
    def end(self) -> int:
        return self.shots[-1].end if self.shots else 0

    def pick(self, options: Sequence[Option]) -> Option:
        return options[int(self.rng.integers(len(options)))]

    def several(self, options: Sequence[Option], count: int) -> list[Option]:
        """Different ones, in any order."""
        return [options[int(at)] for at in self.rng.permutation(len(options))[:count]]

    def between(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def frames(self, low_s: float, high_s: float) -> int:
        return round(float(self.rng.uniform(low_s, high_s)) * self.fps)

    def seed_of(self) -> int:
        return int(self.rng.integers(1 << 31))

    def add(self, picture: Picture, num_frames: int, joint: Joint | None = None, *, jump: bool = False) -> ReelShot:
        """A shot at the end; a hard cut leads to it where no joint is given."""
        first = self.end
        entered = None if first == 0 else joint or Joint("hard_cut", 0, "")
        self.shots.append(ReelShot(first, first + num_frames, entered, picture, jump))
        return self.shots[-1]

    def subject(self, size: tuple[float, float] = (150.0, 230.0), kind: str | None = None) -> Subject:
        """A drawing that stands on the ground."""
        chosen = kind or self.pick(tuple(DRAWINGS))
        still = chosen in {"building", "plant"}
        return Subject(
            kind=chosen,
            variant=self.pick(DRAWINGS[chosen][0]),
            seed=self.seed_of(),
            size=round(float(self.rng.uniform(*size)), 1),
            bob=0.0 if still else round(float(self.rng.uniform(1.0, 6.0)), 2),
            bob_hz=round(float(self.rng.uniform(0.4, 1.4)), 3),
            drift=0.0,
        )

    def world(self, num_frames: int, *, scale: float = 1.0, moving: float = 0.5, kind: str | None = None) -> World:
        """A scene for the next shot; in a share `moving` of cases the camera pans, tilts or zooms all through it."""
        rng = self.rng
        speeds = [0.0, 0.0, 0.0]
        if rng.random() < moving:
            way = int(rng.integers(3))
            speed = rng.uniform(*tuple(_SPEEDS.values())[way])
            speeds[way] = round(float(speed if rng.random() < 0.5 else -speed), 3)
        subject = self.subject(kind=kind)
        goes = 60.0 if subject.kind in {"animal", "vehicle"} else 0.0
        sprite = Sprite(subject, float(rng.uniform(-60.0, 60.0)), 26.0, round(float(rng.uniform(-goes, goes)), 1), 0.0)
        return World(
            backdrop=self.pick(BACKDROPS),
            seed=self.seed_of(),
            scale=scale,
            gamma=round(float(rng.uniform(0.6, 1.8)), 3),
            lean=round(float(rng.uniform(-0.16, 0.16)), 3),
            middle=self.end + num_frames // 2,
            speeds=(speeds[0], speeds[1], speeds[2]),
            shake=0.0,
            moves=(),
            sprites=(sprite,),
            passers=(),
        )

    def sound(self, kind: PassageKind, first: int, end: int) -> Passage:
        """A passage of sound; passages have to tile the clip in the end."""
        passage = Passage(kind, first, end, round(float(self.rng.uniform(-24.0, -14.0)), 1), self.seed_of())
        self.passages.append(passage)
        return passage

    def reel(self) -> Reel:
        """The finished script."""
        if not self.passages:
            self.sound("music", 0, self.end)
        return Reel(
            format=self.name,
            seed=self.seed,
            vertical=self.vertical,
            time=self._time(),
            shots=tuple(self.shots),
            surround=self.surround,
            panels=tuple(self.panels),
            signs=tuple(self.signs),
            effects=tuple(self.effects),
            sound=ReelSound(
                beats_per_minute=self.beats_per_minute,
                root_hz=round(110.0 * 2.0 ** (self.between(0, 11) / 12.0), 3),
                seed=self.seed_of(),
                passages=tuple(self.passages),
            ),
            told=Told(
                self.pick(POST_TITLES),
                tuple(self.several(HASHTAGS, self.between(1, 4))),
                tuple(self.several(COMMENTS, self.between(0, 3))),
            ),
            turn=self.turn,
            pixel_aspect=self.pixel_aspect,
        )

    def _time(self) -> ReelTime:
        everything = tuple(range(self.end))
        if not self.skips and not self.is_late:
            return ReelTime(self.fps_num, self.fps_den, 1, everything, everything)
        # Frames that stand for less than the others are kept: a flash, and each side of a change of shot.
        kept = {frame for effect in self.effects for frame in range(effect.first, effect.end)}
        kept |= {frame for shot in self.shots for frame in (shot.mixed[0] - 1, shot.mixed[1])} | {0, self.end - 1}
        grid: list[int] = []
        for frame in everything:
            skipped = self.rng.random() < self.skips and frame not in kept
            if not skipped or frame - grid[-1] > _MOST_SKIPPED:
                grid.append(frame)
        late = _LATEST_TICKS if self.is_late else 0
        ticks = tuple(frame * _TICKS + (self.between(0, late) if frame else 0) for frame in grid)
        return ReelTime(self.fps_num, self.fps_den, _TICKS, tuple(grid), ticks)
