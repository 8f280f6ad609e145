"""`grpo_checkpoint`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

grpo_checkpoint = flow_asset("grpo_checkpoint")
