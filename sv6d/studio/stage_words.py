"""Subtitles of a document, as a band low in the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sv6d.schema.document import Document
from sv6d.studio.lettering import text_box
from sv6d.studio.plan import ClipPlan
from sv6d.studio.reel import Sign
from sv6d.studio.signs import letters_box
from sv6d.studio.staging import Shown
from sv6d.timeline import NS_PER_S, Span

BAND_LEVEL = 0.78  # of the height, as reels of a product have it; above a platform's buttons
_LOWEST, _HIGHEST = 0.55, 0.93  # where a band may lie: the lower half, and whole
_LEAST_FRAMES = 3  # ours: what is seen for less is no subtitle


@dataclass(frozen=True)
class StagedWords:
    """Bands of subtitles, the labels that they bear, and what was left out: {id of label or record: why}."""

    signs: tuple[Sign, ...]
    shown: tuple[Shown, ...]
    omitted: Mapping[str, str]


def is_writable(text: str, most: int) -> bool:
    """Whether the bundled font has a text's letters, and it is no longer than so many."""
    return text.isascii() and text.isprintable() and 0 < len(text.strip()) <= most


def is_as_wide(text: str, size: float, width: float) -> bool:
    """Whether the font has a text's letters, and a line of them at that size is no wider; reference pixels."""
    return is_writable(text, 200) and text_box(text, 0.0, 0.0, size, "la").right <= width


@dataclass(frozen=True, slots=True)
class _Line:
    """A subtitle: whose (id of a label or record), its words and when they are seen."""

    owner: str
    text: str
    span: Span
    level: float


def stage_words(document: Document, plan: ClipPlan) -> StagedWords:
    """The bands that `packaging_cues` of kind `subtitle_band` and labels `text_overlay: subtitle` ask for.

    A label's words are those of the evidence that it cites, each as long as it is seen. Where `packaging` has drawn a
    caption there is one already.
    """
    omitted: dict[str, str] = {}
    signs: list[Sign] = []
    for label in document.labels:
        if label.field == "text_overlay" and label.value != "subtitle":
            omitted[label.id] = "of writing by the editor the studio draws subtitles and `packaging`"
    captioned = [
        plan.shot_span(index)
        for index, shot in enumerate(plan.shots)
        if any(overlay.kind == "caption" for overlay in shot.overlays)
    ]
    for line in _lines(document, omitted):
        if any(span.contains(line.span.middle_ns) for span in captioned):
            continue
        first, end = (
            round(ns * plan.fps_num / (plan.fps_den * NS_PER_S)) for ns in (line.span.start_ns, line.span.end_ns)
        )
        sign = Sign("subtitle_band", line.text, 0, first, end, plan.width / 2.0, round(line.level * plan.height, 1))
        reason = _unfit(sign, plan)
        if reason is None and any(old.text == sign.text and old.first == sign.first for old in signs):
            continue
        if reason is None and any(old.first < end and first < old.end for old in signs):
            reason = "another subtitle stands there"
        if reason is None:
            signs.append(sign)
        else:
            omitted[line.owner] = reason
    shown = [
        Shown("text_overlay", "subtitle", index, index)
        for label in document.labels
        for index, shot in enumerate(document.shots)
        if (label.field, label.value) == ("text_overlay", "subtitle")
        and label.id not in omitted
        and shot.span.contains(label.span.middle_ns)
    ]
    return StagedWords(tuple(sorted(signs, key=lambda one: one.first)), tuple(dict.fromkeys(shown)), omitted)


def _lines(document: Document, omitted: dict[str, str]) -> Iterator[_Line]:
    for cue in document.packaging_cues:
        if cue.kind == "subtitle_band":
            yield _Line(cue.id, cue.text, Span(cue.start_ns, cue.end_ns), _level(cue.box))
    for label in document.labels:
        if (label.field, label.value) == ("text_overlay", "subtitle"):
            texts = [
                item for item in document.evidence_of(label) if item.kind == "text" and isinstance(item.value, str)
            ]
            if not texts:
                omitted[label.id] = "nothing says its words"
            for item in texts:
                yield _Line(label.id, str(item.value), item.span, _level(item.box))


def _level(box: tuple[float, float, float, float] | None) -> float:
    middle = BAND_LEVEL if box is None else (box[1] + box[3]) / 2.0
    return min(_HIGHEST, max(_LOWEST, middle))


def _unfit(sign: Sign, plan: ClipPlan) -> str | None:
    if not is_writable(sign.text, 200):
        return "the studio has no letters for it"
    box = letters_box(sign)
    assert box is not None  # bands bear letters
    if box.left < 0.0 or box.right > plan.width:
        return "it is wider than the picture"
    if sign.end - sign.first < _LEAST_FRAMES:
        return "it is seen for too short a time"
    covered = [shot for shot in plan.shots if shot.first_frame < sign.end and sign.first < shot.end_frame]
    if any(shot.overlays for shot in covered):
        return "the shot's own writing stands there"
    return None
