"""`base_model`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

base_model = flow_asset("base_model")
