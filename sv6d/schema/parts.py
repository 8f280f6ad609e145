"""What every part of a document is built from: identifiers, spans on the timeline, cited frames, sources.

Frozen and closed: unknown keys are refused. Spans are half-open, in integer nanoseconds from the
first frame of the video (its presentation time is zero). Boxes are (left, top, right, bottom), as
shares of the picture as shown (rotation applied), origin top left.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sv6d.timeline import Span, pts_to_ns

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.:-]{0,63}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
TimeNs = Annotated[int, Field(ge=0, lt=2**63)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Box = tuple[Share, Share, Share, Share]


class Part(BaseModel):
    """Anything in a document."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Spanned(Part):
    """A part that lies on the timeline: [start_ns, end_ns)."""

    start_ns: TimeNs
    end_ns: TimeNs

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_ns <= self.start_ns:
            raise ValueError(f"end_ns {self.end_ns} must be greater than start_ns {self.start_ns}")
        return self

    @property
    def span(self) -> Span:
        return Span(self.start_ns, self.end_ns)


class FrameRef(Part):
    """A cited frame: its pts in the container's time base (not shifted to the first frame)."""

    pts: int
    time_base_num: Annotated[int, Field(gt=0)]
    time_base_den: Annotated[int, Field(gt=0)]

    @property
    def time_ns(self) -> int:
        return pts_to_ns(self.pts, self.time_base_num, self.time_base_den)


class Source(Part):
    """Who says so. `digest` pins the producer: code version, adapter hash, or document hash."""

    producer: Literal["expert", "studio", "rule", "adapter"]
    name: str
    digest: str = ""
    prompt_id: str = ""
