"""`dense_reports`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

dense_reports = flow_asset("dense_reports")
