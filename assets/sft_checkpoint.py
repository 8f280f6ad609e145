"""`sft_checkpoint`: the model after supervised fine-tuning."""

from __future__ import annotations

from assets.resources.conditions import SAFETENSORS_ONLY, TRAINED_STEPS_ARE_FINITE
from assets.resources.flow_asset import flow_asset

CHECKS = (
    SAFETENSORS_ONLY,
    TRAINED_STEPS_ARE_FINITE,
)

sft_checkpoint = flow_asset("sft_checkpoint", *CHECKS)
