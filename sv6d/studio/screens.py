"""A recorded screen: a window with a page that scrolls, menus and dialogs that open, a pointer, typing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from sv6d.studio.lettering import Letterer, text_box
from sv6d.studio.overlays import Box
from sv6d.studio.pen import Colour, hsv
from sv6d.studio.reel import Popup, Screen
from sv6d.studio.seeds import generator
from sv6d.studio.world import Sight

BAR_HEIGHT = 34.0  # the window's title bar, reference pixels
_SIDE_SHARE = 0.16  # of the width: the list at the left
_TITLE_SIZE, _LINE_SIZE, _MENU_SIZE = 17.0, 16.0, 15.0
LINE_STEP, MENU_STEP = 30.0, 26.0
_TYPING_PER_S = 8.0  # letters; ours: about 95 words a minute


@dataclass(frozen=True, slots=True)
class _Colours:
    paper: Colour
    ink: Colour
    bar: Colour
    side: Colour
    accent: Colour


class ScreenPainter:
    """Paints a recorded screen at one size. The page is drawn once; a frame cuts what is in view."""

    def __init__(self, screen: Screen, sight: Sight) -> None:
        self._screen, self._sight = screen, sight
        hue = generator(screen.seed, 17).random()
        self._colours = (
            _Colours((30, 31, 36), (214, 216, 222), (52, 54, 62), (40, 41, 48), hsv(hue, 0.6, 0.8))
            if screen.dark
            else _Colours((252, 252, 252), (40, 40, 46), (222, 224, 230), (240, 241, 245), hsv(hue, 0.7, 0.7))
        )
        self._page, self._chrome = self._draw_page(), self._draw_chrome()

    def paint(self, frame: float) -> Image.Image:
        """The screen at a nominal frame, RGB."""
        scale_y = self._sight.scale_y
        picture = self._chrome.copy()
        top, shift = round(BAR_HEIGHT * scale_y), round(scrolled(self._screen, frame) * scale_y)
        left = round(_SIDE_SHARE * self._sight.width * self._sight.scale_x)
        width, height = picture.size
        picture.paste(self._page.crop((0, shift, width - left, shift + height - top)), (left, top))
        letterer = Letterer(picture, self._sight.scale_x, scale_y)
        typed = self._screen.typed
        if typed is not None and frame >= typed[1]:
            shown = typed[0][: 1 + int((frame - typed[1]) / self._sight.fps * _TYPING_PER_S)]
            letterer.write(shown, *_typed_at(self._sight), _LINE_SIZE, self._colours.ink)
        for popup in self._screen.popups:
            if popup.first <= frame < popup.end:
                self._popup(letterer, popup)
        self._pointer(letterer, frame)
        return picture

    def _draw_page(self) -> Image.Image:
        """The whole page, as high as it is scrolled."""
        screen, sight = self._screen, self._sight
        height = sight.height + sum(scroll.by for scroll in screen.scrolls)
        picture = Image.new("RGB", (sight.size_px[0], math.ceil(height * sight.scale_y)), self._colours.paper)
        letterer = Letterer(picture, sight.scale_x, sight.scale_y)
        rng = generator(screen.seed, 18)
        for index, line in enumerate(screen.lines):
            y = _line_y(index)
            letterer.write(line, 20.0, y, _LINE_SIZE, self._colours.ink)
            if rng.random() < 0.2:
                letterer.box(Box(6.0, y + 2.0, 12.0, y + 18.0), self._colours.accent)
        return picture

    def _draw_chrome(self) -> Image.Image:
        screen, sight = self._screen, self._sight
        picture = Image.new("RGB", sight.size_px, self._colours.side)
        letterer = Letterer(picture, sight.scale_x, sight.scale_y)
        letterer.box(Box(0.0, 0.0, sight.width, BAR_HEIGHT), self._colours.bar)
        for index, colour in enumerate(((236, 96, 88), (244, 190, 76), (98, 196, 84))):
            letterer.box(Box(12.0 + 20.0 * index, 11.0, 24.0 + 20.0 * index, 23.0), colour, radius=6.0)
        letterer.write(screen.title, sight.width / 2.0, BAR_HEIGHT / 2.0, _TITLE_SIZE, self._colours.ink, anchor="mm")
        rng = generator(screen.seed, 19)
        for index in range(int((sight.height - BAR_HEIGHT) / 28.0) - 1):
            y, long = BAR_HEIGHT + 16.0 + 28.0 * index, _SIDE_SHARE * sight.width * rng.uniform(0.4, 0.8)
            chosen = index == screen.seed % 5
            letterer.box(
                Box(10.0, y, 10.0 + long, y + 10.0), self._colours.accent if chosen else self._colours.bar, radius=4.0
            )
        return picture

    def _popup(self, letterer: Letterer, popup: Popup) -> None:
        letterer.box(popup.box, self._colours.ink, radius=6.0)
        inner = Box(popup.box.left + 1.5, popup.box.top + 1.5, popup.box.right - 1.5, popup.box.bottom - 1.5)
        letterer.box(inner, self._colours.side, radius=5.0)
        for text, x, y, _ in _popup_lines(popup):
            letterer.write(text, x, y, _MENU_SIZE, self._colours.ink)
        if popup.kind == "dialog":
            button = Box(
                popup.box.right - 84.0, popup.box.bottom - 36.0, popup.box.right - 14.0, popup.box.bottom - 10.0
            )
            letterer.box(button, self._colours.accent, radius=5.0)

    def _pointer(self, letterer: Letterer, frame: float) -> None:
        """It rests most of the time, and goes to where a popup is before it opens."""
        x, y = 0.7 * self._sight.width, 0.7 * self._sight.height
        for popup in self._screen.popups:
            share = min(1.0, max(0.0, (frame - popup.first + 15.0) / 12.0))
            x += (popup.box.right - 14.0 - x) * share
            y += (popup.box.bottom - 8.0 - y) * share
        tip = [(x, y), (x, y + 16.0), (x + 4.0, y + 12.0), (x + 11.0, y + 11.0)]
        letterer.shape(tip, (255, 255, 255), outline=(0, 0, 0))


def fits(line: str, width: float) -> bool:
    """Whether a line can be seen whole in a screen so many reference pixels wide."""
    return text_box(line, _SIDE_SHARE * width + 20.0, 0.0, _LINE_SIZE, "la").right < width


def scrolled(screen: Screen, frame: float) -> float:
    """How far the page has moved up, in reference pixels."""
    shares = ((min(1.0, max(0.0, (frame - each.first) / (each.end - each.first))), each.by) for each in screen.scrolls)
    return sum(share * share * (3.0 - 2.0 * share) * by for share, by in shares)


def screen_texts(screen: Screen, sight: Sight, first: int, end: int) -> Iterator[tuple[str, Box, int, int]]:
    """Each text with its box and the frames [first, end) in which all of it is seen; a line's box is the one at first.

    A line that leaves the page or is covered by a popup, and comes back, is told again.
    """
    yield screen.title, text_box(screen.title, sight.width / 2.0, BAR_HEIGHT / 2.0, _TITLE_SIZE, "mm"), first, end
    for popup in screen.popups:
        for text, _, _, box in _popup_lines(popup):
            yield text, box, popup.first, min(end, popup.end)
    if screen.typed is not None:
        text, begin = screen.typed
        done = begin + math.ceil(len(text) / _TYPING_PER_S * sight.fps)
        box = text_box(text, *_typed_at(sight), _LINE_SIZE, "la")
        for at, until in _runs([frame for frame in range(done, end) if not _is_covered(screen, box, frame)]):
            yield text, box, at, until
    for index, line in enumerate(screen.lines):
        boxes = {frame: _line_box(screen, sight, line, index, frame) for frame in range(first, end)}
        seen = [
            frame
            for frame, box in boxes.items()
            if box.top >= BAR_HEIGHT and box.bottom <= sight.height - LINE_STEP and not _is_covered(screen, box, frame)
        ]
        for at, until in _runs(seen):
            yield line, boxes[at], at, until


def _line_box(screen: Screen, sight: Sight, line: str, index: int, frame: int) -> Box:
    top = BAR_HEIGHT + _line_y(index) - scrolled(screen, frame)
    return text_box(line, _SIDE_SHARE * sight.width + 20.0, top, _LINE_SIZE, "la")


def _is_covered(screen: Screen, box: Box, frame: int) -> bool:
    """Whether a popup lies over a part of the box."""
    return any(
        popup.first <= frame < popup.end
        and popup.box.left < box.right
        and box.left < popup.box.right
        and popup.box.top < box.bottom
        and box.top < popup.box.bottom
        for popup in screen.popups
    )


def _runs(frames: list[int]) -> list[tuple[int, int]]:
    """[first, end) of each unbroken run of rising numbers."""
    starts = [frame for at, frame in enumerate(frames) if at == 0 or frames[at - 1] + 1 < frame]
    ends = [frame + 1 for at, frame in enumerate(frames) if at + 1 == len(frames) or frame + 1 < frames[at + 1]]
    return list(zip(starts, ends, strict=True))


def _line_y(index: int) -> float:
    return 14.0 + LINE_STEP * index


def _typed_at(sight: Sight) -> tuple[float, float]:
    return _SIDE_SHARE * sight.width + 20.0, sight.height - LINE_STEP


def _popup_lines(popup: Popup) -> list[tuple[str, float, float, Box]]:
    found = []
    for index, text in enumerate(popup.lines):
        x, y = popup.box.left + 14.0, popup.box.top + 10.0 + MENU_STEP * index
        found.append((text, x, y, text_box(text, x, y, _MENU_SIZE, "la")))
    return found
