"""What is true of a reel's file, frame by frame: boundaries, what is none, text, camera, layout, sound.

Frames are those of the file as they are decoded, times those at which they are shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sv6d.schema.boundaries import ChangeKind
from sv6d.studio.file_times import FileTimes
from sv6d.studio.overlays import Box
from sv6d.studio.reel import Card, Page, Picture, Reel, ReelShot, Screen, World
from sv6d.studio.reel_sound import beats_ns
from sv6d.studio.screens import screen_texts
from sv6d.studio.signs import CUES, letters_box, sign_box
from sv6d.studio.slides import page_texts
from sv6d.studio.world import Sight, world_view
from sv6d.timeline import Span

ShareBox = tuple[float, float, float, float]
_WAYS = (("pan_right", "pan_left"), ("tilt_up", "tilt_down"), ("zoom_in", "zoom_out"))
_LEAST_SHAKE = 0.005  # frame heights: from here on `steadiness` is shaky (sv6d/schema/camera.py)
_SHAKE_WINDOW_S = 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """A boundary: frames [first, last] are neither shot alone; of a hard cut both are the first of the new shot.

    `cut` is the first frame that is counted to the new shot. `span` is that of the document's boundary.
    `beat_ns` is the time from the nearest beat to the cut; None without music.
    """

    kind: ChangeKind
    style: str
    jump: bool
    first: int
    last: int
    cut: int
    span: Span
    beat_ns: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Something over frames [first, last] in a box (shares of the frame; None: all of it)."""

    kind: str
    first: int
    last: int
    span: Span
    box: ShareBox | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CameraFact:
    """A shot's camera: its movement (None: more than one), speeds to the right, up and in, and shake in heights."""

    movement: str | None
    speeds: tuple[float, float, float]
    shake_rms: float
    fills_frame: bool


class ReelFacts:
    """Everything true of the file that was written from a reel."""

    def __init__(self, reel: Reel, times: FileTimes) -> None:
        self._reel, self._times = reel, times
        self._width, self._height = reel.size
        self._sight = Sight(self._width, self._height, 1.0, 1.0, reel.time.fps)

    def edges(self, shot: ReelShot) -> tuple[int, int]:
        """[first, end) of a shot in frames of the file."""
        return self._reel.index_of(shot.first), self._reel.index_of(shot.end)

    def turns(self, rate_hz: int) -> list[Turn]:
        """The boundaries, in the order of time; beats as they are sounded at `rate_hz`."""
        beats = beats_ns(self._reel, rate_hz)
        return [self._turn(shot, beats) for shot in self._reel.shots[1:]]

    def _turn(self, shot: ReelShot, beats: list[int]) -> Turn:
        assert shot.joint is not None  # only the first shot has none
        first, pure, cut = (self._reel.index_of(frame) for frame in (*shot.mixed, shot.first))
        # A hard cut lies between the last frame of the old shot and the first of the new one.
        span = self._times.span(first if pure > first else first - 1, pure)
        at_ns = self._times.edge_ns(cut)
        beat_ns = min((at_ns - beat for beat in beats), key=abs, default=None)
        return Turn(shot.joint.kind, shot.joint.style, shot.jump, first, max(first, pure - 1), cut, span, beat_ns)

    def distractors(self) -> list[Seen]:
        """What happens within shots and is no boundary, in the order of time."""
        return sorted(self._distractors(), key=lambda seen: (seen.first, seen.last, seen.kind))

    def _distractors(self) -> Iterator[Seen]:
        for effect in self._reel.effects:
            yield self._seen(effect.kind, effect.first, effect.end)
        for panels in self._reel.panels:
            for box, _ in panels.others:
                if panels.first > 0 or panels.end < self._reel.num_frames:
                    yield self._seen(f"{panels.kind}_pops_in", panels.first, panels.end, box)
        for sign in self._reel.signs:
            if sign.first > 0 or sign.end < self._reel.num_frames:
                box = sign_box(sign, self._width, self._height)
                how = "fades_in" if sign.ramp else "pops_up"
                yield self._seen(f"{sign.kind}_{how}", sign.first, sign.end, box, sign.text)
        for shot in self._reel.shots:
            yield from self._within(shot)

    def _within(self, shot: ReelShot) -> Iterator[Seen]:
        picture = shot.picture
        if isinstance(picture, World):
            for move in picture.moves:
                yield self._seen(move.kind, move.first, move.end)
            for passer in picture.passers:
                yield self._seen("passing_object", passer.first, passer.end)
            if picture.shake:
                yield self._seen("shake", shot.first, shot.end)
        elif isinstance(picture, Page):
            for text, box, first in page_texts(picture, self._width, self._height):
                if first is not None and first > shot.first:
                    yield self._seen("line_appears", first, shot.end, box, text)
        elif isinstance(picture, Screen):
            for scroll in picture.scrolls:
                yield self._seen("scroll", scroll.first, scroll.end)
            for popup in picture.popups:
                yield self._seen(f"{popup.kind}_opens", popup.first, popup.end, popup.box)
            if picture.typed is not None:
                yield self._seen("typing", picture.typed[1], shot.end)

    def texts(self) -> list[Seen]:
        """Every text with the frames in which all of it is seen (faint ones too), and its letters' box in the first."""
        found = list(self._texts())
        return sorted(found, key=lambda seen: (seen.first, seen.box or (), seen.text))

    def _texts(self) -> Iterator[Seen]:
        for sign in self._reel.signs:
            box = letters_box(sign)
            if box is not None:
                yield self._seen(sign.kind, sign.first, sign.end, box, sign.text)
        for shot in self._reel.shots:
            if isinstance(shot.picture, Page):
                for text, box, first in page_texts(shot.picture, self._width, self._height):
                    yield self._seen("page", max(shot.first, first or 0), shot.end, box, text)
            elif isinstance(shot.picture, Screen):
                for text, box, begin, end in screen_texts(shot.picture, self._sight, shot.first, shot.end):
                    yield self._seen("screen", begin, end, box, text)

    def stickers(self) -> list[Seen]:
        """The signs that package the video, with all that they cover; `kind` is the record's."""
        return [
            self._seen(CUES[sign.kind], sign.first, sign.end, sign_box(sign, self._width, self._height), sign.text)
            for sign in self._reel.signs
        ]

    def camera(self, shot: ReelShot) -> CameraFact:
        """What the camera does in a shot."""
        reel = self._reel
        divided = any(panels.first < shot.end and panels.end > shot.first for panels in reel.panels)
        fills = reel.surround is None and not divided
        if not isinstance(shot.picture, World):
            scrolls = isinstance(shot.picture, Screen)
            return CameraFact(None if scrolls else "static", (0.0, 0.0, 0.0), 0.0, fills)
        world = shot.picture
        shake = self._shake(world, shot)
        named = [
            (up if speed > 0.0 else down) for speed, (up, down) in zip(world.speeds, _WAYS, strict=True) if speed != 0.0
        ]
        alone = not world.moves and not world.shake and len(named) < 2
        return CameraFact((named or ["static"])[0] if alone else None, world.speeds, shake, fills)

    def _shake(self, world: World, shot: ReelShot) -> float:
        """Root mean square of the path, without the moves, around its own half-second mean, in frame heights."""
        if not world.shake:
            return 0.0
        fps = self._reel.time.fps
        width, height = self._width / world.scale, self._height / world.scale
        still = replace(world, moves=())
        views = [world_view(still, width, height, (f - world.middle) / fps, f) for f in range(shot.first, shot.end)]
        path = np.array([(view.x, view.y) for view in views])
        window = max(1, round(_SHAKE_WINDOW_S * fps))
        rest = [
            axis[window // 2 : window // 2 + len(axis) - window + 1]
            - np.convolve(axis, np.ones(window) / window, "valid")
            for axis in path.T
        ]
        return round(float(math.sqrt(np.mean(np.square(rest)) * 2.0)) / height, 5)

    def layout(self, shot: ReelShot) -> tuple[str, list[tuple[str, ShareBox]]]:
        """A value of `layout`, and the regions of the shot's middle frame: image, text or sticker with its box."""
        reel, middle = self._reel, (shot.first + shot.end) // 2
        regions: list[tuple[str, ShareBox]] = []
        name = _layout_of(shot.picture)
        image = reel.window
        if reel.surround is not None:
            name = "letterbox" if reel.surround.style == "black" else "gap_text"
        for panels in reel.panels:
            if panels.first <= middle < panels.end:
                name, image = panels.kind, panels.main
                regions += [("image", self._shares(box)) for box, _ in panels.others]
        regions.insert(0, ("image", self._shares(image)))
        for sign in reel.signs:
            if sign.first <= middle < sign.end:
                role = "text" if sign.kind in {"subtitle", "subtitle_band", "title"} else "sticker"
                regions.append((role, self._shares(sign_box(sign, self._width, self._height))))
        return name, regions

    def passages(self) -> list[Seen]:
        """The sound: music, speech, silence."""
        return [self._seen(each.kind, each.first, each.end) for each in self._reel.sound.passages]

    def steadiness(self, fact: CameraFact) -> str | None:
        """The value of `steadiness`; None where a hand is hardly seen, or a quiet frame is jolted."""
        if fact.shake_rms >= _LEAST_SHAKE:
            return "shaky"
        if fact.movement is None:
            return None
        return "fixed" if fact.movement == "static" else "stable"

    def _seen(self, kind: str, first: int, end: int, box: Box | None = None, text: str = "") -> Seen:
        """In frames of the file; something between two of them counts as seen on the next."""
        begin = min(self._reel.index_of(first), len(self._times.frames) - 1)
        after = max(begin + 1, self._reel.index_of(end))
        shares = None if box is None else self._shares(box)
        return Seen(kind, begin, after - 1, self._times.span(begin, after), shares, text)

    def _shares(self, box: Box) -> ShareBox:
        left, top, right, bottom = (
            round(min(1.0, max(0.0, value)), 4)
            for value in (
                box.left / self._width,
                box.top / self._height,
                box.right / self._width,
                box.bottom / self._height,
            )
        )
        return left, top, right, bottom


def _layout_of(picture: Picture) -> str:
    if isinstance(picture, Page | Card):
        return "slide"
    return "screen_recording" if isinstance(picture, Screen) else "full_bleed"
