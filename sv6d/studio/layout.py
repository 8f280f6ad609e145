"""Where the subject is: one that goes with the camera, or a row of them along the camera's way."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sv6d.studio.camera import Path, View
from sv6d.studio.plan import Subject
from sv6d.studio.planner import TRACKED
from sv6d.timeline import NS_PER_S

# Below the frame's centre, so that the subject stands under a hook line (ours).
_CENTRE_DOWN = 26.0
_FLYING = frozenset({"balloon", "bird", "butterfly", "rocket"})
# Subjects in a row: 1.25 sizes apart, or as far as still leaves one whole in the frame.
_SPACING = 1.25


@dataclass(frozen=True, slots=True)
class Spot:
    """A subject's centre and size in scene pixels, at one moment."""

    x: float
    y: float
    size: float


def ground(subject: Subject) -> float:
    """Scene y of the line that the subject stands on."""
    return _CENTRE_DOWN + 0.46 * subject.size


def row_offsets(subject: Subject, path: Path) -> tuple[tuple[float, float], ...]:
    """Offsets (x, y) of the subjects of a shot, from the first one; (0, 0) alone for one that is tracked."""
    movement = path.camera.movement
    if subject.kind in TRACKED or movement == "static" or movement.startswith("zoom"):
        return ((0.0, 0.0),)
    sideways = movement.startswith("pan")
    frame = path.width if sideways else path.height
    spacing = max(_SPACING * subject.size, frame - subject.size)
    half = path.camera.speed * path.seconds * frame / 2.0 + frame / 2.0 + subject.size
    count = int(half / spacing)
    return tuple((i * spacing, 0.0) if sideways else (0.0, i * spacing) for i in range(-count, count + 1))


def spots(subject: Subject, path: Path, time_ns: int) -> list[Spot]:
    """The subjects at a time, in the order of drawing."""
    seconds = (time_ns - path.start_ns) / NS_PER_S
    phase = 2.0 * math.pi * (subject.bob_hz * seconds + (subject.seed % 97) / 97.0)
    bob = subject.bob * (math.sin(phase) if subject.variant in _FLYING else -abs(math.sin(phase / 2.0)))
    if subject.kind in {"building", "plant"}:
        bob = 0.0
    home = View(0.0, 0.0, 1.0)
    x, size = 0.0, subject.size
    if subject.kind in TRACKED:
        home = path.view(time_ns)
        x = subject.drift * path.width * (seconds - path.seconds / 2.0)
        x = max(-0.22 * path.width, min(0.22 * path.width, x))
    elif subject.kind == "plant":
        size *= 1.0 + 0.02 * math.sin(phase)
    bottom = _CENTRE_DOWN + subject.size / 2.0
    return [
        Spot(home.x + x + dx, home.y + dy + bottom - size / 2.0 + bob, size) for dx, dy in row_offsets(subject, path)
    ]
