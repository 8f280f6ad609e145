"""Statements of a document that are more than one value of one field: hooks, why there is a cut, tension, packaging.

Each is a part of its own beside the labels, with a span, a source and the evidence it rests on. Its
classes are those of the vocabulary, so that a label and a record never disagree about words.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sv6d.schema.fields import OTHER, EvidenceKind, field_of
from sv6d.schema.parts import Box, Identifier, Part, Share, Source, Spanned, TimeNs

PackagingKind = Literal["cover", "title_card", "subtitle_band", "sticker", "series_marker", "call_to_action", "price"]
RegionRole = Literal["image", "text", "sticker", "bar"]


class Record(Spanned):
    """What every record has. `evidence` holds ids; `EVIDENCE` the kinds that may support it."""

    EVIDENCE: ClassVar[tuple[EvidenceKind, ...]]

    id: Identifier
    confidence: Share
    source: Source
    evidence: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class Hook(Record):
    """How the opening wins attention, what it promises, and when that is kept.

    `types` and `modalities` are values of `hook_type` and `hook_modality`. `promise` is what a viewer
    expects after it, in words; empty where it promises nothing. `payoff_ns` is when the promise is
    kept; None where it is not kept within the video.
    """

    EVIDENCE: ClassVar[tuple[EvidenceKind, ...]] = ("keyframe", "text", "speech", "sound", "motion")

    types: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    modalities: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    promise: str
    payoff_ns: TimeNs | None

    @model_validator(mode="after")
    def _in_vocabulary(self) -> Self:
        _check_values(self.id, "hook_type", self.types)
        _check_values(self.id, "hook_modality", self.modalities)
        if self.payoff_ns is not None and self.payoff_ns < self.start_ns:
            raise ValueError(f"{self.id}: payoff_ns {self.payoff_ns} comes before the hook, {self.start_ns}")
        if self.payoff_ns is not None and not self.promise:
            raise ValueError(f"{self.id}: payoff_ns is the time at which a promise is kept, and there is no promise")
        return self


class CutRationale(Record):
    """Why there is a cut. Spans the boundary; `shot` is the one that the cut leads to.

    `rationale` is a value of `cut_rationale`, or None where only what changes is known. `changes` are
    fields whose labels differ on both sides.
    """

    EVIDENCE: ClassVar[tuple[EvidenceKind, ...]] = (
        "boundary", "keyframe", "motion", "light", "colour", "sound", "speech", "text"
    )  # fmt: skip

    shot: Identifier
    rationale: Identifier | None
    changes: tuple[Identifier, ...] = ()
    text: str

    @model_validator(mode="after")
    def _in_vocabulary(self) -> Self:
        if self.rationale is not None:
            _check_values(self.id, "cut_rationale", (self.rationale,))
        unknown = [name for name in self.changes if field_of(name) is None]
        if unknown:
            raise ValueError(f"{self.id}: there is no field {unknown[0]!r}")
        if self.rationale is None and not self.changes and not self.text:
            raise ValueError(f"{self.id} gives no reason: neither a rationale, nor changes, nor text")
        return self


class TensionPoint(Spanned):
    """Tension over one shot, with its causes, all in [0, 1]; None: not measured."""

    shot: Identifier
    tension: Share | None
    pace: Share
    motion: Share | None
    light_change: Share | None


class TensionCurve(Record):
    """Shot-induced tension over the whole video, a point per shot in their order."""

    EVIDENCE: ClassVar[tuple[EvidenceKind, ...]] = ("boundary", "motion", "light", "sound")

    points: Annotated[tuple[TensionPoint, ...], Field(min_length=1)]


class PackagingCue(Record):
    """Something that packages the video for its platform, at its time and place.

    `text` is what it says (empty: it bears no writing), `box` where it lies (None: not known, or, for a
    cover, beside the timeline). A cover spans the whole video.
    """

    EVIDENCE: ClassVar[tuple[EvidenceKind, ...]] = ("text", "keyframe", "box", "layout", "sidecar")

    kind: PackagingKind
    text: str = ""
    box: Box | None = None

    @model_validator(mode="after")
    def _upright(self) -> Self:
        _check_box(self.id, self.box)
        return self


class Region(Part):
    """One part of a divided picture."""

    role: RegionRole
    box: Box
    text: str = ""


class ImageTextLayout(Record):
    """How the picture is divided between moving image, stills and writing.

    `layout` is a value of the field of that name.
    """

    EVIDENCE: ClassVar[tuple[EvidenceKind, ...]] = ("layout", "keyframe", "box", "text")

    layout: Identifier
    regions: tuple[Region, ...] = ()

    @model_validator(mode="after")
    def _in_vocabulary(self) -> Self:
        _check_values(self.id, "layout", (self.layout,))
        for region in self.regions:
            _check_box(self.id, region.box)
        return self


def _check_values(name: str, field_name: str, values: tuple[str, ...]) -> None:
    field = field_of(field_name)
    assert field is not None  # records name fields of the vocabulary only
    for value in values:
        if value not in (*field.values, OTHER):
            raise ValueError(f"{name}: {value!r} is no {field_name}; allowed: {field.values}")


def _check_box(name: str, box: Box | None) -> None:
    if box is not None and not (box[0] < box[2] and box[1] < box[3]):
        raise ValueError(f"{name}: a box is (left, top, right, bottom), and {box} has no area")
