"""The plans that pretraining and replay draw from: the studio's clips, with seeds of no corpus."""

from __future__ import annotations

from sv6d.studio.config import StudioConfig
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import plan_clip

# Lengths and sizes of short videos as platforms show them. Fixed here and not in params.yaml: the
# shipped base model was pretrained on exactly these, and replay must be of the same kind.
PRETRAINING = StudioConfig(
    seed=0,
    num_clips=1,
    min_duration_s=4.0,
    max_duration_s=9.0,
    short_side_px=360,
    long_side_px=640,
    # Frames are drawn and never encoded, so these three stand for nothing here.
    crf=22,
    sound_rate_hz=44100,
    sound_bits_per_s=64000,
)


def pretraining_plan(seed: int) -> ClipPlan:
    """The plan of a pretraining clip; `seed` is from `sv6d.studio.seeds.pretraining_seed`."""
    return plan_clip(seed, PRETRAINING)
