"""From lines that were followed to items of text: the best of their readings, lines joined into blocks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import partial_ratio

from sv6d.evidence.text_boxes import PixelBox, Reading, reading_order
from sv6d.evidence.text_track import Track
from sv6d.timeline import FrameTime

_ALIKE = 0.75  # similarity of two readings of one line; other lines at one place are below 0.5
_CONTAINED = 85.0  # of a text that grows: how far the shorter string is a part of the longer one, in [0, 100]
_OTHER_LETTERS, _CONTAINED_SURELY = 3, 95.0  # of sure readings: letters that make another line; as above
_FULL_WIDTH = 0.9  # of the widest box: readings from narrower ones are of a line that was still growing
_SURE_SHORT = 0.95  # of a string of one or two characters, which textures are taken for
_SHORT = 2
_LEAST_LOOKS = 2  # a string in a single look is kept only where it is sure
_TOGETHER_NS = 300_000_000  # lines of one block come and go within this
_LINE_GAP, _LINE_HEIGHTS, _LINE_OVERLAP = 0.9, 1.5, 0.5  # of lines of a block: gap, ratio of heights, shared width
_AGAIN_NS, _NEAR = 600_000_000, 0.3  # the same line within this time and at this overlap was never gone


@dataclass(frozen=True, slots=True)
class TextItem:
    """A string on screen in [start_ns, end_ns).

    Attributes:
        box: left, top, right, bottom where it was read best, as shares of the picture, in [0, 1].
        confidence: the reader's, in [0, 1].
        order: place in the order of reading among what is on screen when it appears, from 0.
        first, last: the first and the last frame it is seen in.
    """

    string: str
    start_ns: int
    end_ns: int
    box: tuple[float, float, float, float]
    confidence: float
    order: int
    first: FrameTime
    last: FrameTime


@dataclass
class _Line:
    string: str
    confidence: float
    box: PixelBox
    start_ns: int
    end_ns: int
    first: FrameTime
    last: FrameTime

    @property
    def reading(self) -> Reading:
        return Reading(self.string, self.confidence)


def is_text(reading: Reading, least_confidence: float) -> bool:
    """Whether a reading is believed. A single letter is not: edges are read as V, I and O."""
    letters = [mark for mark in reading.string if mark.isalnum()]
    if not letters or (len(letters) == 1 and not letters[0].isdigit()):
        return False
    is_short = len("".join(reading.string.split())) <= _SHORT
    return reading.confidence >= (_SURE_SHORT if is_short else least_confidence)


def alike(one: str, other: str) -> bool:
    """Whether two readings may be of one line, which may have grown in between."""
    if not one or not other:
        return one == other
    # Prices and counts that take one another's place differ in a digit or two.
    digits, others = (tuple(mark for mark in string if mark.isdigit()) for string in (one, other))
    if digits[: len(others)] != others[: len(digits)]:
        return False
    if Levenshtein.normalized_similarity(one.casefold(), other.casefold()) >= _ALIKE:
        return True
    return min(len(one), len(other)) > _SHORT and partial_ratio(one.casefold(), other.casefold()) >= _CONTAINED


def same_line(one: Reading, other: Reading) -> bool:
    """Whether two readings at one place are of one line, which may have grown, and not of its successor."""
    if not alike(one.string, other.string):
        return False
    if min(one.confidence, other.confidence) < _SURE_SHORT:
        return True
    # Sure readings of one line differ in spaces, in case and in a letter or two.
    short, long = sorted(("".join(reading.string.casefold().split()) for reading in (one, other)), key=len)
    return Levenshtein.distance(short, long) < _OTHER_LETTERS or partial_ratio(short, long) >= _CONTAINED_SURELY


def items_of(tracks: Sequence[Track], shape: tuple[int, int], least_confidence: float) -> tuple[TextItem, ...]:
    """Items by start and order of reading; `shape` is height and width of the pictures that boxes are in."""
    lines = _without_repeats([line for track in tracks if (line := _line(track, least_confidence)) is not None])
    blocks = [_block(group) for group in _groups(lines)]
    items = []
    for block in blocks:
        shown = [other for other in blocks if other.start_ns <= block.start_ns < other.end_ns]
        order = [shown[index] for index in reading_order([other.box for other in shown])]
        items.append(_item(block, next(i for i, other in enumerate(order) if other is block), shape))
    return tuple(sorted(items, key=lambda item: (item.start_ns, item.order, item.box, item.string)))


def _line(track: Track, least_confidence: float) -> _Line | None:
    sure = [item for item in track.taken if is_text(item.reading, least_confidence)]
    if not sure or track.end_ns is None or track.end_ns <= track.first.time_ns:
        return None
    widest = max(item.box.width for item in sure)
    full = [item for item in sure if item.box.width >= _FULL_WIDTH * widest]
    weights: dict[str, float] = {}
    for item in full:
        unspaced = "".join(item.reading.string.split())
        weights[unspaced] = weights.get(unspaced, 0.0) + item.reading.confidence
    told = max(weights, key=lambda text: (weights[text], len(text), text))
    # The reader leaves out the narrow space of bold capitals more often than it finds one that is not there.
    strings = {item.reading.string for item in full if "".join(item.reading.string.split()) == told}
    string = max(strings, key=lambda text: (text.count(" "), text))
    best = max((item for item in full if item.reading.string == string), key=lambda item: item.reading.confidence)
    if track.num_looks < _LEAST_LOOKS and best.reading.confidence < _SURE_SHORT:
        return None
    ends = (track.first.time_ns, track.end_ns, track.first.time, track.last.time)
    return _Line(string, best.reading.confidence, best.box, *ends)


def _without_repeats(lines: Sequence[_Line]) -> list[_Line]:
    """Lines with those joined that were lost for a moment only."""
    kept: list[_Line] = []
    for line in sorted(lines, key=lambda line: (line.start_ns, line.box.top, line.box.left)):
        for earlier in kept:
            gap_ns = line.start_ns - earlier.end_ns
            if gap_ns <= _AGAIN_NS and earlier.box.iou(line.box) > _NEAR and same_line(earlier.reading, line.reading):
                if (len(line.string), line.confidence) > (len(earlier.string), earlier.confidence):
                    earlier.string, earlier.confidence, earlier.box = line.string, line.confidence, line.box
                if line.end_ns > earlier.end_ns:
                    earlier.end_ns, earlier.last = line.end_ns, line.last
                break
        else:
            kept.append(line)
    return kept


def _groups(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Lines that are set below one another and come and go together."""
    groups: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: (line.box.top, line.box.left)):
        for group in groups:
            if _continues(group[-1], line):
                group.append(line)
                break
        else:
            groups.append([line])
    return groups


def _continues(above: _Line, below: _Line) -> bool:
    low, high = sorted((above.box.height, below.box.height))
    gap = below.box.top - above.box.bottom
    shared = min(above.box.right, below.box.right) - max(above.box.left, below.box.left)
    return (
        abs(above.start_ns - below.start_ns) <= _TOGETHER_NS
        and abs(above.end_ns - below.end_ns) <= _TOGETHER_NS
        and high <= _LINE_HEIGHTS * low
        and -0.5 * low <= gap <= _LINE_GAP * low
        and shared >= _LINE_OVERLAP * min(above.box.width, below.box.width)
    )


def _block(lines: Sequence[_Line]) -> _Line:
    box, string = lines[0].box, lines[0].string
    for line in lines[1:]:
        box = box.union(line.box)
        string += ("" if _is_wide(string[-1]) and _is_wide(line.string[0]) else " ") + line.string
    earliest = min(lines, key=lambda line: line.start_ns)
    latest = max(lines, key=lambda line: line.end_ns)
    confidence = fsum(line.confidence * len(line.string) for line in lines) / sum(len(line.string) for line in lines)
    return _Line(string, confidence, box, earliest.start_ns, latest.end_ns, earliest.first, latest.last)


def _is_wide(mark: str) -> bool:
    """Whether a character is one of those written without spaces between words."""
    return unicodedata.east_asian_width(mark) in "WF"


_DIGITS = 4  # of stored shares: finer than a pixel of what lines are looked for in


def _item(block: _Line, order: int, shape: tuple[int, int]) -> TextItem:
    height, width = shape
    edges = (block.box.left / width, block.box.top / height, block.box.right / width, block.box.bottom / height)
    left, top, right, bottom = (round(min(1.0, max(0.0, edge)), _DIGITS) for edge in edges)
    return TextItem(
        block.string,
        block.start_ns,
        block.end_ns,
        (left, top, right, bottom),
        round(block.confidence, _DIGITS),
        order,
        block.first,
        block.last,
    )
