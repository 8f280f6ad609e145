"""Trials for shot detectors about decks and screens as they are recorded: a speaker, a pointer, lines that come up.

As in `shot_trials`: each maker takes a random generator, footage and a size, and gives frames with their truth. They
draw at twice the size, as recordings of screens are larger than what else is shared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.shot_footage import Footage, Picture, fill
from benchmarks.shot_trials import Size, Trial, between, page_look, placed, sentence

_Colour = tuple[int, ...]
_SCALE = 2
_STEP_FRAMES = (3, 20)  # between lines that come up, and from the last one to the next page
_HOLD_FRAMES = (12, 60)
_NUM_PAGES = 6


def presented_pages(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A deck of one layout whose lines come up shortly after or before a page is turned; a speaker, a pointer."""
    size = _screen(size)
    (ground, ink), accent = page_look(rng)
    layout, trial = _Layout(rng, size), Trial()
    for _ in range(_NUM_PAGES):
        items = layout.items(rng, footage)
        # A heading alone, where all pages share it, would be no page of its own.
        steps = sorted({between(rng, 2, len(items)), len(items)}) if rng.integers(2) else [len(items)]
        frames: list[Picture] = []
        for number, shown in enumerate(steps):
            span = _HOLD_FRAMES if number == 0 else _STEP_FRAMES
            frames += [layout.draw(items[:shown], ground, ink, accent)] * between(rng, *span)
        trial.cut_to(frames)
    if rng.integers(2):
        _put_speaker(rng, footage, trial)
    if rng.integers(2):
        _put_pointer(rng, trial)
    return trial


def photo_pages(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Pictures that stand still, each filling the frame or framed alike, under one heading or none."""
    size = _screen(size)
    (ground, ink), _ = page_look(rng)
    heading = sentence(rng, 3) if rng.integers(2) else None
    margin = size[0] // between(rng, 6, 12) if rng.integers(2) else 0
    trial = Trial()
    for pictures in footage.several(rng, [1] * _NUM_PAGES, (size[0] - 2 * margin, size[1] - 2 * margin)):
        image = Image.new("RGB", (size[1], size[0]), ground)
        image.paste(Image.fromarray(np.ascontiguousarray(pictures[0])), (margin, margin))
        if heading:
            font = ImageFont.load_default(size[0] // 14)
            ImageDraw.Draw(image).text((size[1] // 20, size[0] // 100), heading, fill=ink, font=font)
        trial.cut_to([np.asarray(image)] * between(rng, *_HOLD_FRAMES))
    if rng.integers(2):
        _put_pointer(rng, trial)
    return trial


def switched_screens(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A recorded screen that is switched from program to program: text that is typed, a table, a picture.

    What is typed, and a dialog that opens and closes, change nothing.
    """
    size = _screen(size)
    trial = Trial()
    last = -1
    for _ in range(5):
        kind = (last + between(rng, 1, 2)) % 3 if last >= 0 else between(rng, 0, 2)
        last = kind
        frames = (_typed, _table, _viewer)[kind](rng, footage, size)
        if rng.integers(2) and len(frames) > 30:
            first, num = between(rng, 8, 12), between(rng, 6, 12)
            dialog = _dialog(rng, (size[0] // 4, size[1] // 3))
            for i in range(first, first + num):
                frames[i] = placed(frames[i], dialog, size[0] // 3, size[1] // 3)
        trial.cut_to(frames)
    _put_pointer(rng, trial)
    return trial


def _screen(size: Size) -> Size:
    """As large as a recorded screen, and never upright."""
    return min(size) * _SCALE, max(size) * _SCALE


def noted_pages(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """One page, or one picture that stands still, on which notes, captions and stickers come and go: no change."""
    size = _screen(size)
    (ground, ink), accent = page_look(rng)
    if rng.integers(2):
        layout = _Layout(rng, size)
        under = layout.draw(layout.items(rng, footage), ground, ink, accent)
    else:
        under = footage.shot(rng, 1, size)[0]
    trial = Trial([under] * 30)
    for _ in range(4):
        box = size[0] // between(rng, 3, 8), size[1] // between(rng, 2, 4)
        top, left = between(rng, 0, size[0] - box[0]), between(rng, 0, size[1] - box[1])
        image = Image.fromarray(np.ascontiguousarray(under[top : top + box[0], left : left + box[1]]))
        if rng.integers(2):
            image.paste(
                tuple(int(c) for c in rng.integers(0, 256, 3)) if rng.integers(2) else ground, (0, 0, *box[::-1])
            )
        for row in range(2):
            place, font = (6, box[0] // 8 + row * box[0] // 2), ImageFont.load_default(box[0] // 4)
            ImageDraw.Draw(image).text(place, sentence(rng, 3), fill=ink, font=font, stroke_width=1, stroke_fill=ground)
        noted = placed(under, np.asarray(image), top, left)
        trial.frames += [noted] * between(rng, 15, 100)
        if rng.integers(3) == 0:
            under = noted
        else:
            trial.frames += [under] * between(rng, 15, 40)
    if rng.integers(2):
        _put_pointer(rng, trial)
    return trial


def scrolled_pages(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A text below a heading and beside a column that stand still, scrolled by a line up to most of a page at once."""
    height, width = _screen(size)
    (ground, ink), accent = page_look(rng)
    long = Image.new("RGB", (width * 4 // 5, height * 8), ground)
    draw = ImageDraw.Draw(long)
    for row in range(8 * 16):
        if rng.integers(6):
            place, font = (width // 20, row * height // 16), ImageFont.load_default(height // 24)
            draw.text(place, sentence(rng, between(rng, 2, 7)), fill=ink, font=font)
    column = Image.new("RGB", (width, height), accent)
    for row in range(10):
        place = (8, height // 8 + row * height // 12)
        ImageDraw.Draw(column).text(
            place, sentence(rng, 1), fill=(250, 250, 250), font=ImageFont.load_default(height // 28)
        )
    whole, under, at, trial = np.asarray(long), np.asarray(column), 0, Trial()
    head = height // 8 if rng.integers(2) else 0
    step = height // 16 * between(rng, 2, 11)
    while len(trial.frames) < 150:
        shown = placed(under, whole[at : at + height - head], head, width // 5)
        trial.frames += [shown] * between(rng, 4, 30)
        at = min(at + step, whole.shape[0] - height)
    _put_pointer(rng, trial)
    return trial


class _Layout:
    """Where heading and items of a deck's pages are."""

    def __init__(self, rng: np.random.Generator, size: Size) -> None:
        self._size = size
        self._shared = sentence(rng, 3) if rng.integers(3) == 0 else None
        self._columns = between(rng, 1, 2)
        self._footer = sentence(rng, 5) if rng.integers(2) else None
        self._line = size[0] // between(rng, 14, 24)

    def items(self, rng: np.random.Generator, footage: Footage) -> list[str | Picture]:
        """A heading, then lines; now and then a picture at last."""
        found: list[str | Picture] = [self._shared or sentence(rng, between(rng, 1, 4))]
        found += [sentence(rng, between(rng, 2, 5 // self._columns)) for _ in range(between(rng, 2, 6))]
        if rng.integers(4) == 0:
            found.append(footage.shot(rng, 1, (self._size[0] // 3, self._size[1] // 3))[0])
        return found

    def draw(self, items: Sequence[str | Picture], ground: _Colour, ink: _Colour, accent: _Colour) -> Picture:
        height, width = self._size
        image = Image.new("RGB", (width, height), ground)
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, width, height // 50), fill=accent)
        if self._footer:
            place = (width // 16, height - self._line)
            draw.text(place, self._footer, fill=accent, font=ImageFont.load_default(self._line * 2 // 3))
        row = 0
        for number, item in enumerate(items):
            if not isinstance(item, str):
                image.paste(Image.fromarray(np.ascontiguousarray(item)), (width * 6 // 10, height * 5 // 9))
            elif number == 0:
                font = ImageFont.load_default(self._line * 3 // 2)
                draw.text((width // 16, height // 14), item, fill=accent, font=font)
            else:
                left = width // 14 + (row % self._columns) * width // 2
                top = height // 4 + row // self._columns * self._line * 2
                draw.text((left, top), item, fill=ink, font=ImageFont.load_default(self._line))
                row += 1
        return np.asarray(image)


def _typed(rng: np.random.Generator, footage: Footage, size: Size) -> list[Picture]:
    height, width = size
    ground, ink = ((30, 30, 34), (210, 210, 200)) if rng.integers(2) else ((252, 252, 252), (40, 40, 40))
    lines = [sentence(rng, 6) for _ in range(between(rng, 4, 12))]
    more, frames = sentence(rng, 6), []
    for i in range(between(rng, 25, 60)):
        image = Image.new("RGB", (width, height), ground)
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, width // 6, height), fill=tuple(c // 2 + 40 for c in ground))
        for row, line in enumerate([*lines, more[: i // 2]]):
            place = (width // 5, height // 12 + row * height // 18)
            draw.text(place, line, fill=ink, font=ImageFont.load_default(height // 26))
        frames.append(np.asarray(image))
    return frames


def _table(rng: np.random.Generator, footage: Footage, size: Size) -> list[Picture]:
    height, width = size
    image = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    rows, columns = between(rng, 8, 16), between(rng, 4, 8)
    for row in range(rows):
        for column in range(columns):
            box = (column * width // columns, row * height // rows)
            draw.rectangle((*box, box[0] + width // columns, box[1] + height // rows), outline=(190, 190, 190))
            text = str(between(rng, 1, 9999)) if row and column else sentence(rng, 1)
            draw.text((box[0] + 4, box[1] + 4), text, fill=(20, 20, 20), font=ImageFont.load_default(height // 30))
    return [np.asarray(image)] * between(rng, 25, 60)


def _viewer(rng: np.random.Generator, footage: Footage, size: Size) -> list[Picture]:
    """A film that plays in the window of a program, or a picture that stands there."""
    height, width = size
    under = np.full((height, width, 3), 60 if rng.integers(2) else 235, dtype=np.uint8)
    num, inner = between(rng, 25, 60), (height * 7 // 10, width * 7 // 10)
    shown = footage.shot(rng, num, inner) if rng.integers(2) else footage.shot(rng, 1, inner) * num
    return [placed(under, frame, height // 10, width // 8) for frame in shown]


def _dialog(rng: np.random.Generator, size: Size) -> Picture:
    image = Image.new("RGB", (size[1], size[0]), (225, 225, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[1], size[0] // 6), fill=tuple(int(c) for c in rng.integers(30, 200, 3)))
    draw.text((8, size[0] // 3), sentence(rng, 3), fill=(20, 20, 20), font=ImageFont.load_default(size[0] // 8))
    return np.asarray(image)


def _put_speaker(rng: np.random.Generator, footage: Footage, trial: Trial) -> None:
    """In a corner, or in a column beside the page, which is made narrower."""
    height, width = trial.frames[0].shape[:2]
    beside = bool(rng.integers(2))
    inner = (height * 2 // 5, width // 4) if beside else (height // 4, width // 5)
    speaker = footage.shot(rng, len(trial.frames), inner)
    top = between(rng, 0, height - inner[0]) if beside else (0, height - inner[0])[between(rng, 0, 1)]
    pages: dict[int, Picture] = {}
    for i, frame in enumerate(trial.frames):
        under = frame
        if beside:
            if id(frame) not in pages:
                page = fill(frame, (height * 3 // 4, width * 3 // 4))
                pages[id(frame)] = placed(np.full_like(frame, 24), page, height // 8, 0)
            under = pages[id(frame)]
        trial.frames[i] = placed(under, speaker[i], top, width - inner[1])


def _put_pointer(rng: np.random.Generator, trial: Trial) -> None:
    """Moves for a while, rests for a while."""
    height, width = trial.frames[0].shape[:2]
    place, goal = rng.uniform(0.1, 0.9, 2), rng.uniform(0.1, 0.9, 2)
    side = max(6, height // 40)
    for i, frame in enumerate(trial.frames):
        if rng.integers(25) == 0:
            goal = rng.uniform(0.1, 0.9, 2)
        place = place + np.clip(goal - place, -0.02, 0.02)
        top, left = int(place[0] * height), int(place[1] * width)
        shown = frame.copy()
        shown[top : top + side, left : left + side // 2] = 0
        shown[top + 1 : top + side - 1, left + 1 : left + side // 2 - 1] = 255
        trial.frames[i] = shown
