"""The answer about one label: does what was measured again clearly agree, clearly disagree, or neither?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sv6d.quality.verify.answer import Answer, left_open
from sv6d.quality.verify.edits import boundary_kind, change, pacing
from sv6d.quality.verify.look import Look
from sv6d.quality.verify.movement import movement, steadiness
from sv6d.quality.verify.shape import video_format
from sv6d.quality.verify.sound import audio_edit
from sv6d.quality.verify.tones import contrast, lighting, saturation, tone
from sv6d.schema.document import Boundary, Document, Label
from sv6d.timeline import Span


def check_label(label: Label, document: Document, seen: Look) -> Answer:
    """The answer about a label of the video that was looked at."""
    estimate = _ESTIMATES.get(label.field)
    if estimate is None or label.value == "other":
        return left_open(label.value, "no_estimator", f"nothing measures {label.field} {label.value} again")
    return estimate(label.value, label.span, document, seen)


def check_boundary(boundary: Boundary, seen: Look) -> Answer:
    """The answer about how a shot begins."""
    value = "fade" if boundary.kind in ("fade_in", "fade_out") else boundary.kind
    if value in ("wipe", "flash"):
        return left_open(value, "no_estimator", f"nothing measures a {value} again")
    return change(value, boundary.span, seen)


_ESTIMATES: Mapping[str, Callable[[str, Span, Document, Look], Answer]] = {
    "lighting_key": lighting,
    "colour_tone": tone,
    "contrast": contrast,
    "saturation": saturation,
    "camera_movement": movement,
    "steadiness": steadiness,
    "boundary_kind": boundary_kind,
    "pacing": pacing,
    "audio_edit": audio_edit,
    "video_format": video_format,
}
CHECKABLE = tuple(_ESTIMATES)
