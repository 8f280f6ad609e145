"""Settings of the stage `evidence`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.fingerprint import Config


class EvidenceConfig(Config):
    """What is looked at, and how finely.

    Attributes:
        picture_px: longer side of the pictures that are measured, and of keyframes.
        motion_px: longer side of the pictures that are aligned.
        motion_step_ms: time between aligned pictures, as near as frames allow.
        light_step_ms: time between pictures whose light is measured.
        jpeg_quality: of keyframes, 1 to 95.
        limit_s: seconds of wall time for one video.
    """

    picture_px: Annotated[int, Field(ge=64, le=1024)]
    motion_px: Annotated[int, Field(ge=48, le=512)]
    motion_step_ms: Annotated[int, Field(gt=0)]
    light_step_ms: Annotated[int, Field(gt=0)]
    jpeg_quality: Annotated[int, Field(ge=1, le=95)]
    limit_s: Annotated[float, Field(gt=0)]
