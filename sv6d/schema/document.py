"""An SV6D document: one video's shots, evidence, labels and records, and how they cite each other.

Frozen and closed: unknown keys are refused. Spans are half-open, in integer nanoseconds from the
first frame of the video (its presentation time is zero). Boxes are (left, top, right, bottom), as
shares of the picture as shown (rotation applied), origin top left.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sv6d.schema.consistency import check_document
from sv6d.schema.fields import OTHER, Dimension, EvidenceKind, field_of
from sv6d.schema.parts import Box, FrameRef, Identifier, Part, Sha256, Share, Source, Spanned, TimeNs
from sv6d.schema.records import CutRationale, Hook, ImageTextLayout, PackagingCue, TensionCurve

__all__ = [
    "SCHEMA_VERSION",
    "Boundary",
    "BoundaryKind",
    "Context",
    "Document",
    "Evidence",
    "EvidenceKind",
    "FrameRef",
    "Identifier",
    "Label",
    "Part",
    "Report",
    "Sentence",
    "Sha256",
    "Share",
    "Shot",
    "Source",
    "Spanned",
    "TimeNs",
    "Video",
]

SCHEMA_VERSION: Literal["sv6d/1"] = "sv6d/1"

BoundaryKind = Literal["hard_cut", "dissolve", "fade_in", "fade_out", "fade", "wipe", "flash"]


class Context(Part):
    """Engagement context from the sidecar beside the video, as it was published there.

    `cover` is the cover picture's file name or address; empty: not told.
    """

    title: str = ""
    hashtags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    cover: str = ""


class Video(Part):
    """The video that a document is about. Sizes in pixels as shown (rotation, sample aspect applied).

    `first_frame` is the one at time zero, in the container's time; None: not told.
    """

    sha256: Sha256
    duration_ns: Annotated[int, Field(gt=0, lt=2**63)]
    width_px: Annotated[int, Field(gt=0)]
    height_px: Annotated[int, Field(gt=0)]
    num_frames: Annotated[int, Field(gt=0)]
    has_sound: bool
    first_frame: FrameRef | None = None
    context: Context | None = None


class Boundary(Spanned):
    """The change from one shot to the next.

    [start_ns, end_ns) runs from the last frame of the old shot (a hard cut) or the first frame that
    differs from it (a gradual one) to the first frame that is purely the new shot. `score` is the
    detector's certainty in [0, 1]; for a truth it is 1.
    """

    kind: BoundaryKind
    score: Share
    detector: str


class Shot(Spanned):
    """One shot. Shots tile the video; `boundary_in` is how it begins (None for the first)."""

    id: Identifier
    boundary_in: Boundary | None = None


class Evidence(Spanned):
    """Something measured (or read) on the timeline that a label may rest on.

    `stat` names the measurement, `value` its result in `unit`; `method` names the code that made it.
    """

    id: Identifier
    kind: EvidenceKind
    stat: Identifier
    value: float | str | None
    unit: str
    method: str
    frames: tuple[FrameRef, ...] = ()
    box: Box | None = None


class Label(Spanned):
    """A statement of one dimension about a span, resting on evidence.

    `confidence` in [0, 1] is the producer's own. `other_text` is given exactly when `value` is
    "other".
    """

    id: Identifier
    dimension: Dimension
    field: Identifier
    value: Identifier
    other_text: str | None = None
    confidence: Share
    source: Source
    evidence: tuple[Identifier, ...]

    @model_validator(mode="after")
    def _in_vocabulary(self) -> Self:
        field = field_of(self.field)
        if field is None:
            raise ValueError(f"label {self.id}: there is no field {self.field!r}")
        if field.dimension != self.dimension:
            raise ValueError(f"label {self.id}: {self.field} belongs to {field.dimension}, not {self.dimension}")
        if self.value not in (*field.values, OTHER):
            raise ValueError(f"label {self.id}: {self.value!r} is no {self.field}; allowed: {field.values}")
        if (self.value == OTHER) != (self.other_text is not None):
            raise ValueError(f"label {self.id}: other_text goes with the value 'other', and only with it")
        return self


class Sentence(Spanned):
    """A sentence of a report; it cites at least one label, record or piece of evidence."""

    id: Identifier
    text: Annotated[str, Field(min_length=1)]
    labels: tuple[Identifier, ...]
    evidence: tuple[Identifier, ...]
    records: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _cites(self) -> Self:
        if not self.labels and not self.evidence and not self.records:
            raise ValueError(f"sentence {self.id} cites neither a label, nor a record, nor evidence")
        return self


class Report(Part):
    """A full account of the timeline, in sentences."""

    sentences: tuple[Sentence, ...]


class Document(Part):
    """Everything said about one video."""

    schema_version: Literal["sv6d/1"] = SCHEMA_VERSION
    video: Video
    shots: Annotated[tuple[Shot, ...], Field(min_length=1)]
    evidence: tuple[Evidence, ...]
    labels: tuple[Label, ...]
    hooks: tuple[Hook, ...] = ()
    cut_rationales: tuple[CutRationale, ...] = ()
    tension: TensionCurve | None = None
    packaging_cues: tuple[PackagingCue, ...] = ()
    layouts: tuple[ImageTextLayout, ...] = ()
    report: Report | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_document(self)
        return self

    @property
    def records(self) -> tuple[Hook | CutRationale | TensionCurve | PackagingCue | ImageTextLayout, ...]:
        """All records, by kind."""
        tension = () if self.tension is None else (self.tension,)
        return (*self.hooks, *self.cut_rationales, *tension, *self.packaging_cues, *self.layouts)

    def evidence_of(self, label: Label) -> tuple[Evidence, ...]:
        """The evidence that a label cites, in its order."""
        by_id = {item.id: item for item in self.evidence}
        return tuple(by_id[name] for name in label.evidence)
