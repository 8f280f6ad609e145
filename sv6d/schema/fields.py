"""The fields of version 1: closed vocabularies, what they span, and which evidence may support them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Dimension = Literal["subject", "aesthetics", "camera", "editing", "narrative", "dissemination"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

EvidenceKind = Literal["boundary", "motion", "light", "colour", "sound", "keyframe", "text"]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)

Extent = Literal["video", "shot", "boundary", "free"]


@dataclass(frozen=True, slots=True)
class Field:
    """One question that a label answers.

    Attributes:
        name: unique over all dimensions.
        values: the closed vocabulary. `other` is always allowed beside it, with free text, and is
            never rewarded.
        exclusive: one value at a time over the same extent.
        extent: what a label of this field spans.
        evidence: kinds of evidence that may support it; a label without any is refused.
        source: where the term comes from.
    """

    name: str
    dimension: Dimension
    values: tuple[str, ...]
    exclusive: bool
    extent: Extent
    evidence: tuple[EvidenceKind, ...]
    definition: str
    source: str


FIELDS: tuple[Field, ...] = (
    Field(
        "subject_type",
        "subject",
        ("animal", "building", "food", "human", "plant", "product", "scenery", "text_graphic", "vehicle"),
        False,
        "shot",
        ("keyframe",),
        "What the shot is mainly of: the thing a viewer would name first.",
        "SkyCaptioner-V1 subject types",
    ),
    Field(
        "lighting_key",
        "aesthetics",
        ("high_key", "low_key", "mid_key"),
        True,
        "shot",
        ("light",),
        "Overall brightness of the shot: high_key is bright with few shadows, low_key is dark with "
        "few highlights, mid_key is neither.",
        "CineTechBench lighting (high key, low key); mid_key is ours, for what is neither",
    ),
    Field(
        "colour_tone",
        "aesthetics",
        ("cool", "neutral", "warm"),
        True,
        "shot",
        ("colour",),
        "Balance of red against blue over the shot: warm leans red, cool leans blue.",
        "ShotDeck colour (warm, cool, mixed); neutral is ours",
    ),
    Field(
        "camera_movement",
        "camera",
        ("pan_left", "pan_right", "static", "tilt_down", "tilt_up", "zoom_in", "zoom_out"),
        False,
        "shot",
        ("motion",),
        "How the frame moves over the scene: pan turns sideways, tilt up or down, zoom changes the "
        "scale about the centre, static does none of these. Left is where the camera turns to.",
        "CameraBench movement primitives; CineTechBench movement",
    ),
    Field(
        "boundary_kind",
        "editing",
        ("dissolve", "fade", "hard_cut"),
        True,
        "boundary",
        ("boundary",),
        "How one shot gives way to the next: at once, by mixing both, or by way of one flat colour.",
        "SMPTE dissolve (OTIO); cut and fade as in film grammar",
    ),
    Field(
        "pacing",
        "editing",
        ("fast", "slow"),
        True,
        "video",
        ("boundary",),
        "fast: shots shorter than 2 s on average; slow: 2 s or longer.",
        "Google ABCDs, overall pacing",
    ),
    Field(
        "beat",
        "narrative",
        ("call_to_action", "context", "hook", "product_display"),
        False,
        "shot",
        ("keyframe", "text"),
        "What the shot does for the story: hook wins attention, context sets the scene, "
        "product_display shows the offer, call_to_action asks the viewer to act.",
        "TAAC-2021 and practitioner beats of short videos",
    ),
    Field(
        "packaging",
        "dissemination",
        ("call_to_action_text", "caption", "hook_line", "price_tag"),
        False,
        "shot",
        ("keyframe", "text"),
        "Overlays that package the video for its platform: a hook line in the opening, captions, a "
        "price tag, a call to action.",
        "Google ABCDs supers and call to action; TAAC-2021 offers",
    ),
)

_BY_NAME = {field.name: field for field in FIELDS}
FIELD_NAMES: tuple[str, ...] = tuple(_BY_NAME)
OTHER = "other"


def field_of(name: str) -> Field | None:
    """The field of that name, or None where the vocabulary has none."""
    return _BY_NAME.get(name)
