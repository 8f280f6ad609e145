"""One line of text over time: is it still there in this picture, and what has been read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from sv6d.evidence.text_boxes import PixelBox, Reading
from sv6d.timeline import FrameTime

# Correlation of the line's strokes from which it is there.
_PRESENT = 0.5
# Of their strongest contrast: a line that fades is there while more than this is left, and the ghost that
# compression leaves of it is not (measured: below 0.1).
_LEAST_CONTRAST = 0.2
# Between frames with the line and without: the share of the fall in correlation at which it comes and goes, and the
# least fall that is one. A line over a still and busy place correlates with the place alone.
_EDGE, _LEAST_FALL = 0.35, 0.2
_FALL, _USUAL_RATE = 0.72, 0.3  # of its usual correlation, a running mean, below which a line may be gone
_STILL, _ALTERED = (
    0.985,
    0.008,
)  # usual correlation of what stands still, and the fall of a line of which a word changes
_SAME_SIZE_PX = 4.0  # up to which two boxes are of the same strokes
_STILL_PX, _REACH_PX = 2, 10  # search about the place foreseen, for lines that stand and that move
_MOVING_PX = 1.5  # per look, from which a line moves
_SURE, _AGREE = 0.9, 2  # so many equal readings of this confidence settle what a line says
_MOST_READINGS = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame: its time, nanoseconds since the first one, and uint8 luma."""

    time: FrameTime
    time_ns: int
    luma: np.ndarray


@dataclass(frozen=True, slots=True)
class Taken:
    """A reading and the box that it was made from."""

    reading: Reading
    box: PixelBox


@dataclass
class Track:
    """A line that is followed. Boxes are in pixels of the pictures it is looked for in.

    `strokes` is what its place looked like when it stood out most, without slow changes of brightness;
    `path` its left and top at each look; `first` and `last` the frames it is seen in.
    """

    box: PixelBox
    strokes: np.ndarray
    contrast: float
    first: Picture
    last: Picture
    path: list[tuple[int, float, float]]
    found_ns: int
    end_ns: int | None = None
    present: bool = True
    begins: bool = False
    is_altered: bool = False
    usual: float = 1.0
    num_looks: int = 1
    taken: list[Taken] = field(default_factory=list)

    @classmethod
    def begun(cls, picture: Picture, box: PixelBox, reading: Reading) -> Track:
        strokes = strokes_of(picture.luma, box)
        path = [(picture.time_ns, box.left, box.top)]
        taken = [Taken(reading, box)]
        return cls(box, strokes, contrast_of(strokes), picture, picture, path, picture.time_ns, taken=taken)

    @property
    def best(self) -> Reading:
        return max((item.reading for item in self.taken), key=lambda reading: reading.confidence)

    @property
    def is_settled(self) -> bool:
        """Whether another reading would hardly say anything else."""
        if self.is_altered:
            return False
        strings = [item.reading.string for item in self.taken if item.reading.confidence >= _SURE]
        return len(self.taken) >= _MOST_READINGS or any(strings.count(string) >= _AGREE for string in set(strings))

    def follow(self, picture: Picture) -> None:
        """Look for the line where it should be by now."""
        match = self.match(picture)
        self.present = self._is_seen(match, max(_PRESENT, _FALL * self.usual))
        self.is_altered = self.usual >= _STILL and match.score < self.usual - _ALTERED
        if self.present:
            self.usual += _USUAL_RATE * (match.score - self.usual)
            place = self._place(picture.time_ns)
            self.box, self.last = place.moved(match.right_px, match.down_px), picture
            self._stood(picture.time_ns)
            self.num_looks += 1

    def found(self, picture: Picture, box: PixelBox) -> None:
        """The line was found in this picture, in this box."""
        strokes = strokes_of(picture.luma, box)
        contrast = contrast_of(strokes)
        same = max(abs(box.width - self.box.width), abs(box.height - self.box.height)) <= _SAME_SIZE_PX
        if not same or contrast > self.contrast:
            self.strokes, self.usual = strokes, 1.0
            self.contrast = contrast if not same else max(contrast, self.contrast)
            self.box = box
            self._stood(picture.time_ns)
        self.last, self.present = picture, True

    def find_first(self, earlier: Sequence[Picture]) -> None:
        """Its first frame among those given, rising, which reach from before it was found to the last look."""
        seen = self._seen_in(earlier, _LEAST_FALL)
        for picture, is_seen in zip(reversed(earlier), reversed(seen), strict=True):
            if picture.time_ns <= self.found_ns:
                if not is_seen and picture.time_ns < self.found_ns:
                    break
                self.first = picture
        self.begins = True

    def find_end(self, later: Sequence[Picture], *, is_replaced: bool = False) -> None:
        """Its last frame among those given, rising, which reach from before it was last seen to where it is gone.

        What replaces a line may differ from it in a letter: any fall in correlation then counts.
        """
        seen = self._seen_in(later, 0.0 if is_replaced else _LEAST_FALL)
        gone = next((i for i in range(len(seen) - 1, -1, -1) if seen[i]), -1) + 1
        # By the last of them it is gone or replaced, whatever its look says: a frame of it lies before its end.
        gone = max(min(gone, len(later) - 1), 1)
        self.last = later[gone - 1]
        self.end_ns = later[min(gone, len(later) - 1)].time_ns

    def match(self, picture: Picture) -> Match:
        reach_px = _REACH_PX if max(map(abs, self._step())) >= _MOVING_PX else _STILL_PX
        return correlate(self.strokes, picture.luma, self._place(picture.time_ns), reach_px)

    def _seen_in(self, pictures: Sequence[Picture], least_fall: float) -> list[bool]:
        """Whether the line is in each picture, judged by what lies between being there and not."""
        matches = [self.match(picture) for picture in pictures]
        scores = [max(0.0, match.score) for match in matches]
        low, high = min(scores), max(scores)
        edge = max(_PRESENT, low + _EDGE * (high - low)) if high - low >= least_fall else _PRESENT
        return [self._is_seen(match, edge) for match in matches]

    def _is_seen(self, match: Match, edge: float) -> bool:
        return match.score >= edge and match.score * match.contrast >= _LEAST_CONTRAST * self.contrast

    def _stood(self, time_ns: int) -> None:
        """Its box is where it is at that time; each time has one place."""
        if self.path[-1][0] == time_ns:
            self.path.pop()
        self.path.append((time_ns, self.box.left, self.box.top))

    def _step(self) -> tuple[float, float]:
        """Pixels right and down between the last two looks."""
        if len(self.path) < 2:
            return 0.0, 0.0
        return self.path[-1][1] - self.path[-2][1], self.path[-1][2] - self.path[-2][2]

    def _place(self, time_ns: int) -> PixelBox:
        """Where it was, or will be if it goes on as it does."""
        times, lefts, tops = (np.array(values, dtype=float) for values in zip(*self.path, strict=True))
        left, top = (_on_line(time_ns, times, values) for values in (lefts, tops))
        height, width = self.strokes.shape
        return PixelBox(left, top, left + width, top + height)


def _on_line(time_ns: int, times: np.ndarray, values: np.ndarray) -> float:
    if len(times) > 1 and not times[0] <= time_ns <= times[-1]:
        a, b = (-2, -1) if time_ns > times[-1] else (0, 1)
        speed = (values[b] - values[a]) / (times[b] - times[a])
        nearest = -1 if time_ns > times[-1] else 0
        return float(values[nearest] + speed * (time_ns - times[nearest]))
    return float(np.interp(time_ns, times, values))


def strokes_of(luma: np.ndarray, box: PixelBox) -> np.ndarray:
    """Luma in the box minus its mean nearby: float32 [height, width], empty outside the picture."""
    left, top, right, bottom = _whole(box, luma.shape)
    part = luma[top:bottom, left:right].astype(np.float32)
    return _without_slow_changes(part, part.shape[0]) if part.size else part


@dataclass(frozen=True, slots=True)
class Match:
    """The best correlation, in [-1, 1], the deviation of luma there, and how far right and down of the place."""

    score: float
    contrast: float
    right_px: int
    down_px: int


def contrast_of(strokes: np.ndarray) -> float:
    """Deviation of the strokes, in levels of luma; 0 for an empty box."""
    return float(strokes.std()) if strokes.size else 0.0


def correlate(strokes: np.ndarray, luma: np.ndarray, box: PixelBox, reach_px: int) -> Match:
    """Where strokes fit best within reach of a box."""
    left, top, _, _ = _whole(box, luma.shape)
    height, width = strokes.shape
    x0, y0 = max(0, left - reach_px), max(0, top - reach_px)
    part = luma[y0 : top + height + reach_px, x0 : left + width + reach_px].astype(np.float32)
    if not strokes.size or part.shape[0] < height or part.shape[1] < width:
        return Match(-1.0, 0.0, 0, 0)
    part = _without_slow_changes(part, height)
    scores = cv2.matchTemplate(part, strokes, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    contrast = float(part[y : y + height, x : x + width].std())
    return Match(float(best) if np.isfinite(best) else -1.0, contrast, x0 + x - left, y0 + y - top)


def _without_slow_changes(part: np.ndarray, height_px: int) -> np.ndarray:
    wide = max(3, 2 * (height_px // 2) + 1)
    return np.asarray(part - cv2.blur(part, (wide, wide), borderType=cv2.BORDER_REPLICATE))


def _whole(box: PixelBox, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    left, top = max(0, round(box.left)), max(0, round(box.top))
    return left, top, min(shape[1], round(box.right)), min(shape[0], round(box.bottom))
