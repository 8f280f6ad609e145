"""`annotator`: the adapter that writes labels."""

from __future__ import annotations

from assets.resources.conditions import SAFETENSORS_ONLY, TRAINED_STEPS_ARE_FINITE
from assets.resources.flow_asset import flow_asset

CHECKS = (
    SAFETENSORS_ONLY,
    TRAINED_STEPS_ARE_FINITE,
)

annotator = flow_asset("annotator", *CHECKS)
