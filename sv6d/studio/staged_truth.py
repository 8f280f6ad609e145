"""The document of a staged clip: that of its plan, and the labels that the staging adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sv6d.schema.document import Document, Evidence, Video
from sv6d.schema.fields import EvidenceKind
from sv6d.schema.records import ImageTextLayout, PackagingCue, Region
from sv6d.studio.file_times import FileTimes
from sv6d.studio.labels import SOURCE, true_label
from sv6d.studio.overlays import Box
from sv6d.studio.plan import ClipPlan
from sv6d.studio.reel import Card, Page, Screen, Sign
from sv6d.studio.screens import screen_texts
from sv6d.studio.signs import letters_box
from sv6d.studio.slides import page_texts, picture_box
from sv6d.studio.staged_frame import paint_of
from sv6d.studio.staging import Shown, Staging, hand_way
from sv6d.studio.truth import METHOD, truth
from sv6d.studio.world import Sight
from sv6d.timeline import FrameTime, Span

ShareBox = tuple[float, float, float, float]

_WHOLE: ShareBox = (0.0, 0.0, 1.0, 1.0)
_SHAKE_STEP_NS = 20_000_000  # a tenth of its fastest swing
# What evidence says of a layout: stat, unit.
_LAYOUT_STATS = {
    "letterbox": ("letterbox", "share"),
    "gap_text": ("window", "share"),
    "blurred_fill": ("blurred_fill", "share"),
    "picture_in_picture": ("picture_in_picture", "share"),
    "split_screen": ("split_screen", "parts"),
}


def staged_truth(plan: ClipPlan, staging: Staging, video: Video, frame_times: Sequence[FrameTime]) -> Document:
    """The document of the clip that was rendered from `plan` under `staging`.

    Raises:
        InputError: the file does not hold the planned frames.
    """
    document = truth(plan, video, frame_times, paint_of(plan, staging))
    times = FileTimes(frame_times, video.duration_ns)
    pictures = dict(staging.pictures)
    evidence = [_in_picture(item, plan, pictures) for item in document.evidence]
    untrue = {
        f"shot{index}.subject_type.{plan.shots[index].subject.kind}"
        for index, picture in pictures.items()
        if not _shows_subject(picture)
    }
    labels = [label for label in document.labels if label.id not in untrue]
    for index, picture in staging.pictures:
        evidence += _writing(plan, index, picture, document.shots[index].span)
    signs = [_sign(plan, number, sign, times) for number, sign in enumerate(staging.signs)]
    evidence += signs
    for shown in staging.shown:
        span, cited, added = _cited(plan, document, staging, shown, signs)
        evidence += added
        labels.append(true_label(shown.field, shown.value, span, cited, shown.first))
    return document.model_copy(
        update={
            "evidence": tuple(evidence),
            "labels": tuple(labels),
            "layouts": tuple(
                _laid_out(layout, index, plan, staging, signs) for index, layout in enumerate(document.layouts)
            ),
            "packaging_cues": (
                *document.packaging_cues,
                *(_cue(item) for item, sign in zip(signs, staging.signs, strict=True) if sign.kind == "subtitle_band"),
            ),
        }
    )


def _shows_subject(picture: Page | Card | Screen) -> bool:
    return isinstance(picture, Page) and picture.picture is not None


def _in_picture(item: Evidence, plan: ClipPlan, pictures: Mapping[int, Page | Card | Screen]) -> Evidence:
    """Evidence of a subject where there is a page or screen: its picture there, or the page as a whole."""
    shown = {f"shot{index}.subject": picture for index, picture in pictures.items()}.get(item.id)
    if shown is None:
        return item
    if _shows_subject(shown):
        return item.model_copy(update={"box": _shares(picture_box(plan.width, plan.height), plan)})
    return item.model_copy(update={"stat": "page", "value": "page", "box": None})


def _lines(plan: ClipPlan, index: int, picture: Page | Card | Screen) -> list[tuple[str, Box]]:
    """What is written on a picture, with its boxes in reference pixels."""
    if isinstance(picture, Page):
        return [(text, box) for text, box, _ in page_texts(picture, plan.width, plan.height)]
    if isinstance(picture, Screen):
        first = plan.shots[index].first_frame
        sight = Sight(plan.width, plan.height, 1.0, 1.0, plan.fps_num / plan.fps_den)
        return [(text, box) for text, box, _, _ in screen_texts(picture, sight, first, first + 1)]
    return []


def _writing(plan: ClipPlan, index: int, picture: Page | Card | Screen, span: Span) -> list[Evidence]:
    return [
        _evidence(f"shot{index}.page{number}", "text", span, "text", line, "text", _shares(box, plan))
        for number, (line, box) in enumerate(_lines(plan, index, picture))
    ]


def _sign(plan: ClipPlan, number: int, sign: Sign, times: FileTimes) -> Evidence:
    box = letters_box(sign)
    assert box is not None  # what is laid over bears letters
    span = times.span(sign.first, sign.end)
    return _evidence(f"sign{number}", "text", span, "text", sign.text, "text", _shares(box, plan))


def _cue(item: Evidence) -> PackagingCue:
    return PackagingCue(
        id=f"{item.id}.subtitle_band",
        start_ns=item.start_ns,
        end_ns=item.end_ns,
        confidence=1.0,
        source=SOURCE,
        evidence=(item.id,),
        kind="subtitle_band",
        text=str(item.value),
        box=item.box,
    )


def _laid_out(
    layout: ImageTextLayout, index: int, plan: ClipPlan, staging: Staging, signs: Sequence[Evidence]
) -> ImageTextLayout:
    """The layout of a shot as it is seen in its middle; overlays stay."""
    middle_ns = (layout.start_ns + layout.end_ns) // 2
    over = [
        Region(role="text", box=item.box, text=str(item.value))
        for item in signs
        if item.box is not None and item.start_ns <= middle_ns < item.end_ns
    ]
    overlays = (*layout.regions[1:], *over)
    picture = dict(staging.pictures).get(index)
    if picture is not None:
        lines = [(line, _shares(box, plan)) for line, box in _lines(plan, index, picture)]
        writing = [Region(role="text", box=box, text=line) for line, box in lines]
        name = "screen_recording" if isinstance(picture, Screen) else "slide"
        return layout.model_copy(update={"layout": name, "regions": (*writing, *overlays)})
    name, boxes = _images(index, plan, staging)
    images = [Region(role="image", box=box) for box in boxes]
    return layout.model_copy(update={"layout": name, "regions": (*images, *overlays)})


def _images(index: int, plan: ClipPlan, staging: Staging) -> tuple[str, list[ShareBox]]:
    """A value of `layout`, and where moving images are."""
    bars, division = dict(staging.bars), dict(staging.divisions).get(index)
    if division is not None:
        return division.kind, [_shares(box, plan) for box in (division.main, *division.others)]
    if index in bars:
        return "letterbox", [(0.0, round(bars[index], 4), 1.0, round(1.0 - bars[index], 4))]
    return "full_bleed", [_WHOLE]


def _shares(box: Box, plan: ClipPlan) -> ShareBox:
    left, top, right, bottom = (
        round(min(1.0, max(0.0, edge)), 4)
        for edge in (box.left / plan.width, box.top / plan.height, box.right / plan.width, box.bottom / plan.height)
    )
    return left, top, right, bottom


def _cited(
    plan: ClipPlan, document: Document, staging: Staging, shown: Shown, signs: Sequence[Evidence]
) -> tuple[Span, tuple[str, ...], list[Evidence]]:
    """The span of a label, the evidence that it rests on, and what of that is new."""
    first, last = document.shots[shown.first], document.shots[shown.last]
    span = Span(first.start_ns, last.end_ns)
    match shown.field:
        case "transition_style":
            assert first.boundary_in is not None  # only boundaries have effects
            return first.boundary_in.span, (f"boundary{shown.first}",), []
        case "text_overlay":
            return span, tuple(item.id for item in signs if item.span.overlap_ns(span)), []
        case "audio_edit" if shown.value == "beat_sync":
            item = _evidence("beats", "sound", span, "cuts_on_beat", 1.0, "share")
        case "audio_edit":
            return span, tuple(f"shot{index}.loudness" for index in range(shown.first, shown.last + 1)), []
        case "layout" if shown.value in ("slide", "screen_recording"):
            return span, (f"shot{shown.first}.subject",), []
        case "layout":
            item = _layout_evidence(plan, staging, shown, span)
        case "camera_roll":
            roll = dict(staging.rolls).get(shown.first)
            speed = 0.0 if roll is None else roll.speed
            item = _evidence(f"shot{shown.first}.roll", "motion", span, "roll_speed", speed, "radians_per_s")
        case _:
            shake = _shake(staging, shown.first, span)
            item = _evidence(f"shot{shown.first}.shake", "motion", span, "shake_rms", shake, "frame_heights")
    return span, (item.id,), [item]


def _layout_evidence(plan: ClipPlan, staging: Staging, shown: Shown, span: Span) -> Evidence:
    """The measure of a layout: what is outside of one image, a small one's own share, or the number of parts."""
    name, boxes = _images(shown.first, plan, staging)
    stat, unit = _LAYOUT_STATS.get(name, ("letterbox", "share"))
    box = boxes[-1] if name == "picture_in_picture" else boxes[0]
    area = (box[2] - box[0]) * (box[3] - box[1])
    value = {"picture_in_picture": area, "split_screen": float(len(boxes))}.get(name, 1.0 - area)
    return _evidence(f"shot{shown.first}.{stat}", "layout", span, stat, value, unit, box)


def _shake(staging: Staging, index: int, span: Span) -> float:
    """Root mean square of the hand's way about its mean, in picture heights; 0 without one."""
    hands = dict(staging.hands)
    if index not in hands:
        return 0.0
    times_ns = range(span.start_ns, span.end_ns, _SHAKE_STEP_NS)
    ways = np.array([hand_way(hands[index], time_ns) for time_ns in times_ns])
    return float(np.sqrt(np.square(ways - ways.mean(axis=0)).sum(axis=1).mean()))


def _evidence(
    name: str,
    kind: EvidenceKind,
    span: Span,
    stat: str,
    value: float | str,
    unit: str,
    box: tuple[float, float, float, float] | None = None,
) -> Evidence:
    return Evidence(
        id=name,
        kind=kind,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        stat=stat,
        value=round(value, 4) if isinstance(value, float) else value,
        unit=unit,
        method=METHOD,
        box=box,
    )
