"""Settings of the stage `shots`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sv6d.fingerprint import Config


class ShotsConfig(Config):
    """How boundaries are found.

    Attributes:
        detector: which one; its thresholds are part of it, with the measurements that set them.
        limit_s: seconds of wall time for one video.
    """

    detector: Literal["blocks-8"]
    limit_s: Annotated[float, Field(gt=0)]
