"""A studio clip, and an untrained model folder as every model artifact has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from sv6d.io import write_json
from sv6d.model.answer import Request
from sv6d.model.tiny import build_model, build_processor, build_tokenizer
from sv6d.studio.clips import sample_plan
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed

torch.set_num_threads(1)
SIZE = {"num_frames": 4, "height_px": 64, "width_px": 64}
SAMPLING = {**SIZE, "reader": "pyav"}


@pytest.fixture(scope="session")
def requests_made() -> list[Request]:
    """The first second of three clips, with prompts of unequal length."""
    made = []
    for index, prompt in enumerate(("What?", "Label this shot.", "List all of the cuts, please.")):
        plan = pretraining_plan(pretraining_seed(index))
        made.append(Request(sample_plan(plan, start_ns=0, end_ns=1_000_000_000, **SIZE), prompt))
    return made


@pytest.fixture(scope="session")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`model/` and `card.json` of a tiny model with weights that were only drawn."""
    folder = Path(tmp_path_factory.mktemp("artifact"))
    tokenizer = build_tokenizer(["Label this shot. <1.2 seconds> camera_movement pan_left"], vocab_size=300)
    model: Any = build_model(tokenizer, seed=7)
    model.save_pretrained(folder / "model")
    build_processor(tokenizer).save_pretrained(folder / "model")
    write_json(folder / "card.json", {"sampling": SAMPLING})
    return folder
