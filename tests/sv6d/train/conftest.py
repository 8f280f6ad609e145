"""A few clips of the studio, and an untrained model small enough to train on them in seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from sv6d.model.tiny import build_model, build_processor, build_tokenizer
from sv6d.schema.phrases import write_phrase
from sv6d.studio.clips import sample_plan
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from sv6d.studio.truth import shot_values
from sv6d.train.rows import Row
from sv6d.video.frames import Clip

torch.set_num_threads(1)
NUM_ROWS = 8


@pytest.fixture(scope="session")
def lesson() -> tuple[list[Row], dict[str, Clip]]:
    """First shots of studio clips with the line of their labels."""
    rows, clips = [], {}
    for index in range(NUM_ROWS):
        seed = pretraining_seed(index)
        plan = pretraining_plan(seed)
        end_ns = plan.frame_times_ns[plan.shots[0].num_frames - 1]
        row = Row(f"row{index}", None, seed, 0, end_ns, "Label this shot.", write_phrase(shot_values(plan, 0)))
        rows.append(row)
        clips[row.row_id] = sample_plan(plan, start_ns=0, end_ns=end_ns, num_frames=4, height_px=64, width_px=64)
    return rows, clips


@pytest.fixture(scope="session")
def build(lesson: tuple[list[Row], dict[str, Clip]]) -> Callable[[], tuple[Any, Any]]:
    """Makes (model, processor); equal weights each time."""
    tokenizer = build_tokenizer([f"{row.prompt} {row.response}" for row in lesson[0]], vocab_size=400)
    return lambda: (build_model(tokenizer, seed=0), build_processor(tokenizer))
