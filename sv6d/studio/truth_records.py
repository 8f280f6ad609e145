"""The records of a plan: its hook, what packages it, and how its pictures are divided, each with where it stands.

They rest on the evidence that the labels rest on. Why there is a cut, and tension, are no part of a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sv6d.schema.document import Evidence, Shot, Source
from sv6d.schema.parts import Box
from sv6d.schema.records import Hook, ImageTextLayout, PackagingCue, PackagingKind, Region, RegionRole
from sv6d.studio.plan import ClipPlan, Overlay
from sv6d.studio.words import HOOKS

# What packages the video, by kind of overlay. A hook line is what its hook says, and none of these.
_CUES: Mapping[str, PackagingKind] = {
    "caption": "subtitle_band",
    "price_tag": "price",
    "call_to_action_text": "call_to_action",
}
# A tag and a pill are drawn shapes that bear writing; a hook line and a caption are writing.
_ROLES: Mapping[str, RegionRole] = {
    "hook_line": "text",
    "caption": "text",
    "price_tag": "sticker",
    "call_to_action_text": "sticker",
}
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class TruthRecords:
    """All records of one clip."""

    hooks: tuple[Hook, ...]
    packaging_cues: tuple[PackagingCue, ...]
    layouts: tuple[ImageTextLayout, ...]


def truth_records(plan: ClipPlan, shots: Sequence[Shot], evidence: Sequence[Evidence], source: Source) -> TruthRecords:
    """The records of a plan, over the shots and the evidence of its document."""
    by_id = {item.id: item for item in evidence}
    hooks, cues, layouts = [], [], []
    for index, (planned, shot) in enumerate(zip(plan.shots, shots, strict=True)):
        seen = [by_id[f"shot{index}.text{number}"] for number in range(len(planned.overlays))]
        placed = list(zip(planned.overlays, seen, strict=True))
        # What another line than the studio's own was written to do, nobody here knows.
        hooks += [_hook(overlay, item, shot, source) for overlay, item in placed if overlay.text in HOOKS]
        cues += [_cue(overlay, item, shot, source) for overlay, item in placed if overlay.kind in _CUES]
        layouts.append(_layout(placed, by_id[f"shot{index}.subject"], shot, source))
    return TruthRecords(tuple(hooks), tuple(cues), tuple(layouts))


def _hook(overlay: Overlay, seen: Evidence, shot: Shot, source: Source) -> Hook:
    """What the line was written to do. No clip keeps a promise: its shots are drawn without regard to it."""
    kind, promise = HOOKS[overlay.text]
    return Hook(
        id=f"{shot.id}.hook",
        start_ns=shot.start_ns,
        end_ns=shot.end_ns,
        confidence=1.0,
        source=source,
        evidence=(seen.id,),
        types=(kind,),
        modalities=("on_screen_text",),
        promise=promise,
        payoff_ns=None,
    )


def _cue(overlay: Overlay, seen: Evidence, shot: Shot, source: Source) -> PackagingCue:
    return PackagingCue(
        id=f"{shot.id}.{overlay.kind}",
        start_ns=shot.start_ns,
        end_ns=shot.end_ns,
        confidence=1.0,
        source=source,
        evidence=(seen.id,),
        kind=_CUES[overlay.kind],
        text=overlay.text,
        box=seen.box,
    )


def _layout(
    placed: Sequence[tuple[Overlay, Evidence]], subject: Evidence, shot: Shot, source: Source
) -> ImageTextLayout:
    """One scene fills the picture, and overlays lie on it."""
    over = [
        Region(role=_ROLES[overlay.kind], box=seen.box, text=overlay.text)
        for overlay, seen in placed
        if seen.box is not None
    ]
    return ImageTextLayout(
        id=f"{shot.id}.layout",
        start_ns=shot.start_ns,
        end_ns=shot.end_ns,
        confidence=1.0,
        source=source,
        evidence=(subject.id, *(seen.id for _, seen in placed)),
        layout="full_bleed",
        regions=(Region(role="image", box=_WHOLE), *over),
    )
