"""`annotator`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

annotator = flow_asset("annotator")
