"""Sentences about the records of a document, each citing its record and the evidence that it rests on.

Tension has its own sentence in the report, and what changes at a cut another, which rests on kept labels.
"""

from __future__ import annotations

from collections.abc import Sequence

from sv6d.schema.document import Document, Sentence
from sv6d.schema.records import CutRationale, Hook, ImageTextLayout, PackagingCue, Record
from sv6d.timeline import seconds


def record_sentences(document: Document) -> dict[str, list[Sentence]]:
    """Sentences by the shot in which they are told: that in which a record begins, or to which its cut leads.

    Within a shot come reasons for the cut, then hooks, packaging cues and layouts.
    """
    told: list[tuple[Record, str]] = [
        *((record, _reason(record)) for record in document.cut_rationales if record.rationale or record.text),
        *((hook, _hook(hook)) for hook in document.hooks),
        *((cue, _cue(cue)) for cue in document.packaging_cues),
        *((layout, _layout(layout)) for layout in document.layouts),
    ]
    by_shot: dict[str, list[Sentence]] = {shot.id: [] for shot in document.shots}
    for number, (record, text) in enumerate(told):
        by_shot[_shot_of(document, record)].append(
            Sentence(
                # Numbered, since a record's id may be as long as an id can be.
                id=f"record.{number}",
                start_ns=record.start_ns,
                end_ns=record.end_ns,
                text=text,
                labels=(),
                records=(record.id,),
                evidence=record.evidence,
            )
        )
    return by_shot


def _shot_of(document: Document, record: Record) -> str:
    if isinstance(record, CutRationale):
        return record.shot
    return next(shot.id for shot in document.shots if shot.span.contains(record.start_ns))


def _hook(hook: Hook) -> str:
    text = f"{_when(hook)} a hook ({_words(hook.types)}) wins attention by {_words(hook.modalities)}"
    if not hook.promise:
        return f"{text}; it promises nothing."
    kept = "is not kept within the video"
    if hook.payoff_ns is not None:
        kept = f"is kept at {seconds(hook.payoff_ns):.1f} s"
    return f"{text}; it promises “{hook.promise}”, which {kept}."


def _reason(record: CutRationale) -> str:
    """Why there is a cut; a text of the record's author stands as it is."""
    what = f"At {seconds(record.start_ns):.1f} s the cut"
    if record.rationale is None:
        return f"{what}: “{record.text}”."
    said = f": “{record.text}”" if record.text else ""
    return f"{what} serves {_words([record.rationale])}{said}."


def _cue(cue: PackagingCue) -> str:
    kind = _words([cue.kind])
    if cue.kind == "cover":
        return "The video has a cover of its own."
    if not cue.text:
        return f"{_when(cue)} there is a {kind}."
    return f"{_when(cue)} a {kind} says “{cue.text}”."


def _layout(record: ImageTextLayout) -> str:
    regions = [f"{region.role} “{region.text}”" if region.text else region.role for region in record.regions]
    text = f"{_when(record)} the picture is laid out as {_words([record.layout])}"
    return f"{text}: {', '.join(regions)}." if regions else f"{text}."


def _when(record: Record) -> str:
    return f"From {seconds(record.start_ns):.1f} to {seconds(record.end_ns):.1f} s"


def _words(names: Sequence[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in names)
