"""Pictures of a plan, at any size and any time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from sv6d.studio.backdrops import Stage, draw_backdrop
from sv6d.studio.camera import View, path_of
from sv6d.studio.grade import Grade, Tally, solve_grade
from sv6d.studio.layout import Spot, ground, row_offsets, spots
from sv6d.studio.overlays import draw_overlay
from sv6d.studio.plan import ClipPlan
from sv6d.studio.sprites import SMOOTH, paste_sprite
from sv6d.studio.subjects import draw_subject
from sv6d.timeline import NS_PER_S

Box = tuple[float, float, float, float]
# (time in ns, width, height in pixels) to the picture, uint8 (height, width, 3), RGB.
Paint = Callable[[int, int, int], npt.NDArray[np.uint8]]

# The size at which a shot's grade is solved, whatever the size it is shown at.
_REFERENCE_SCALE = 0.1
_GRADED_FRAMES = 3  # ours: both ends and the middle of the camera's way
_IS_FREE = [255] * 128 + [0] * 128  # a pixel that overlays cover by less than half
# Texels per frame pixel. Small pictures: 2, averaged at every frame, so that movement below a pixel
# shows. Large ones: 1, and smooth edges by drawing twice as large (measured: 0.014 s more a shot).
_SMALL_SCALE, _SMALL_TEXELS, _LARGE_TEXELS, _LARGE_OVERSAMPLING = 0.4, 2.0, 1.0, 2
_OVERLAY_RAMP_NS = NS_PER_S // 6  # ours: overlays but the hook line ease in, as editors do
# A toned picture is muted first: a curve can not make blue where there is none. Rows give R, G and B
# as 0.6 of themselves and 0.4 of the luma (ours).
_MUTED = (0.72, 0.235, 0.045, 0.0, 0.12, 0.835, 0.045, 0.0, 0.12, 0.235, 0.645, 0.0)
# The subject is lit apart from the scene, so that it stands out from the dark and from the bright:
# exponents of its levels before grading (ours).
_LIFTS = {
    key: [round(255.0 * (level / 255.0) ** power) for level in range(256)] * 3 + list(range(256))
    for key, power in (("low_key", 0.5), ("mid_key", 1.0), ("high_key", 2.0))
}
_FADE_COLOURS = {"black": (0, 0, 0), "white": (255, 255, 255)}


def render_frame(plan: ClipPlan, time_ns: int, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """The picture at `time_ns`: uint8 (height_px, width_px, 3), RGB, the whole frame without bars.

    Any size; each pixel shows the area that it covers. Times after the end show the last frame.
    """
    return np.asarray(_picture(plan, time_ns, width_px, height_px))


def shot_picture(plan: ClipPlan, index: int, time_ns: int, width_px: int, height_px: int) -> Image.Image:
    """Shot `index` alone at a time, RGB, whatever is seen of its neighbours then."""
    return _painter(plan, index, width_px, height_px).paint(time_ns)


class ShotPainter:
    """Paints one shot at one size; textures are drawn once, a frame is a resized cut of them."""

    def __init__(self, plan: ClipPlan, index: int, width_px: int, height_px: int, grade: Grade | None) -> None:
        self._plan, self._shot, self._size = plan, plan.shots[index], (width_px, height_px)
        self._path = path_of(plan, index)
        self._scale_x, self._scale_y = width_px / plan.width, height_px / plan.height
        scale = max(self._scale_x, self._scale_y)
        small = scale < _SMALL_SCALE
        self._texels = scale * (_SMALL_TEXELS if small else _LARGE_TEXELS)
        self._stage, scene, sprite = _art(plan, index, self._texels, 1 if small else _LARGE_OVERSAMPLING)
        graded = scene if grade is None else scene.point(grade.table)
        # Premultiplied, as it has to be to be resized.
        self._sprite = (sprite if grade is None else sprite.point(grade.with_alpha)).convert("RGBa")
        self._overlays_from_ns = plan.frame_time_ns(plan.pure_frames(index)[0])
        self._with_overlays = grade is not None
        # Texture sizes are whole texels, so their true scale differs a little by axis.
        self._texels_x, self._texels_y = scene.width / self._stage.width, scene.height / self._stage.height
        ends = (self._path.view(self._path.start_ns), self._path.view(self._path.end_ns))
        self._scenery = _Scenery(graded, self._size, self._box(ends[0]), self._box(ends[1]))

    def paint(self, time_ns: int) -> Image.Image:
        """The shot alone at a time, RGB."""
        view = self._path.view(time_ns)
        frame = self._scenery.cut(self._box(view))
        left = view.x - self._plan.width / 2.0 / view.scale
        top = view.y - self._plan.height / 2.0 / view.scale
        for spot in spots(self._shot.subject, self._path, time_ns):
            self._paste_subject(frame, spot, left, top, view.scale)
        if self._with_overlays:
            self._paste_overlays(frame, time_ns)
        return frame

    def _box(self, view: View) -> Box:
        """The part of the backdrop in view, in its texels."""
        half_width, half_height = self._plan.width / 2.0 / view.scale, self._plan.height / 2.0 / view.scale
        return (
            (view.x - half_width - self._stage.left) * self._texels_x,
            (view.y - half_height - self._stage.top) * self._texels_y,
            (view.x + half_width - self._stage.left) * self._texels_x,
            (view.y + half_height - self._stage.top) * self._texels_y,
        )

    def _paste_subject(self, frame: Image.Image, spot: Spot, left: float, top: float, zoom: float) -> None:
        width, height = spot.size * zoom * self._scale_x, spot.size * zoom * self._scale_y
        x = (spot.x - spot.size / 2.0 - left) * zoom * self._scale_x
        y = (spot.y - spot.size / 2.0 - top) * zoom * self._scale_y
        paste_sprite(frame, self._sprite, x, y, width, height)

    def _paste_overlays(self, frame: Image.Image, time_ns: int) -> None:
        for overlay in self._shot.overlays:
            placed = draw_overlay(overlay, self._plan.width, self._plan.height, self._scale_x, self._scale_y)
            mask = placed.picture.getchannel("A")
            if overlay.kind != "hook_line":
                share = min(1.0, max(0.0, (time_ns - self._overlays_from_ns) / _OVERLAY_RAMP_NS))
                if share < 1.0:
                    mask = mask.point([round(share * level) for level in range(256)])
            frame.paste(placed.picture, (placed.x, placed.y), mask)


class _Scenery:
    """Cuts the view out of a backdrop. An axis along which the camera does not move is scaled once."""

    def __init__(self, scene: Image.Image, size: tuple[int, int], first: Box, last: Box) -> None:
        self._size = size
        self._fixed_x, self._fixed_y = first[::2] == last[::2], first[1::2] == last[1::2]
        if self._fixed_x:
            scene = scene.resize((size[0], scene.height), SMOOTH, (first[0], 0.0, first[2], scene.height))
        if self._fixed_y:
            scene = scene.resize((scene.width, size[1]), SMOOTH, (0.0, first[1], scene.width, first[3]))
        self._scene = scene

    def cut(self, box: Box) -> Image.Image:
        """The view, as a picture of its own."""
        left, right = (0.0, self._size[0]) if self._fixed_x else box[::2]
        top, bottom = (0.0, self._size[1]) if self._fixed_y else box[1::2]
        return self._scene.resize(self._size, SMOOTH, (left, top, right, bottom))


def _picture(plan: ClipPlan, time_ns: int, width_px: int, height_px: int) -> Image.Image:
    index, share = shots_at(plan, time_ns)
    new = _painter(plan, index, width_px, height_px)
    if share >= 1.0:
        return new.paint(time_ns)
    transition = plan.shots[index].transition
    assert transition is not None  # only transitions mix
    if transition.kind == "dissolve":
        old = _painter(plan, index - 1, width_px, height_px)
        return Image.blend(old.paint(time_ns), new.paint(time_ns), share)
    flat = Image.new("RGB", (width_px, height_px), _FADE_COLOURS[transition.colour])
    if transition.side == "before":
        return Image.blend(_painter(plan, index - 1, width_px, height_px).paint(time_ns), flat, share)
    if transition.side == "after":
        return Image.blend(flat, new.paint(time_ns), share)
    if share < 0.5:
        return Image.blend(_painter(plan, index - 1, width_px, height_px).paint(time_ns), flat, 2.0 * share)
    return Image.blend(flat, new.paint(time_ns), 2.0 * share - 1.0)


def shots_at(plan: ClipPlan, time_ns: int) -> tuple[int, float]:
    """The newest shot that is seen at a time, and its share of the mixture in [0, 1] (1: alone)."""
    for index in range(len(plan.shots) - 1, 0, -1):
        first, pure = plan.shots[index].mixed_frames
        if time_ns >= plan.frame_time_ns(pure):
            return index, 1.0
        before_ns = plan.frame_time_ns(first - 1)
        if pure > first and time_ns > before_ns:
            return index, (time_ns - before_ns) / (plan.frame_time_ns(pure) - before_ns)
    return 0, 1.0


@lru_cache(maxsize=12)
def _painter(plan: ClipPlan, index: int, width_px: int, height_px: int) -> ShotPainter:
    return ShotPainter(plan, index, width_px, height_px, _grade(plan, index))


@lru_cache(maxsize=64)
def _grade(plan: ClipPlan, index: int) -> Grade:
    """The shot's grade, from frames at the reference size before grading."""
    width_px, height_px = round(plan.width * _REFERENCE_SCALE), round(plan.height * _REFERENCE_SCALE)
    raw = ShotPainter(plan, index, width_px, height_px, None)
    first, end = plan.visible_frames(index)
    fixed, covered = _cover(plan, index, width_px, height_px)
    free = covered.point(_IS_FREE)
    counts = np.zeros(3 * 256)
    for part in range(_GRADED_FRAMES):
        frame = first + (end - first) * (2 * part + 1) // (2 * _GRADED_FRAMES)
        counts += raw.paint(plan.frame_time_ns(frame)).histogram(free)
    share = counts.reshape(3, 256) / (_GRADED_FRAMES * width_px * height_px)
    return solve_grade(Tally(share, fixed), plan.shots[index].look)


def _cover(plan: ClipPlan, index: int, width_px: int, height_px: int) -> tuple[npt.NDArray[np.float64], Image.Image]:
    """What the overlays add to the means of R, G and B, and how far they cover each pixel (L)."""
    cover = Image.new("RGB", (width_px, height_px))
    covered = Image.new("L", (width_px, height_px))
    for overlay in plan.shots[index].overlays:
        placed = draw_overlay(overlay, plan.width, plan.height, width_px / plan.width, height_px / plan.height)
        alpha = placed.picture.getchannel("A")
        cover.paste(placed.picture, (placed.x, placed.y), alpha)
        covered.paste(255, (placed.x, placed.y), alpha)
    return np.asarray(cover).mean(axis=(0, 1), dtype=np.float64) / 255.0, covered


@lru_cache(maxsize=8)
def _art(plan: ClipPlan, index: int, texels: float, oversampling: int) -> tuple[Stage, Image.Image, Image.Image]:
    """The stage, its backdrop and the subject, drawn but not graded."""
    shot, path = plan.shots[index], path_of(plan, index)
    half_width, half_height = path.extent()
    base = ground(shot.subject)
    ledges = tuple(base + dy for _, dy in row_offsets(shot.subject, path) if dy)
    stage = Stage(half_width, half_height, base, ledges, shot.seed)
    scene = draw_backdrop(shot.backdrop, stage, texels, oversampling)
    if shot.look.colour_tone != "neutral":
        scene = scene.convert("RGB", _MUTED)
    subject = draw_subject(shot.subject, texels, oversampling).point(_LIFTS[shot.look.lighting_key])
    return stage, scene, subject
