"""A plan as the model sees a video: sampled frames in a square, with their times."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from sv6d.studio.plan import ClipPlan
from sv6d.studio.render import render_frame
from sv6d.timeline import FrameTime
from sv6d.video.frames import Clip, choose_times


def render_clip(plan: ClipPlan, times_ns: Sequence[int], height_px: int, width_px: int) -> Clip:
    """The frames nearest to `times_ns`, each once, scaled to fit and centred on black.

    The same places and times as `sv6d.video.frames.sample_clip` on the encoded clip; the pixels
    differ by what encoding loses. Time base: one frame, so pts are frame indexes.
    """
    frame_times = plan.frame_times_ns
    indexes = sorted({_nearest(frame_times, time_ns) for time_ns in times_ns})
    scale = min(height_px / plan.height, width_px / plan.width)
    inner_height, inner_width = max(1, round(plan.height * scale)), max(1, round(plan.width * scale))
    top, left = (height_px - inner_height) // 2, (width_px - inner_width) // 2
    pixels = np.zeros((len(indexes), height_px, width_px, 3), np.uint8)
    for row, index in enumerate(indexes):
        inner = pixels[row, top : top + inner_height, left : left + inner_width]
        inner[:] = render_frame(plan, frame_times[index], inner_width, inner_height)
    return Clip(pixels, tuple(FrameTime(index, plan.fps_den, plan.fps_num) for index in indexes), 0)


def sample_plan(plan: ClipPlan, *, start_ns: int, end_ns: int, num_frames: int, height_px: int, width_px: int) -> Clip:
    """What `sample_clip` would return for the encoded clip and the same window, without encoding it."""
    times_ns = plan.frame_times_ns
    chosen = choose_times(times_ns, start_ns, end_ns, num_frames)
    return render_clip(plan, [times_ns[i] for i in chosen], height_px, width_px)


def _nearest(times_ns: Sequence[int], time_ns: int) -> int:
    after = bisect_left(times_ns, time_ns)
    return min((i for i in (after - 1, after) if 0 <= i < len(times_ns)), key=lambda i: (abs(times_ns[i] - time_ns), i))
