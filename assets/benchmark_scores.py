"""`benchmark_scores`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

benchmark_scores = flow_asset("benchmark_scores")
