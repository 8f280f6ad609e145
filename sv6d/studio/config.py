"""Settings of the rendered inputs: section `studio` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sv6d.fingerprint import Config

# Seeds of a corpus are seed * CORPUS_STRIDE + index; see `sv6d.studio.seeds`.
CORPUS_STRIDE = 1 << 20


class StudioConfig(Config):
    """What `sv6d studio` renders. Lengths in seconds, sizes in pixels."""

    seed: Annotated[int, Field(ge=0, lt=1 << 31)]
    num_clips: Annotated[int, Field(ge=1, le=CORPUS_STRIDE)]
    min_duration_s: Annotated[float, Field(ge=4.0, le=8.0)]
    max_duration_s: Annotated[float, Field(ge=4.5, le=60.0)]
    short_side_px: Annotated[int, Field(ge=64, multiple_of=2)]
    long_side_px: Annotated[int, Field(ge=64, multiple_of=2)]
    crf: Annotated[int, Field(ge=0, le=51)]
    sound_rate_hz: Annotated[int, Field(ge=8000)]
    sound_bits_per_s: Annotated[int, Field(ge=16000)]

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        if self.max_duration_s < self.min_duration_s + 0.5:
            raise ValueError("max_duration_s must be at least 0.5 s above min_duration_s")
        if self.long_side_px < self.short_side_px:
            raise ValueError("long_side_px must not be below short_side_px")
        return self
