"""`filtered_corpus`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

filtered_corpus = flow_asset("filtered_corpus")
