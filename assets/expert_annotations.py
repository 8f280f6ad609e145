"""`expert_annotations`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

expert_annotations = flow_asset("expert_annotations")
