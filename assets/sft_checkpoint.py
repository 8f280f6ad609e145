"""`sft_checkpoint`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

sft_checkpoint = flow_asset("sft_checkpoint")
