"""`base_model`: what training starts from."""

from __future__ import annotations

from assets.resources.conditions import SAFETENSORS_ONLY
from assets.resources.flow_asset import flow_asset

CHECKS = (SAFETENSORS_ONLY,)

base_model = flow_asset("base_model", *CHECKS)
