"""`grpo_checkpoint`: the model after reinforcement learning on verified rewards."""

from __future__ import annotations

from assets.resources.conditions import SAFETENSORS_ONLY, TRAINED_STEPS_ARE_FINITE
from assets.resources.flow_asset import flow_asset

CHECKS = (
    SAFETENSORS_ONLY,
    TRAINED_STEPS_ARE_FINITE,
)

grpo_checkpoint = flow_asset("grpo_checkpoint", *CHECKS)
