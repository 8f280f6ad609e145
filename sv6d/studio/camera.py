"""Where the camera looks: centre and scale over the scene, at any time of a shot."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sv6d.studio.plan import Camera, ClipPlan
from sv6d.timeline import NS_PER_S

# Share by which the speed swings about its mean: the move starts and ends softly, and is still a
# move (0.65 of the mean) in any part of the shot.
_EASE = 0.35


@dataclass(frozen=True, slots=True)
class View:
    """The part of the scene in the frame: centre in scene pixels (x right, y down), scale > 0."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Path:
    """The camera's way over one shot, about the scene's origin."""

    camera: Camera
    width: float
    height: float
    start_ns: int
    end_ns: int

    @property
    def seconds(self) -> float:
        return (self.end_ns - self.start_ns) / NS_PER_S

    def progress(self, time_ns: int) -> float:
        """Share of the way done, 0 at the start and 1 at the end of the shot."""
        u = (time_ns - self.start_ns) / (self.end_ns - self.start_ns)
        return u - _EASE * math.sin(2.0 * math.pi * u) / (2.0 * math.pi)

    def view(self, time_ns: int) -> View:
        """Where the camera looks. Panning left moves the view left, so the content moves right."""
        way = self.camera.speed * self.seconds * (self.progress(time_ns) - 0.5)
        match self.camera.movement:
            case "pan_left":
                return View(-way * self.width, 0.0, 1.0)
            case "pan_right":
                return View(way * self.width, 0.0, 1.0)
            case "tilt_up":
                return View(0.0, -way * self.height, 1.0)
            case "tilt_down":
                return View(0.0, way * self.height, 1.0)
            case "zoom_in":
                return View(0.0, 0.0, math.exp(way))
            case "zoom_out":
                return View(0.0, 0.0, math.exp(-way))
        return View(0.0, 0.0, 1.0)

    def extent(self) -> tuple[float, float]:
        """Half width and half height of all that the camera sees, in scene pixels."""
        views = (self.view(self.start_ns), self.view(self.end_ns))
        return (
            max(abs(v.x) + self.width / 2.0 / v.scale for v in views),
            max(abs(v.y) + self.height / 2.0 / v.scale for v in views),
        )


def path_of(plan: ClipPlan, index: int) -> Path:
    """The camera's way in shot `index`, over all frames in which the shot is seen."""
    first, end = plan.visible_frames(index)
    return Path(plan.shots[index].camera, plan.width, plan.height, plan.frame_time_ns(first), plan.frame_time_ns(end))
