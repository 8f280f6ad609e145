"""On-screen text: what it says, where, from which frame to which.

A picture is searched only where it has changed, and a line is read only when it is new, has grown or
was read unsurely. Between searches lines are followed by the correlation of their strokes, and the
first and the last frame of each are found among all frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from sv6d.evidence.config import TextConfig
from sv6d.evidence.text_boxes import PixelBox, Reading, join_lines
from sv6d.evidence.text_items import TextItem, is_text, items_of, same_line
from sv6d.evidence.text_track import Picture, Taken, Track

_NS_PER_MS = 1_000_000
# Steps between searches whose frames are kept. A line is found by the second search at the latest; its first frame is
# looked for one search later, when it is likely to stand out fully.
_KEPT_STEPS = 4
_COARSE = 4  # pixels of the coarse pictures that change is seen in
# Change: as many coarse pixels differ by more levels. Measured: noise of compression stays below; a price of 25 x 10
# pixels is above.
_LEVELS, _LEAST_CHANGED = 14, 8
_SAME_PLACE, _SAME_BOX = 0.5, 0.7  # overlap by the smaller box; intersection over union
_INSIDE, _PART, _LINE = 0.8, 0.9, 0.6  # of a box's area within a line, of the line's width, and of its height
_MARGIN = 0.12  # of its height, about a line that is read


class Reader(Protocol):
    """What finds lines in uint8 RGB pictures, and reads them."""

    def find(self, rgb: np.ndarray) -> list[PixelBox]: ...

    def read(self, rgb: np.ndarray) -> Reading: ...


@dataclass
class Effort:
    """What was done: looks at known lines, searches for new ones, lines read."""

    looks: int = 0
    searches: int = 0
    readings: int = 0


class TextTracker:
    """Takes the frames of a video in order; `finish` gives the text in them."""

    def __init__(self, reader: Reader, config: TextConfig) -> None:
        self._reader, self._config = reader, config
        self._recent: deque[Picture] = deque()
        self._active: list[Track] = []
        self._closed: list[Track] = []
        self._next_look_ns = 0
        self._searched: tuple[int, np.ndarray] | None = None
        self.effort = Effort()

    def take(self, picture: Picture, large: Callable[[], np.ndarray]) -> None:
        """One frame, and how to get it as a large RGB picture.

        Raises:
            TextUnreadError: the reader fails.
        """
        self._recent.append(picture)
        if picture.time_ns < self._next_look_ns:
            return
        self._next_look_ns = picture.time_ns + self._config.look_step_ms * _NS_PER_MS
        self.effort.looks += 1
        for track in self._active:
            track.follow(picture)
        if self._is_due(picture):
            self._search(picture, large())
        for track in self._active:
            if not track.begins and picture.time_ns - track.found_ns >= self._step_ns:
                track.find_first(self._recent)
        for track in [track for track in self._active if not track.present]:
            self._close(track)
        while self._recent and self._recent[0].time_ns < picture.time_ns - _KEPT_STEPS * self._step_ns:
            self._recent.popleft()

    def finish(self, end_ns: int) -> tuple[TextItem, ...]:
        """The text of all frames taken, of which the last one is shown until `end_ns`."""
        for track in list(self._active):
            track.follow(self._recent[-1])
            self._close(track)
            if track.present:
                track.last, track.end_ns = self._recent[-1], end_ns
        shape = self._recent[-1].luma.shape if self._recent else (1, 1)
        return items_of(self._closed, (shape[0], shape[1]), self._config.least_confidence)

    @property
    def _step_ns(self) -> int:
        return self._config.find_step_ms * _NS_PER_MS

    def _is_due(self, picture: Picture) -> bool:
        coarse = _coarse(picture.luma)
        if self._searched is not None:
            lost = any(not track.present and self._says_something(track) for track in self._active)
            waited = picture.time_ns - self._searched[0] >= self._step_ns
            differs = np.abs(coarse - self._searched[1]) > _LEVELS
            if not lost and not (waited and int(differs.sum()) >= _LEAST_CHANGED):
                return False
        self._searched = (picture.time_ns, coarse)
        return True

    def _says_something(self, track: Track) -> bool:
        return is_text(track.best, self._config.least_confidence)

    def _search(self, picture: Picture, large: np.ndarray) -> None:
        self.effort.searches += 1
        across, down = picture.luma.shape[1] / large.shape[1], picture.luma.shape[0] / large.shape[0]
        free = list(self._active)
        for wide in join_lines(self._reader.find(large)):
            box = wide.scaled(across, down)
            track = max(free, key=lambda track: track.box.iou(box), default=None)
            if track is not None and track.present and track.box.iou(box) >= _SAME_BOX:
                free.remove(track)
                self._see_again(track, picture, box, None if track.is_settled else self._read(large, wide))
                continue
            if any(_is_part(box, known) and self._says_something(known) for known in self._active):
                continue
            reading = self._read(large, wide)
            same = self._same(free, box, reading)
            if same is None:
                self._active.append(Track.begun(picture, box, reading))
            else:
                same.found(picture, box)
                same.taken.append(Taken(reading, box))
                free.remove(same)

    def _see_again(self, track: Track, picture: Picture, box: PixelBox, reading: Reading | None) -> None:
        """A line is found where one is followed: the same, or one that has taken its place."""
        if reading is not None:
            sure = min(reading.confidence, track.best.confidence) >= self._config.least_confidence
            if sure and not same_line(reading, track.best):
                self._replace(track, Track.begun(picture, box, reading))
                return
            track.taken.append(Taken(reading, box))
        track.found(picture, box)

    def _replace(self, old: Track, new: Track) -> None:
        old.find_end([picture for picture in self._recent if picture.time_ns >= old.first.time_ns], is_replaced=True)
        new.first = next(picture for picture in self._recent if picture.time_ns >= (old.end_ns or 0))
        new.begins = True
        self._active.remove(old)
        self._closed.append(old)
        self._active.append(new)

    def _same(self, tracks: list[Track], box: PixelBox, reading: Reading) -> Track | None:
        """The track that this line goes on: at its place, and of its words as far as they were there."""
        for track in tracks:
            smaller = min(track.box.width * track.box.height, box.width * box.height)
            near = track.box.overlap(box) >= _SAME_PLACE * smaller
            if near and same_line(reading, track.best):
                return track
        return None

    def _read(self, large: np.ndarray, box: PixelBox) -> Reading:
        self.effort.readings += 1
        margin = _MARGIN * box.height
        left, top = max(0, round(box.left - margin)), max(0, round(box.top - margin))
        return self._reader.read(large[top : round(box.bottom + margin) + 1, left : round(box.right + margin) + 1])

    def _close(self, track: Track) -> None:
        """The line is gone by now: find its last frame, and its first one if it was not looked for yet."""
        self._active.remove(track)
        self._closed.append(track)
        if not track.begins:
            track.find_first(self._recent)
        track.find_end([picture for picture in self._recent if picture.time_ns >= track.first.time_ns])


def _is_part(box: PixelBox, track: Track) -> bool:
    """Whether the box holds a part of a line that is seen as a whole: a part is found where the line fades."""
    inside = track.box.overlap(box) >= _INSIDE * box.width * box.height
    is_one_line = box.height >= _LINE * track.box.height
    return track.present and inside and is_one_line and box.width < _PART * track.box.width


def _coarse(luma: np.ndarray) -> np.ndarray:
    height, width = max(1, luma.shape[0] // _COARSE), max(1, luma.shape[1] // _COARSE)
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), dtype=np.int16)
