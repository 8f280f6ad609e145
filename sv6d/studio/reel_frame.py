"""`ReelPainter`: the pictures of a reel at one size, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from PIL import Image, ImageFilter

from sv6d.studio.backdrops import Stage, draw_backdrop
from sv6d.studio.division import Raster, divided
from sv6d.studio.joints import mix
from sv6d.studio.overlays import Box
from sv6d.studio.pictures import Painter, painter_of
from sv6d.studio.reel import Effect, Panels, Picture, Reel
from sv6d.studio.signs import paste_sign
from sv6d.studio.sprites import SMOOTH
from sv6d.studio.world import Sight


class ReelPainter:
    """Paints frames of one reel; what is drawn once is kept for as long as it is likely to be seen again."""

    def __init__(self, reel: Reel, width_px: int, height_px: int) -> None:
        self._reel, self._size = reel, (width_px, height_px)
        width, height = reel.size
        self._raster = Raster(width_px / width, height_px / height)
        self._surround = _surround(reel, width_px, height_px)
        self._painter: Callable[[Picture, Box, int, int], Painter] = lru_cache(maxsize=6)(self._new_painter)

    def paint(self, index: int) -> Image.Image:
        """Frame `index` of the file, RGB."""
        time = self._reel.time
        grid, frame = time.grid[index], time.ticks[index] / time.ticks_per_frame
        window = self._reel.window
        picture = self._montage(grid, frame, window)
        for panels in self._reel.panels:
            if panels.first <= grid < panels.end:
                picture = self._divided(picture, panels, frame, window)
        if self._surround is not None:
            whole = self._surround.copy()
            whole.paste(picture, self._raster.px(window)[:2])
            picture = whole
        for effect in self._reel.effects:
            if effect.first <= grid < effect.end:
                picture = _lit(picture, effect, grid)
        for sign in self._reel.signs:
            if sign.first <= grid < sign.end:
                paste_sign(picture, sign, grid, self._reel.size, self._raster.scale_x, self._raster.scale_y)
        return picture

    def _montage(self, grid: int, frame: float, window: Box) -> Image.Image:
        """The shots, with their changes."""
        shots = self._reel.shots
        for number in range(len(shots) - 1, -1, -1):
            first, pure = shots[number].mixed
            joint = shots[number].joint
            if grid >= pure:
                return self._alone(number, frame, window)
            if grid >= first and joint is not None:
                old, new = self._alone(number - 1, frame, window), self._alone(number, frame, window)
                return mix(old, new, joint, grid - first)
        raise AssertionError("the first shot begins with the clip")

    def _alone(self, number: int, frame: float, box: Box) -> Image.Image:
        shots = self._reel.shots
        first = shots[number].mixed[0]
        end = shots[number + 1].mixed[1] if number + 1 < len(shots) else shots[number].end
        return self._painter(shots[number].picture, box, first, end).paint(frame)

    def _divided(self, picture: Image.Image, panels: Panels, frame: float, window: Box) -> Image.Image:
        """The picture cut to its own panel, and the others beside it or on it."""
        others = [
            (box, self._painter(other, box, panels.first, panels.end).paint(frame)) for box, other in panels.others
        ]
        return divided(picture, panels.kind, panels.main, others, self._raster, window)

    def _new_painter(self, picture: Picture, box: Box, first: int, end: int) -> Painter:
        left, top, right, bottom = self._raster.px(box)
        width, height = box.right - box.left, box.bottom - box.top
        sight = Sight(width, height, (right - left) / width, (bottom - top) / height, self._reel.time.fps)
        return painter_of(picture, sight, first, end)


def _surround(reel: Reel, width_px: int, height_px: int) -> Image.Image | None:
    """The still picture about the window."""
    if reel.surround is None:
        return None
    width, height = reel.size
    if reel.surround.style == "black":
        return Image.new("RGB", (width_px, height_px))
    kind = "poster" if reel.surround.style == "card" else "hills"
    stage = Stage(width / 2.0, height / 2.0, 0.3 * height, (), reel.surround.seed)
    drawn = draw_backdrop(kind, stage, max(width_px / width, height_px / height), 2)
    x, y = (drawn.width - width_px) // 2, (drawn.height - height_px) // 2
    return drawn.crop((x, y, x + width_px, y + height_px)).filter(ImageFilter.BoxBlur(0.004 * width_px))


def _lit(picture: Image.Image, effect: Effect, grid: int) -> Image.Image:
    """The picture under an effect's light."""
    share = (grid - effect.first + 1.0) / (effect.end - effect.first + 1.0)
    if effect.kind == "fade_in_at_start":
        return Image.blend(Image.new("RGB", picture.size), picture, (grid - effect.first) / (effect.end - effect.first))
    if effect.kind == "fade_out_at_end":
        return Image.blend(picture, Image.new("RGB", picture.size), share)
    # A flash is at its brightest at once; a pulse swells and goes.
    lit = effect.strength * (1.0 - share + 1.0 / (effect.end - effect.first + 1.0))
    if effect.kind == "pulse":
        lit = effect.strength * (1.0 - abs(2.0 * share - 1.0))
    white = Image.new("RGB", picture.size, (255, 252, 244))
    return Image.composite(
        white, picture, _slope(effect.slope, picture.size).point([round(lit * v) for v in range(256)])
    )


@lru_cache(maxsize=8)
def _slope(slope: float, size: tuple[int, int]) -> Image.Image:
    """How much of the light falls on each pixel: all at one side, 1 - |slope| at the other (right if it is above 0)."""
    ramp = Image.linear_gradient("L").rotate(90.0)
    table = partial(_at_slope, slope)
    return ramp.point([table(level) for level in range(256)]).resize(size, SMOOTH)


def _at_slope(slope: float, level: int) -> int:
    share = level / 255.0 if slope > 0.0 else 1.0 - level / 255.0
    return round(255.0 * (1.0 - abs(slope) * share))
