"""Who paints which kind of picture."""

from __future__ import annotations

from PIL import Image

from sv6d.studio.joints import COLOURS
from sv6d.studio.reel import Card, Page, Picture, Screen, Talk
from sv6d.studio.screens import ScreenPainter
from sv6d.studio.slides import PagePainter
from sv6d.studio.talker import TalkPainter
from sv6d.studio.world import Sight, WorldPainter


class CardPainter:
    """Paints one flat colour."""

    def __init__(self, card: Card, sight: Sight) -> None:
        self._picture = Image.new("RGB", sight.size_px, COLOURS[card.colour])

    def paint(self, frame: float) -> Image.Image:
        """The same at any frame, RGB."""
        return self._picture.copy()


Painter = WorldPainter | TalkPainter | ScreenPainter | PagePainter | CardPainter


def painter_of(picture: Picture, sight: Sight, first: int, end: int) -> Painter:
    """The painter of a picture at one size, for frames [first, end)."""
    if isinstance(picture, Talk):
        return TalkPainter(picture, sight)
    if isinstance(picture, Screen):
        return ScreenPainter(picture, sight)
    if isinstance(picture, Page):
        return PagePainter(picture, sight)
    if isinstance(picture, Card):
        return CardPainter(picture, sight)
    return WorldPainter(picture, sight, first, end)
