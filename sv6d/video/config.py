"""Settings of `raw_videos`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sv6d.fingerprint import Config

Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0.0, lt=1.0)]

# Who decodes the frames that models are shown; every other frame is read by pyav.
ReaderName = Literal["pyav", "decord"]

_SHARES_SLACK = 1e-9  # ours: three decimal fractions need not sum to 1.0 in binary


class LimitsConfig(Config):
    """What a file may ask for before it is refused as over the limit.

    Attributes:
        max_pixels: width times height as coded.
        max_duration_s: of the picture stream, as declared and as decoded.
        max_streams: of pictures, sound, text and data together.
        max_memory_bytes: address space that the process which decodes it may add to its own.
        max_seconds: wall time of that process for one file.
    """

    max_pixels: Positive
    max_duration_s: Positive
    max_streams: Positive
    max_memory_bytes: Positive
    max_seconds: Positive


class NearDuplicatesConfig(Config):
    """When two files are the same picture material.

    Attributes:
        num_frames: sampled per file, at the centres of equal slots.
        most_moments: frames per file beside these, at places that a part of the file has too.
        moment_reach_ms: a moment is extreme for so long before and after it.
        max_distance_bits: of two hashes (256 bits) that count as a match.
        max_distance_beside_bits: the same for other frames of two files of which one frame matches.
        least_detail: steps between neighbouring pixels, 0 to 100 as PDQ sums them for its quality, below which a frame
            is too flat to be compared.
        crops: shares of a side that copies may have lost at each edge; each is hashed and compared.
    """

    num_frames: Positive
    most_moments: Positive
    moment_reach_ms: Positive
    max_distance_bits: Annotated[int, Field(ge=0, le=256)]
    max_distance_beside_bits: Annotated[int, Field(ge=0, le=256)]
    least_detail: Annotated[int, Field(ge=0, le=100)]
    crops: tuple[Annotated[float, Field(gt=0.0, lt=0.5)], ...]


class SplitsConfig(Config):
    """Shares of clusters per split, and the salt that decides which goes where."""

    salt: str
    train: Share
    validation: Share
    test: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.train + self.validation + self.test
        if abs(total - 1.0) > _SHARES_SLACK:
            raise ValueError(f"train + validation + test must be 1, not {total:g}")
        return self


class RawVideosConfig(Config):
    """What a source file must satisfy, when files count as one, and how they are split.

    Attributes:
        refused_licences: videos told to have one of these, in any case, are put aside; `unknown` is one too.
    """

    refused_licences: tuple[str, ...]
    limits: LimitsConfig
    near_duplicates: NearDuplicatesConfig
    splits: SplitsConfig
