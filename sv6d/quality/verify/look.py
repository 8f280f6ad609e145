"""Everything that is measured again of one file, in one pass, without looking at any claim about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sv6d.quality.verify.camera import Step, step_between
from sv6d.quality.verify.changes import Boundaries, find_again
from sv6d.quality.verify.light import Light, light_of_planes
from sv6d.quality.verify.planes import Losses, Planes, read_planes
from sv6d.quality.verify.sound import Sound, listen
from sv6d.quality.verify.story import Sketch, Story, sketch
from sv6d.timeline import NS_PER_S, Span

# Other times than the evidence's (160 and 200 ms from the start of each shot).
_STEP_NS = 120_000_000
_LIGHT_FIRST_NS, _LIGHT_STEP_NS = 70_000_000, 290_000_000
_LEAST_REACHED = 0.9  # share of a span before the end of the last picture
_JITTER_NS = 1_000_000  # containers round times to a millisecond


@dataclass(frozen=True, slots=True)
class TimedStep:
    """The camera's step between two pictures; None where there was nothing to align."""

    start_ns: int
    end_ns: int
    step: Step | None


@dataclass(frozen=True)
class Look:
    """What was seen of one file.

    Attributes:
        steps: of the camera, one after the other over the whole video.
        lights: (time, light) of single pictures.
        lost_ns: times of pictures that could not be decoded; None where the file does not say.
        end_ns: end of the last picture.
        ratio: width by height of the picture as shown.
    """

    story: Story
    boundaries: Boundaries
    steps: tuple[TimedStep, ...]
    lights: tuple[tuple[int, Light], ...]
    lost_ns: tuple[int | None, ...]
    end_ns: int
    ratio: float
    sound: Sound

    def is_whole(self, span: Span) -> bool:
        """Whether every picture of the span was decoded; a last picture may be held longer than the others."""
        if any(ns is None or span.contains(ns) for ns in self.lost_ns):
            return False
        return span.end_ns - self.end_ns <= (1.0 - _LEAST_REACHED) * span.length_ns


def look(path: Path) -> Look:
    """Decode the file's pictures once, and its sound, and measure them.

    Raises:
        DecodeError: the file can not be opened, or yields no picture.
    """
    losses = Losses()
    times: list[int] = []
    sketches: list[Sketch] = []
    steps: list[TimedStep] = []
    lights: list[tuple[int, Light]] = []
    next_light_ns = _LIGHT_FIRST_NS
    before: tuple[int, np.ndarray] | None = None
    first: Planes | None = None
    for picture in read_planes(path, losses):
        first = first or picture
        now_ns = picture.time_ns
        times.append(now_ns)
        sketches.append(sketch(picture.yuv_CHW))
        if now_ns >= next_light_ns:
            lights.append((now_ns, light_of_planes(picture.yuv_CHW)))
            next_light_ns = now_ns + _LIGHT_STEP_NS
        if before is None or now_ns - before[0] >= _STEP_NS - _JITTER_NS:
            luma = picture.yuv_CHW[0]
            if before is not None:
                steps.append(TimedStep(before[0], now_ns, step_between(before[1], luma)))
            before = now_ns, luma
    assert first is not None  # `read_planes` yields a picture or raises
    story = Story(times, sketches)
    frame_ns = int(np.median(np.diff(story.times_ns))) if len(times) > 1 else NS_PER_S
    return Look(
        story=story,
        boundaries=find_again(story),
        steps=tuple(steps),
        lights=tuple(lights),
        lost_ns=tuple(losses.times_ns),
        end_ns=times[-1] + frame_ns,
        ratio=first.ratio,
        sound=listen(path, first.clock_ns),
    )
