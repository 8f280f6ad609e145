"""`shots`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

shots = flow_asset("shots")
