"""`feedbench`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

feedbench = flow_asset("feedbench")
