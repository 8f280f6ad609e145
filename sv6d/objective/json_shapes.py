"""The documents that the fast reader understands, as shapes that msgspec fills straight from JSON.

Each shape has the keys, types and bounds of the schema's part of that name, and is closed as that is. Where it says
less (numbers beyond any video's) a document is not refused, but left to the schema; so is one with a key that only
the schema knows. What one value alone does not tell, what identifiers look like, and records are checked in
`json_checks.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from sv6d.schema.document import BoundaryKind
from sv6d.schema.fields import Dimension, EvidenceKind

# So that sums and differences of two times fit 64 bits; more than a century.
_TIME = Annotated[int, Meta(ge=0, lt=2**62)]
_DURATION = Annotated[int, Meta(gt=0, lt=2**62)]
_COUNT = Annotated[int, Meta(gt=0, le=2**63 - 1)]
# So that a frame's time can be worked out in 64 bits: pts * num, and the rest of that by den, in nanoseconds.
_PTS = Annotated[int, Meta(gt=-(2**47), lt=2**47)]
_NUM = Annotated[int, Meta(gt=0, lt=2**16)]
_DEN = Annotated[int, Meta(gt=0, lt=2**32)]
_SHARE = Annotated[float, Meta(ge=0.0, le=1.0)]
_TEXT = Annotated[str, Meta(min_length=1)]
_SHA256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]

# Nothing here refers back to what holds it, so that the collector of cycles need not look.


class Frame(Struct, forbid_unknown_fields=True, gc=False):
    pts: _PTS
    time_base_num: _NUM
    time_base_den: _DEN


class _Context(Struct, forbid_unknown_fields=True, gc=False):
    title: str = ""
    hashtags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    cover: str = ""


class _Video(Struct, forbid_unknown_fields=True, gc=False):
    sha256: _SHA256
    duration_ns: _DURATION
    width_px: _COUNT
    height_px: _COUNT
    num_frames: _COUNT
    has_sound: bool
    first_frame: Frame | None = None
    context: _Context | None = None


class Boundary(Struct, forbid_unknown_fields=True, gc=False):
    start_ns: _TIME
    end_ns: _TIME
    kind: BoundaryKind
    score: _SHARE
    detector: str


class Shot(Struct, forbid_unknown_fields=True, gc=False):
    start_ns: _TIME
    end_ns: _TIME
    id: str
    boundary_in: Boundary | None = None


class Evidence(Struct, forbid_unknown_fields=True, gc=False):
    start_ns: _TIME
    end_ns: _TIME
    id: str
    kind: EvidenceKind
    stat: str
    value: float | str | None
    unit: str
    method: str
    frames: tuple[Frame, ...] = ()
    box: tuple[_SHARE, _SHARE, _SHARE, _SHARE] | None = None


class _Source(Struct, forbid_unknown_fields=True, gc=False):
    producer: Literal["expert", "studio", "rule", "adapter"]
    name: str
    digest: str = ""
    prompt_id: str = ""


class Label(Struct, forbid_unknown_fields=True, gc=False):
    start_ns: _TIME
    end_ns: _TIME
    id: str
    dimension: Dimension
    field: str
    value: str
    confidence: _SHARE
    source: _Source
    evidence: tuple[str, ...]
    other_text: str | None = None


class Sentence(Struct, forbid_unknown_fields=True, gc=False):
    start_ns: _TIME
    end_ns: _TIME
    id: str
    text: _TEXT
    labels: tuple[str, ...]
    evidence: tuple[str, ...]
    records: tuple[str, ...] = ()


class _Report(Struct, forbid_unknown_fields=True, gc=False):
    sentences: tuple[Sentence, ...]


Record = dict[str, Any]  # the schema alone knows what is in one


class Shape(Struct, forbid_unknown_fields=True, gc=False):
    schema_version: Literal["sv6d/1"]
    video: _Video
    shots: Annotated[tuple[Shot, ...], Meta(min_length=1)]
    evidence: tuple[Evidence, ...]
    labels: tuple[Label, ...]
    hooks: tuple[Record, ...] = ()
    cut_rationales: tuple[Record, ...] = ()
    tension: Record | None = None
    packaging_cues: tuple[Record, ...] = ()
    layouts: tuple[Record, ...] = ()
    report: _Report | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        tension = () if self.tension is None else (self.tension,)
        return (*self.hooks, *self.cut_rationales, *tension, *self.packaging_cues, *self.layouts)


Spanned = Label | Evidence | Shot | Boundary

_DECODER = msgspec.json.Decoder(Shape)


def shape_of(raw: bytes) -> Shape | None:
    """The document in these bytes, or None where it has not this shape."""
    try:
        return _DECODER.decode(raw)
    except (ValueError, RecursionError):  # msgspec's own errors, bytes that are not UTF-8, records without a floor
        return None
