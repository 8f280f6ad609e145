"""`sft_corpus`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

sft_corpus = flow_asset("sft_corpus")
