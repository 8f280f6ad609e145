"""The full report of a video and its short summary: fixed templates over kept labels and records, which they cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sv6d.annotate.sides import labels_of_shot
from sv6d.corpus.extension import CutChange, TensionCurve
from sv6d.corpus.record_text import record_sentences
from sv6d.io import read_jsonl
from sv6d.schema.document import Document, Identifier, Label, Part, Report, Sentence, Sha256, Shot
from sv6d.timeline import seconds


class Statement(Part):
    """A text with the ids of the labels and evidence that it rests on."""

    text: Annotated[str, Field(min_length=1)]
    labels: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    evidence: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class ReportLine(Part):
    """One line of `reports.jsonl`. `summary` is None where the kept labels do not carry one."""

    video_id: Sha256
    report: Report
    summary: Statement | None


def write_report(document: Document, changes: Sequence[CutChange], tension: TensionCurve | None) -> tuple[Report, int]:
    """The report of a document of kept labels, and the number of shots that it has nothing to say about.

    Sentences come in the order of time: the pacing of the whole, then each shot with the cut that
    leads to it and its records, then where tension peaks.
    """
    sentences = [
        _sentence("pacing", label.span.start_ns, label.span.end_ns, f"The editing is {label.value}.", [label])
        for label in document.labels
        if label.field == "pacing"
    ]
    led_to = {change.shot: change for change in changes}
    changing = {record.shot: record.id for record in document.cut_rationales if record.changes}
    on_records = record_sentences(document)
    num_silent = 0
    for shot in document.shots:
        if shot.id in led_to:
            sentences.append(_cited(f"cut.{shot.id}", led_to[shot.id], changing.get(shot.id)))
        labels = [label for group in labels_of_shot(document.labels, shot).values() for label in group]
        if labels:
            sentences.append(
                _sentence(f"shot.{shot.id}", shot.start_ns, shot.end_ns, _shot_text(document, shot), labels)
            )
        else:
            num_silent += 1
        sentences.extend(on_records[shot.id])
    if tension is not None:
        sentences.extend(_peak(tension))
    return Report(sentences=tuple(sentences)), num_silent


def write_summary(document: Document, max_shots: int) -> Statement | None:
    """One line: the number of shots, then subject and camera movement of each with its start in seconds.

    None where not every boundary has a kept label (the number would rest on nothing), where a shot
    has neither of the two, or where there are more shots than `max_shots`.
    """
    parts, used = [], [label for label in document.labels if label.field == "boundary_kind"]
    if len(document.shots) > max_shots or len(used) != len(document.shots) - 1:
        return None
    for shot in document.shots:
        by_field = labels_of_shot(document.labels, shot)
        told = [label for field in ("subject_type", "camera_movement") for label in by_field.get(field, [])]
        if not told:
            return None
        used.extend(told)
        parts.append(f"{seconds(shot.start_ns):.1f} s {', '.join(label.value for label in told)}")
    noun = "shot" if len(parts) == 1 else "shots"
    return Statement(
        text=f"{len(parts)} {noun}: {'; '.join(parts)}.",
        labels=tuple(sorted({label.id for label in used})),
        evidence=tuple(sorted({name for label in used for name in label.evidence})),
    )


def read_reports(folder: Path) -> Iterator[ReportLine]:
    """The reports of a `dense_reports` artifact, sorted by video."""
    for row in read_jsonl(folder / "reports.jsonl"):
        yield ReportLine.model_validate(row)


def _shot_text(document: Document, shot: Shot) -> str:
    by_field = {
        field: [_words(label) for label in group] for field, group in labels_of_shot(document.labels, shot).items()
    }
    clauses = []
    if "subject_type" in by_field:
        clauses.append(f"the shot shows {_joined(by_field['subject_type'])}")
    if "camera_movement" in by_field:
        moves = by_field["camera_movement"]
        clauses.append("the camera is static" if moves == ["static"] else f"the camera moves: {_joined(moves)}")
    look = [*by_field.get("lighting_key", []), *(f"{tone} colour" for tone in by_field.get("colour_tone", []))]
    if look:
        clauses.append(f"the look is {_joined(look)}")
    if "packaging" in by_field:
        clauses.append(f"overlays are {_joined(by_field['packaging'])}")
    if "beat" in by_field:
        clauses.append(f"it serves as {_joined(by_field['beat'])}")
    return f"From {seconds(shot.start_ns):.1f} to {seconds(shot.end_ns):.1f} s {'; '.join(clauses)}."


def _peak(tension: TensionCurve) -> list[Sentence]:
    measured = [point for point in tension.points if point.tension is not None]
    if not measured:
        return []
    peak = max(measured, key=lambda point: (point.tension or 0.0, -point.start_ns))
    text = f"Tension is highest from {seconds(peak.start_ns):.1f} to {seconds(peak.end_ns):.1f} s ({peak.tension:.2f})."
    return [
        Sentence(
            id="tension.peak",
            start_ns=peak.start_ns,
            end_ns=peak.end_ns,
            text=text,
            labels=tension.labels,
            records=(tension.record,),
            evidence=tension.evidence,
        )
    ]


def _cited(name: str, change: CutChange, record: str | None) -> Sentence:
    return Sentence(
        id=name,
        start_ns=change.start_ns,
        end_ns=change.end_ns,
        text=change.text,
        labels=change.labels,
        records=() if record is None else (record,),
        evidence=change.evidence,
    )


def _sentence(name: str, start_ns: int, end_ns: int, text: str, labels: Sequence[Label]) -> Sentence:
    return Sentence(
        id=name,
        start_ns=start_ns,
        end_ns=end_ns,
        text=text,
        labels=tuple(sorted({label.id for label in labels})),
        evidence=tuple(sorted({item for label in labels for item in label.evidence})),
    )


def _words(label: Label) -> str:
    return label.value.replace("_", " ")


def _joined(words: Sequence[str]) -> str:
    return " and ".join(words)
