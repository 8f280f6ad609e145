"""Settings of the stage `base_model`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.fingerprint import Config
from sv6d.video.config import ReaderName


class SamplingConfig(Config):
    """Frames that a model is shown of each window: their number, the size they are letterboxed to, who decodes them.

    For Qwen3-VL sizes are multiples of 32 pixels (patch 16, merged two by two). `reader` is pyav, or decord (the
    extra `decord`; docs/decoding.md says what it costs).
    """

    num_frames: Annotated[int, Field(ge=2)]
    height_px: Annotated[int, Field(ge=32, multiple_of=32)]
    width_px: Annotated[int, Field(ge=32, multiple_of=32)]
    reader: ReaderName


class BaseModelConfig(Config):
    """What training starts from.

    Attributes:
        name: "tiny" (shipped with the package), a folder that transformers can load, or a model hub's
            name such as Qwen/Qwen3-VL-8B-Instruct.
        revision: of a hub's model, the 40 hex digits of a commit: a branch would move. "shipped" or
            "local" otherwise; the files' hashes pin those.
        sampling: of this model and of everything trained from it.
    """

    name: Annotated[str, Field(min_length=1)]
    revision: Annotated[str, Field(min_length=1)]
    sampling: SamplingConfig
