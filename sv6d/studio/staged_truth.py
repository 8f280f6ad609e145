"""The document of a staged clip: that of its plan, and the labels that the staging adds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.schema.document import Document, Evidence, Video
from sv6d.schema.fields import EvidenceKind
from sv6d.schema.records import ImageTextLayout, Region
from sv6d.studio.labels import true_label
from sv6d.studio.overlays import Box
from sv6d.studio.plan import ClipPlan
from sv6d.studio.staging import Shown, Staging, hand_way, page_boxes
from sv6d.studio.truth import METHOD, truth
from sv6d.timeline import FrameTime, Span

_WHOLE = 1.0
_SHAKE_STEP_NS = 20_000_000  # a tenth of its fastest swing


def staged_truth(plan: ClipPlan, staging: Staging, video: Video, frame_times: Sequence[FrameTime]) -> Document:
    """The document of the clip that was rendered from `plan` under `staging`.

    Raises:
        InputError: the file does not hold the planned frames.
    """
    document = truth(plan, video, frame_times, staging.paint(plan))
    pages = dict(staging.pages)
    # A page has no subject: what stood for it is the page.
    subjects = {f"shot{index}.subject" for index in pages}
    evidence = [_as_page(item) if item.id in subjects else item for item in document.evidence]
    untrue = {f"shot{index}.subject_type.{plan.shots[index].subject.kind}" for index in pages}
    labels = [label for label in document.labels if label.id not in untrue]
    for index, lines in pages.items():
        evidence += _writing(plan, index, lines, document.shots[index].span)
    for shown in staging.shown:
        span, cited, added = _cited(document, staging, shown)
        evidence += added
        labels.append(true_label(shown.field, shown.value, span, cited, shown.first))
    return document.model_copy(
        update={
            "evidence": tuple(evidence),
            "labels": tuple(labels),
            "layouts": tuple(_laid_out(layout, index, plan, staging) for index, layout in enumerate(document.layouts)),
        }
    )


def _as_page(item: Evidence) -> Evidence:
    return item.model_copy(update={"stat": "page", "value": "page", "box": None})


def _writing(plan: ClipPlan, index: int, lines: Sequence[str], span: Span) -> list[Evidence]:
    boxes = [_shares(box, plan) for box in page_boxes(plan, lines)]
    return [
        _evidence(f"shot{index}.page{number}", "text", span, "text", line, "text", box)
        for number, (line, box) in enumerate(zip(lines, boxes, strict=True))
    ]


def _laid_out(layout: ImageTextLayout, index: int, plan: ClipPlan, staging: Staging) -> ImageTextLayout:
    """The layout of a shot with its bars or its page; overlays stay."""
    overlays = layout.regions[1:]
    bars, pages = dict(staging.bars), dict(staging.pages)
    if index in bars:
        image = Region(role="image", box=(0.0, bars[index], _WHOLE, _WHOLE - bars[index]))
        return layout.model_copy(update={"layout": "letterbox", "regions": (image, *overlays)})
    if index in pages:
        lines = pages[index]
        boxes = [_shares(box, plan) for box in page_boxes(plan, lines)]
        writing = [Region(role="text", box=box, text=line) for line, box in zip(lines, boxes, strict=True)]
        return layout.model_copy(update={"layout": "slide", "regions": (*writing, *overlays)})
    return layout


def _shares(box: Box, plan: ClipPlan) -> tuple[float, float, float, float]:
    left, top, right, bottom = (
        round(min(1.0, max(0.0, edge)), 4)
        for edge in (box.left / plan.width, box.top / plan.height, box.right / plan.width, box.bottom / plan.height)
    )
    return left, top, right, bottom


def _cited(document: Document, staging: Staging, shown: Shown) -> tuple[Span, tuple[str, ...], list[Evidence]]:
    """The span of a label, the evidence that it rests on, and what of that is new."""
    first, last = document.shots[shown.first], document.shots[shown.last]
    span = Span(first.start_ns, last.end_ns)
    match shown.field:
        case "transition_style":
            assert first.boundary_in is not None  # only boundaries have effects
            return first.boundary_in.span, (f"boundary{shown.first}",), []
        case "audio_edit":
            return span, tuple(f"shot{index}.loudness" for index in range(shown.first, shown.last + 1)), []
        case "layout" if shown.value == "slide":
            return span, (f"shot{shown.first}.subject",), []
        case "layout":
            bar = dict(staging.bars).get(shown.first, 0.0)
            image = (0.0, bar, _WHOLE, _WHOLE - bar)
            item = _evidence(f"shot{shown.first}.letterbox", "layout", span, "letterbox", 2.0 * bar, "share", image)
        case "camera_roll":
            item = _evidence(f"shot{shown.first}.roll", "motion", span, "roll_speed", 0.0, "radians_per_s")
        case _:
            shake = _shake(staging, shown.first, span)
            item = _evidence(f"shot{shown.first}.shake", "motion", span, "shake_rms", shake, "frame_heights")
    return span, (item.id,), [item]


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
