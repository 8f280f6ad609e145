"""What a clip is made of, before any pixel: frozen values that follow from a seed.

Lengths in the scene are reference pixels: the frame is 360 x 640 (vertical) or 640 x 360
(horizontal) of them at scale 1, whatever the size it is rendered at. Time is counted in frames.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sv6d.timeline import Span, pts_to_ns

TransitionKind = Literal["dissolve", "fade", "hard_cut"]
Side = Literal["about", "before", "after"]

SHORT_SIDE = 360.0
LONG_SIDE = 640.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A scripted movement of `camera_movement`.

    `speed` is the mean over the shot, positive: frame widths per second for pans, frame heights per
    second for tilts, natural logarithm of scale per second for zooms, 0 for static.
    """

    movement: str
    speed: float


@dataclass(frozen=True, slots=True)
class Subject:
    """The main subject: a `subject_type`, the drawing that shows it, and how it moves of its own."""

    kind: str
    variant: str
    seed: int
    size: float
    bob: float
    bob_hz: float
    drift: float


@dataclass(frozen=True, slots=True)
class Look:
    """Light and colour: vocabulary values, and the means that the grade aims at, in [0, 1]."""

    lighting_key: str
    colour_tone: str
    luma: float
    red_minus_blue: float


@dataclass(frozen=True, slots=True)
class Overlay:
    """Text over the picture: a value of `packaging`, its words and one of its styles."""

    kind: str
    text: str
    style: int


@dataclass(frozen=True, slots=True)
class Transition:
    """How a shot begins. `num_frames` (0 for a hard cut) frames are neither shot alone.

    They lie about the split, from `num_frames // 2` frames before it on. A fade may lie `before` it, which leads
    to a shot on flat `colour`, or `after` it, out of one. `colour` is what a fade goes through.
    """

    kind: TransitionKind
    num_frames: int
    colour: str
    side: Side = "about"


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """One shot: frames [first_frame, first_frame + num_frames), split in the middle of most transitions."""

    first_frame: int
    num_frames: int
    transition: Transition | None
    backdrop: str
    seed: int
    camera: Camera
    subject: Subject
    look: Look
    overlays: tuple[Overlay, ...]
    beats: tuple[str, ...]

    @property
    def end_frame(self) -> int:
        return self.first_frame + self.num_frames

    @property
    def mixed_frames(self) -> tuple[int, int]:
        """[first frame that differs from the old shot, first frame that is only this one)."""
        if self.transition is None:
            return self.first_frame, self.first_frame
        num = self.transition.num_frames
        before = {"about": num // 2, "before": num, "after": 0}[self.transition.side]
        return self.first_frame - before, self.first_frame - before + num


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """Music-like sound: tempo, root, level per shot in decibels (None: silence).

    `first_beat_s` is when the first beat is struck, less than a beat after the start. In shots of `voiced`, by number,
    there is a voice and no music. What sounds beside silence keeps `hush_s` seconds away from it.
    """

    seed: int
    beats_per_minute: float
    root_hz: float
    noise_db: float
    levels_db: tuple[float | None, ...]
    first_beat_s: float = 0.0
    voiced: tuple[int, ...] = ()
    hush_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """One clip. Frames are shown fps_num / fps_den times a second, the first at time zero."""

    seed: int
    orientation: str
    fps_num: int
    fps_den: int
    shots: tuple[ShotPlan, ...]
    sound: SoundPlan

    @property
    def width(self) -> float:
        """Reference pixels."""
        return SHORT_SIDE if self.orientation == "vertical" else LONG_SIDE

    @property
    def height(self) -> float:
        """Reference pixels."""
        return LONG_SIDE if self.orientation == "vertical" else SHORT_SIDE

    @property
    def num_frames(self) -> int:
        return self.shots[-1].end_frame

    @property
    def duration_ns(self) -> int:
        return self.frame_time_ns(self.num_frames)

    @property
    def cuts_ns(self) -> tuple[int, ...]:
        """Start of every shot but the first."""
        return tuple(self.frame_time_ns(shot.first_frame) for shot in self.shots[1:])

    @property
    def frame_times_ns(self) -> tuple[int, ...]:
        return tuple(self.frame_time_ns(index) for index in range(self.num_frames))

    def frame_time_ns(self, index: int) -> int:
        return pts_to_ns(index, self.fps_den, self.fps_num)

    def shot_span(self, index: int) -> Span:
        """The shot on the timeline; the shots' spans tile [0, duration_ns)."""
        shot = self.shots[index]
        return Span(self.frame_time_ns(shot.first_frame), self.frame_time_ns(shot.end_frame))

    def visible_frames(self, index: int) -> tuple[int, int]:
        """[first, end) of the frames in which the shot is seen, alone or mixed."""
        first = self.shots[index].mixed_frames[0]
        end = self.shots[index + 1].mixed_frames[1] if index + 1 < len(self.shots) else self.num_frames
        return first, end

    def pure_frames(self, index: int) -> tuple[int, int]:
        """[first, end) of the frames in which nothing but the shot is seen."""
        first = self.shots[index].mixed_frames[1]
        end = self.shots[index + 1].mixed_frames[0] if index + 1 < len(self.shots) else self.num_frames
        return first, end

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; equal plans give equal values. What no feed clip has is left out where it is not there."""
        values = asdict(self)
        for transition in (shot["transition"] for shot in values["shots"]):
            if transition is not None and transition["side"] == "about":
                del transition["side"]
        sound = values["sound"]
        for name in ("first_beat_s", "voiced", "hush_s"):
            if not sound[name]:
                del sound[name]
        return values
