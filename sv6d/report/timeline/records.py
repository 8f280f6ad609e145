"""What a page shows of a document's records and of its engagement context: values for the page's script, in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sv6d.report.timeline.wording import words
from sv6d.schema.document import Context, Document
from sv6d.schema.fields import Dimension, field_of
from sv6d.schema.parts import Box, Part
from sv6d.schema.records import CutRationale, Hook, ImageTextLayout, PackagingCue, Record, TensionCurve
from sv6d.timeline import seconds

# Kinds of records in the order of their rows: dimension, title, and the part that defines each.
KINDS: Mapping[str, tuple[Dimension, str, type[Part]]] = {
    "layout": ("aesthetics", "image-text layout", ImageTextLayout),
    "rationale": ("editing", "cut rationale", CutRationale),
    "tension": ("editing", "tension", TensionCurve),
    "hook": ("dissemination", "hook", Hook),
    "cue": ("dissemination", "packaging cue", PackagingCue),
    "context": ("dissemination", "engagement context", Context),
}

# (name, text, what the text means by the vocabulary, or "")
Fact = tuple[str, str, str]


def record_kinds(documents: Sequence[Document]) -> list[dict[str, str]]:
    """The kinds of records that documents hold, in the order of their rows."""
    used = {item["record"] for document in documents for item in records(document)}
    return [
        {"name": name, "dimension": dimension, "title": title, "definition": _definition(part)}
        for name, (dimension, title, part) in KINDS.items()
        if name in used
    ]


def num_records(document: Document, dimension: Dimension) -> int:
    """How many rows of the page's table are about records of a dimension."""
    return sum(KINDS[item["record"]][0] == dimension for item in records(document))


def records(document: Document) -> list[dict[str, Any]]:
    """An item per record, one per shot for tension, and one for the engagement context.

    `words` is what a bar says, `facts` everything that is told as (name, text, meaning), `more` what
    the words do not say, `boxes` regions of the picture with their role. Times in seconds.
    """
    return [
        *map(_layout, document.layouts),
        *_rationales(document),
        *_tension(document),
        *map(_hook, document.hooks),
        *map(_cue, document.packaging_cues),
        *_context(document),
    ]


def _hook(hook: Hook) -> dict[str, Any]:
    kinds, means = ", ".join(map(words, hook.types)), ", ".join(map(words, hook.modalities))
    return {
        **_said(hook, "hook", f"{kinds}: {hook.promise}" if hook.promise else kinds, f"by {means}"),
        "facts": [
            *(("type", *_term("hook_type", value)) for value in hook.types),
            *(("by", *_term("hook_modality", value)) for value in hook.modalities),
            ("promise", hook.promise or "none", ""),
        ],
        "payoff": None if hook.payoff_ns is None else seconds(hook.payoff_ns),
    }


def _rationales(document: Document) -> Iterator[dict[str, Any]]:
    """Each with `until`: a boundary is too short for words, so they may run up to the next one."""
    ordered = sorted(document.cut_rationales, key=lambda record: record.start_ns)
    ends_ns = [*(record.start_ns for record in ordered), document.video.duration_ns][1:]
    for record, end_ns in zip(ordered, ends_ns, strict=False):
        changes = ", ".join(map(words, record.changes))
        changing = f"changes {changes}" if changes else ""
        if record.rationale is not None:
            why = _term("cut_rationale", record.rationale)
            said, more = why[0], "; ".join(filter(None, (changing, record.text)))
        else:
            why = ("not said", "")
            said, more = (changing, record.text) if changing else (record.text, "")
        yield {
            **_said(record, "rationale", said, more),
            "facts": _told(("why", *why), ("changes", changes, ""), ("text", record.text, "")),
            "until": seconds(max(end_ns, record.end_ns)),
        }


def _tension(document: Document) -> Iterator[dict[str, Any]]:
    """An item per shot; `level` is None where tension was not measured."""
    curve = document.tension
    if curve is None:
        return
    spans = {item.id: item.span for item in document.evidence}
    for point in curve.points:
        parts = (("pace", point.pace), ("motion", point.motion), ("light change", point.light_change))
        causes = [(name, _figure(value), "") for name, value in parts]
        yield {
            **_said(curve, "tension", _figure(point.tension), ", ".join(f"{name} {text}" for name, text, _ in causes)),
            "id": f"{curve.id}/{point.shot}",
            "start": seconds(point.start_ns),
            "end": seconds(point.end_ns),
            "evidence": [name for name in curve.evidence if spans[name].overlap_ns(point.span)],
            "facts": causes,
            "level": point.tension,
        }


def _cue(cue: PackagingCue) -> dict[str, Any]:
    kind = words(cue.kind)
    return {
        **_said(cue, "cue", f"{kind}: {cue.text}" if cue.text else kind, ""),
        "facts": _told(("kind", kind, ""), ("text", cue.text, "")),
        "boxes": _boxes([("", cue.box)]),
    }


def _layout(record: ImageTextLayout) -> dict[str, Any]:
    regions = [f"{region.role}: {region.text}" if region.text else region.role for region in record.regions]
    return {
        **_said(record, "layout", words(record.layout), "; ".join(regions)),
        "facts": [
            ("layout", *_term("layout", record.layout)),
            *((f"region {number}", text, "") for number, text in enumerate(regions, start=1)),
        ],
        "boxes": _boxes([(region.role, region.box) for region in record.regions]),
    }


def _context(document: Document) -> Iterator[dict[str, Any]]:
    """What was published beside the video, over all of it. Nobody's claim, so it has no confidence."""
    context = document.video.context
    if context is None or context == Context():
        return
    hashtags = " ".join(context.hashtags)
    number = len(context.comments)
    counted = f"{number} comment{'s' if number > 1 else ''}" if number else ""
    yield {
        "record": "context",
        "id": "context",
        "start": 0.0,
        "end": seconds(document.video.duration_ns),
        "words": " · ".join(filter(None, (context.title, hashtags, counted))) or context.cover,
        "more": "; ".join(context.comments),
        "facts": _told(
            ("title", context.title, ""),
            ("hashtags", hashtags, ""),
            ("cover", context.cover, ""),
            *(("comment", text, "") for text in context.comments),
        ),
        "confidence": None,
        "producer": "sidecar",
        "source": "sidecar",
        "evidence": [item.id for item in document.evidence if item.kind == "sidecar"],
        "boxes": [],
    }


def _said(record: Record, kind: str, said: str, more: str) -> dict[str, Any]:
    return {
        "record": kind,
        "id": record.id,
        "start": seconds(record.start_ns),
        "end": seconds(record.end_ns),
        "words": said,
        "more": more,
        "confidence": record.confidence,
        "producer": record.source.producer,
        "source": record.source.name,
        "evidence": list(record.evidence),
        "boxes": [],
    }


def _told(*facts: Fact) -> list[Fact]:
    return [fact for fact in facts if fact[1]]


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f}"


def _boxes(boxes: Sequence[tuple[str, Box | None]]) -> list[dict[str, Any]]:
    return [{"role": role, "box": list(box)} for role, box in boxes if box is not None]


def _term(field_name: str, value: str) -> tuple[str, str]:
    """A value as a person reads it, and when it applies ("" for `other`)."""
    field = field_of(field_name)
    assert field is not None  # records use fields of the vocabulary only
    return words(value), next((term.definition for term in field.terms if term.name == value), "")


def _definition(part: type[Part]) -> str:
    """The first sentence of what the part says of itself."""
    return " ".join((part.__doc__ or "").split()).split(". ", maxsplit=1)[0].removesuffix(".") + "."
