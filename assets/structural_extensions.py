"""`structural_extensions`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

structural_extensions = flow_asset("structural_extensions")
