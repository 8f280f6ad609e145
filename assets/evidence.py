"""`evidence`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

evidence = flow_asset("evidence")
