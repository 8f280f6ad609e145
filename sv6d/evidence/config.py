"""Settings of the stage `evidence`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.fingerprint import Config


class TextConfig(Config):
    """How on-screen text is looked for and read.

    Attributes:
        find_px: longer side of the pictures that lines are looked for in, and followed in.
        read_px: longer side, at most, of the pictures that lines are read from.
        look_step_ms: time between looks at the lines that are known, as near as frames allow.
        find_step_ms: time between searches for new lines, where the picture changes.
        least_confidence: of a string that is kept.
    """

    find_px: Annotated[int, Field(ge=128, le=2048)]
    read_px: Annotated[int, Field(ge=128, le=2048)]
    look_step_ms: Annotated[int, Field(gt=0)]
    find_step_ms: Annotated[int, Field(gt=0)]
    least_confidence: Annotated[float, Field(ge=0, le=1)]


class EvidenceConfig(Config):
    """What is looked at, and how finely.

    Attributes:
        picture_px: longer side of the pictures that are measured, and of keyframes.
        motion_px: longer side of the pictures that are aligned.
        motion_step_ms: time between aligned pictures, as near as frames allow.
        light_step_ms: time between pictures whose light is measured.
        jpeg_quality: of keyframes, 1 to 95.
        text: how on-screen text is read.
        limit_s: seconds of wall time for one video.
    """

    picture_px: Annotated[int, Field(ge=64, le=1024)]
    motion_px: Annotated[int, Field(ge=48, le=512)]
    motion_step_ms: Annotated[int, Field(gt=0)]
    light_step_ms: Annotated[int, Field(gt=0)]
    jpeg_quality: Annotated[int, Field(ge=1, le=95)]
    text: TextConfig
    limit_s: Annotated[float, Field(gt=0)]
