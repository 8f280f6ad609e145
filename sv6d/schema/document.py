"""An SV6D document: one video's shots, evidence and labels, and how they cite each other.

Frozen and closed: unknown keys are refused. Spans are half-open, in integer nanoseconds from the
first frame of the video (its presentation time is zero). Boxes are (left, top, right, bottom), as
shares of the picture as shown (rotation applied), origin top left.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sv6d.schema.fields import OTHER, Dimension, EvidenceKind, field_of
from sv6d.timeline import Span, pts_to_ns

SCHEMA_VERSION: Literal["sv6d/1"] = "sv6d/1"

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.:-]{0,63}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
TimeNs = Annotated[int, Field(ge=0, lt=2**63)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
BoundaryKind = Literal["hard_cut", "dissolve", "fade_in", "fade_out", "fade", "wipe", "flash"]


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


class Context(Part):
    """Engagement context from the sidecar beside the video, as it was published there."""

    title: str = ""
    hashtags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


class Video(Part):
    """The video that a document is about. Sizes in pixels as shown (rotation, sample aspect applied)."""

    sha256: Sha256
    duration_ns: Annotated[int, Field(gt=0, lt=2**63)]
    width_px: Annotated[int, Field(gt=0)]
    height_px: Annotated[int, Field(gt=0)]
    num_frames: Annotated[int, Field(gt=0)]
    has_sound: bool
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
    box: tuple[Share, Share, Share, Share] | None = None


class Source(Part):
    """Who says so. `digest` pins the producer: code version, adapter hash, or document hash."""

    producer: Literal["expert", "studio", "rule", "adapter"]
    name: str
    digest: str = ""
    prompt_id: str = ""


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
    """A sentence of a report; it cites at least one label or piece of evidence."""

    id: Identifier
    text: Annotated[str, Field(min_length=1)]
    labels: tuple[Identifier, ...]
    evidence: tuple[Identifier, ...]

    @model_validator(mode="after")
    def _cites(self) -> Self:
        if not self.labels and not self.evidence:
            raise ValueError(f"sentence {self.id} cites neither a label nor evidence")
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
    report: Report | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _check_shots(self)
        _check_identifiers(self)
        _check_labels(self)
        return self

    def evidence_of(self, label: Label) -> tuple[Evidence, ...]:
        """The evidence that a label cites, in its order."""
        by_id = {item.id: item for item in self.evidence}
        return tuple(by_id[name] for name in label.evidence)


def _check_shots(document: Document) -> None:
    edge_ns = 0
    for shot in document.shots:
        if shot.start_ns != edge_ns:
            raise ValueError(f"shots must tile the video: {shot.id} starts at {shot.start_ns}, not {edge_ns} ns")
        edge_ns = shot.end_ns
    if edge_ns != document.video.duration_ns:
        raise ValueError(f"shots must tile the video: they end at {edge_ns}, not {document.video.duration_ns} ns")


def _check_identifiers(document: Document) -> None:
    sentences = document.report.sentences if document.report else ()
    for kind, parts in (
        ("shot", document.shots),
        ("evidence", document.evidence),
        ("label", document.labels),
        ("sentence", sentences),
    ):
        names = [part.id for part in parts]
        if len(names) != len(set(names)):
            raise ValueError(f"{kind} ids must be unique: {sorted({n for n in names if names.count(n) > 1})}")
    labels = {label.id for label in document.labels}
    evidence = {item.id for item in document.evidence}
    for sentence in sentences:
        unknown = (set(sentence.labels) - labels) | (set(sentence.evidence) - evidence)
        if unknown:
            raise ValueError(f"sentence {sentence.id} cites what is not there: {sorted(unknown)}")
    cited: tuple[Evidence | Label | Sentence, ...] = (*document.evidence, *document.labels, *sentences)
    for part in cited:
        if part.end_ns > document.video.duration_ns:
            raise ValueError(f"{part.id} ends at {part.end_ns} ns, after the video ({document.video.duration_ns} ns)")


def _check_labels(document: Document) -> None:
    by_id = {item.id: item for item in document.evidence}
    for label in document.labels:
        field = field_of(label.field)
        assert field is not None  # checked when the label was made
        if not label.evidence:
            raise ValueError(f"label {label.id} cites no evidence; a label without evidence must not be emitted")
        for name in label.evidence:
            item = by_id.get(name)
            if item is None:
                raise ValueError(f"label {label.id} cites {name}, which is not there")
            if item.kind not in field.evidence:
                raise ValueError(
                    f"label {label.id}: {item.kind} evidence can not support {field.name}; allowed: {field.evidence}"
                )
            if not item.span.overlap_ns(label.span):
                raise ValueError(f"label {label.id} cites {name}, which lies outside its span")
