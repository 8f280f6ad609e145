"""`rl_tasks`."""

from __future__ import annotations

from assets.resources.flow_asset import flow_asset

rl_tasks = flow_asset("rl_tasks")
