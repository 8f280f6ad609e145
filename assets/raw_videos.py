"""`raw_videos`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

raw_videos = flow_asset("raw_videos")
