"""The rules of a document that span its parts. Each raises ValueError naming the part that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sv6d.schema.fields import EvidenceKind, field_of
from sv6d.timeline import Span

if TYPE_CHECKING:
    from sv6d.schema.document import Document, Evidence

# Times of frames are rounded to nanoseconds before and after the first one is subtracted.
_ROUNDING_NS = 1


def check_document(document: Document) -> None:
    """All rules, in the order in which a reader would look for the mistake."""
    _check_shots(document)
    _check_identifiers(document)
    _check_within_video(document)
    _check_frames(document)
    _check_labels(document)
    _check_records(document)
    _check_report(document)


def _check_shots(document: Document) -> None:
    edge_ns = 0
    for shot in document.shots:
        if shot.start_ns != edge_ns:
            raise ValueError(f"shots must tile the video: {shot.id} starts at {shot.start_ns}, not {edge_ns} ns")
        edge_ns = shot.end_ns
    if edge_ns != document.video.duration_ns:
        raise ValueError(f"shots must tile the video: they end at {edge_ns}, not {document.video.duration_ns} ns")


def _check_identifiers(document: Document) -> None:
    for kind, parts in (
        ("shot", document.shots),
        ("evidence", document.evidence),
        ("label", document.labels),
        ("record", document.records),
        ("sentence", document.report.sentences if document.report else ()),
    ):
        names = [part.id for part in parts]
        if len(names) != len(set(names)):
            raise ValueError(f"{kind} ids must be unique: {sorted({n for n in names if names.count(n) > 1})}")


def _check_within_video(document: Document) -> None:
    sentences = document.report.sentences if document.report else ()
    duration_ns = document.video.duration_ns
    for part in (*document.evidence, *document.labels, *document.records, *sentences):
        if part.end_ns > duration_ns:
            raise ValueError(f"{part.id} ends at {part.end_ns} ns, after the video ({duration_ns} ns)")


def _check_frames(document: Document) -> None:
    first = document.video.first_frame
    cited = (
        (item.id, item.kind, item.start_ns, item.end_ns, frame.time_ns)
        for item in document.evidence
        for frame in item.frames
    )
    named = misplaced_frames(None if first is None else first.time_ns, cited)
    if named:
        raise ValueError(f"evidence {' or '.join(named)} cites a frame that lies outside its span")


def misplaced_frames(first_ns: int | None, cited: Iterable[tuple[str, EvidenceKind, int, int, int]]) -> list[str]:
    """The ids of evidence that cites a frame outside its span; none where all frames lie within theirs.

    Frames keep the container's time, so what is compared is the time since the first frame. Where
    that frame's time is not told, there must at least be one that fits them all.

    Args:
        first_ns: time of the first frame in the container's time; None: not told.
        cited: for each cited frame its evidence's id, kind, start and end, and the frame's time.
    """
    # The first frame's time lies in (after_ns, until_ns] in the container's time.
    after_ns: int | None = None if first_ns is None else first_ns - 1
    until_ns: int | None = first_ns
    after_by: str | None = None
    until_by: str | None = None
    for name, kind, start_ns, end_ns, time_ns in cited:
        latest_ns = time_ns - start_ns + _ROUNDING_NS
        # A boundary runs up to the first frame that is purely the new shot, and may cite it.
        earliest_ns = time_ns - end_ns - (1 + _ROUNDING_NS if kind == "boundary" else 0)
        if after_ns is None or earliest_ns > after_ns:
            after_ns, after_by = earliest_ns, name
        if until_ns is None or latest_ns < until_ns:
            until_ns, until_by = latest_ns, name
    if after_ns is None or until_ns is None or after_ns < until_ns:
        return []
    return sorted({name for name in (after_by, until_by) if name is not None})


def _check_labels(document: Document) -> None:
    by_id = {item.id: item for item in document.evidence}
    for label in document.labels:
        field = field_of(label.field)
        assert field is not None  # checked when the label was made
        if not label.evidence:
            raise ValueError(f"label {label.id} cites no evidence; a label without evidence must not be emitted")
        _check_cited(f"label {label.id}", label.span, label.evidence, by_id, field.name, field.evidence)


def _check_records(document: Document) -> None:
    by_id = {item.id: item for item in document.evidence}
    shots = {shot.id: shot for shot in document.shots}
    for record in document.records:
        what = type(record).__name__
        _check_cited(f"record {record.id}", record.span, record.evidence, by_id, what, record.EVIDENCE)
    for hook in document.hooks:
        if hook.payoff_ns is not None and hook.payoff_ns > document.video.duration_ns:
            raise ValueError(f"record {hook.id}: payoff_ns {hook.payoff_ns} lies after the video")
    for rationale in document.cut_rationales:
        shot = shots.get(rationale.shot)
        if shot is None or shot.boundary_in is None:
            raise ValueError(f"record {rationale.id}: no boundary leads to a shot {rationale.shot!r}")
        if not shot.boundary_in.span.overlap_ns(rationale.span):
            raise ValueError(f"record {rationale.id} lies outside the boundary of {rationale.shot}")
    if document.tension is not None:
        told = [(point.shot, point.start_ns, point.end_ns) for point in document.tension.points]
        wanted = [(shot.id, shot.start_ns, shot.end_ns) for shot in document.shots]
        if told != wanted:
            raise ValueError(f"record {document.tension.id} must have one point for each shot, in their order")


def _check_cited(
    who: str,
    span: Span,
    cited: Sequence[str],
    by_id: Mapping[str, Evidence],
    what: str,
    kinds: Sequence[EvidenceKind],
) -> None:
    for name in cited:
        item = by_id.get(name)
        if item is None:
            raise ValueError(f"{who} cites {name}, which is not there")
        if item.kind not in kinds:
            raise ValueError(f"{who}: {item.kind} evidence ({name}) can not support {what}; allowed: {tuple(kinds)}")
        if not item.span.overlap_ns(span):
            raise ValueError(f"{who} cites {name}, which lies outside its span")


def _check_report(document: Document) -> None:
    labels = {label.id for label in document.labels}
    evidence = {item.id for item in document.evidence}
    records = {record.id for record in document.records}
    for sentence in document.report.sentences if document.report else ():
        unknown = (set(sentence.labels) - labels) | (set(sentence.evidence) - evidence)
        unknown |= set(sentence.records) - records
        if unknown:
            raise ValueError(f"sentence {sentence.id} cites what is not there: {sorted(unknown)}")
