"""Pictures: the same at any size, and moving, changing and lit as the plan says."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from sv6d.studio.clips import render_clip, sample_plan
from sv6d.studio.overlays import place
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import MOVEMENTS
from sv6d.studio.render import render_frame

NS_PER_S = 1_000_000_000
# The speed in the middle of a shot over its mean: the camera starts and ends softly (1.35), and is
# seen over three tenths of a second.
MIDDLE_SPEED = 1.33


def middle_ns(plan: ClipPlan, index: int) -> int:
    first, end = plan.pure_frames(index)
    return plan.frame_time_ns((first + end) // 2)


def luma(plan: ClipPlan, time_ns: int, scale: float) -> Image.Image:
    pixels = render_frame(plan, time_ns, round(plan.width * scale), round(plan.height * scale))
    return Image.fromarray(pixels).convert("L")


def undo(picture: Image.Image, movement: str, way: float) -> Image.Image:
    """The picture as it was before the camera made its way (frame sizes, or logarithm of scale)."""
    width, height = picture.size
    right = {"pan_left": way, "pan_right": -way}.get(movement, 0.0) * width
    down = {"tilt_up": way, "tilt_down": -way}.get(movement, 0.0) * height
    grown = math.exp({"zoom_in": way, "zoom_out": -way}.get(movement, 0.0))
    matrix = (grown, 0.0, right + width / 2 * (1 - grown), 0.0, grown, down + height / 2 * (1 - grown))
    return picture.transform(picture.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def test_camera_moves_as_labelled(plans: list[ClipPlan]) -> None:
    """Of all movements, undoing the labelled one at its speed brings the picture back best."""
    seen = set()
    for plan in plans[:16]:
        for index, shot in enumerate(plan.shots):
            begin_ns, end_ns = (middle_ns(plan, index) + sign * NS_PER_S * 3 // 20 for sign in (-1, 1))
            before, after = luma(plan, begin_ns, 0.25), luma(plan, end_ns, 0.25)
            way = MIDDLE_SPEED * (shot.camera.speed or 0.2) * 0.3
            inner = np.s_[before.height // 5 : -before.height // 5, before.width // 5 : -before.width // 5]
            misfits = {
                # Cut off at 12 levels: overlays and subjects have a motion of their own.
                movement: np.minimum(np.abs(np.subtract(before, undo(after, movement, way), dtype=float)), 12)[
                    inner
                ].mean()
                for movement in MOVEMENTS
            }
            assert min(misfits, key=lambda movement: misfits[movement]) == shot.camera.movement, (plan.seed, index)
            seen.add(shot.camera.movement)
    assert seen == set(MOVEMENTS)


def test_small_pictures_show_the_same_as_large_ones(plans: list[ClipPlan]) -> None:
    for plan in plans[:10]:
        for index in range(len(plan.shots)):
            large = render_frame(plan, middle_ns(plan, index), round(plan.width), round(plan.height))
            wanted = Image.fromarray(large).reduce(10)
            found = render_frame(plan, middle_ns(plan, index), wanted.width, wanted.height)
            error = np.subtract(found, wanted, dtype=float)
            # Measured on the default corpus: 24.0 to 35.5 dB. A shot's first frame against its middle one,
            # where the camera moves: 9 to 23.5, median 15. Another shot: at most 17.
            assert 10 * math.log10(255**2 / np.mean(error**2)) > 22, (plan.seed, index)
            # Measured: at most 6.1 levels, since light is graded before small pictures lose their detail.
            assert np.abs(error.mean(axis=(0, 1))).max() < 8


def test_light_and_colour_keep_their_distance(plans: list[ClipPlan]) -> None:
    lumas: dict[str, list[float]] = {}
    leans: dict[str, list[float]] = {}
    for plan in plans[:48]:
        for index, shot in enumerate(plan.shots):
            first, end = (plan.frame_time_ns(frame) for frame in plan.pure_frames(index))
            times = [first + (end - first) * part // 4 for part in range(4)]
            size = (round(plan.width / 10), round(plan.height / 10))
            means = np.mean([render_frame(plan, time_ns, *size).mean(axis=(0, 1)) for time_ns in times], axis=0) / 255
            lumas.setdefault(shot.look.lighting_key, []).append(float(means @ [0.299, 0.587, 0.114]))
            leans.setdefault(shot.look.colour_tone, []).append(float(means[0] - means[2]))
    assert max(lumas["low_key"]) + 0.1 < min(lumas["mid_key"])
    assert max(lumas["mid_key"]) + 0.1 < min(lumas["high_key"])
    assert max(leans["cool"]) < -0.055 < min(leans["neutral"])
    assert max(leans["neutral"]) < 0.055 < min(leans["warm"])


def test_overlays_stand_where_they_are_placed(plans: list[ClipPlan]) -> None:
    """Without an overlay the picture is another one inside its place, and almost the same outside."""
    kinds = set()
    for plan in plans[:12]:
        shot = plan.shots[0]
        time_ns = plan.frame_time_ns(plan.pure_frames(0)[1] - 1)
        size = (round(plan.width), round(plan.height))
        for overlay in shot.overlays:
            others = tuple(item for item in shot.overlays if item != overlay)
            without = replace(plan, shots=(replace(shot, overlays=others), *plan.shots[1:]))
            pair = (render_frame(plan, time_ns, *size), render_frame(without, time_ns, *size))
            # The grade makes up for the overlay's own light, so all pixels change a little.
            changed = np.abs(np.subtract(*pair, dtype=float)).max(axis=2) > 40
            box = place(overlay, plan.width, plan.height)
            inside = np.zeros_like(changed)
            inside[round(box.top) : round(box.bottom), round(box.left) : round(box.right)] = True
            assert changed[inside].mean() > 0.1
            assert changed[~inside].mean() < 0.25 * changed[inside].mean()
            kinds.add(overlay.kind)
    assert kinds == {"hook_line", "caption", "price_tag", "call_to_action_text"}


def test_overlays_do_not_cover_each_other(plans: list[ClipPlan]) -> None:
    for plan in plans:
        for shot in plan.shots:
            boxes = [place(overlay, plan.width, plan.height) for overlay in shot.overlays]
            for a, b in combinations(boxes, 2):
                assert a.bottom <= b.top or b.bottom <= a.top or a.right <= b.left or b.right <= a.left
            assert all(box.left >= 0 and box.right <= plan.width and box.bottom <= plan.height for box in boxes)


def boundaries(plans: list[ClipPlan], kind: str) -> list[tuple[ClipPlan, int]]:
    found = [
        (plan, index)
        for plan in plans
        for index, shot in enumerate(plan.shots)
        if shot.transition is not None and shot.transition.kind == kind
    ]
    assert len(found) >= 5
    return found[:5]


def difference(plan: ClipPlan, first: int, second: int) -> float:
    """Mean absolute difference of two frames, in levels."""
    pictures = [render_frame(plan, plan.frame_time_ns(frame), 72, 72).astype(float) for frame in (first, second)]
    return float(np.abs(pictures[0] - pictures[1]).mean())


def test_hard_cuts_are_between_two_frames(plans: list[ClipPlan]) -> None:
    for plan, index in boundaries(plans, "hard_cut"):
        cut = plan.shots[index].first_frame
        across = difference(plan, cut - 1, cut)
        assert across > 15
        assert across > 3 * max(difference(plan, cut - 2, cut - 1), difference(plan, cut, cut + 1))


@pytest.mark.parametrize("kind", ["dissolve", "fade"])
def test_gradual_boundaries_take_the_frames_that_they_say(plans: list[ClipPlan], kind: str) -> None:
    for plan, index in boundaries(plans, kind):
        shot = plan.shots[index]
        first, pure = shot.mixed_frames
        assert shot.first_frame == (first + pure) // 2
        # A still camera and no subject would be better; the mixture outweighs both.
        assert difference(plan, first - 1, pure) > 3 * difference(plan, first - 2, first - 1)
        steps = [difference(plan, frame - 1, frame) for frame in range(first, pure + 1)]
        assert max(steps) < 0.5 * sum(steps), "no single step is a cut"
        if kind == "fade":
            assert shot.transition is not None
            flat = {"black": 0, "white": 255}[shot.transition.colour]
            spread = [
                np.abs(render_frame(plan, plan.frame_time_ns(f), 36, 36).astype(float) - flat).mean()
                for f in range(first, pure)
            ]
            assert min(spread) < 20
            assert spread.index(min(spread)) == pytest.approx(len(spread) / 2, abs=1.5)


def test_clips_are_letterboxed_with_the_times_of_frames(plans: list[ClipPlan]) -> None:
    plan = next(plan for plan in plans if plan.orientation == "vertical")
    clip = sample_plan(plan, start_ns=0, end_ns=plan.duration_ns, num_frames=8, height_px=64, width_px=64)
    assert clip.pixels_THWC.shape == (8, 64, 64, 3)
    assert not clip.pixels_THWC[:, :, :14].any()
    assert not clip.pixels_THWC[:, :, 50:].any()
    for row, (time, time_ns) in enumerate(zip(clip.frame_times, clip.times_ns, strict=True)):
        assert time_ns == plan.frame_times_ns[time.pts]
        assert np.array_equal(clip.pixels_THWC[row, :, 14:50], render_frame(plan, time_ns, 36, 64))
    again = render_clip(plan, clip.times_ns, 64, 64)
    assert np.array_equal(again.pixels_THWC, clip.pixels_THWC)
    assert again.frame_times == clip.frame_times
