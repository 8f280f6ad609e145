"""The configuration of shots that the tests go by."""

from __future__ import annotations

from sv6d.shots.config import ShotsConfig

CONFIG = ShotsConfig(detector="blocks-8", limit_s=100)
