"""The rules of the schema that lie between the parts of documents, over many documents at once.

Each is as strict as the schema's own (`sv6d/schema/document.py`, `consistency.py`) or stricter: what they doubt, the
schema itself decides. Legend: as `json_columns.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np
from pydantic import ValidationError

from sv6d.objective.document_arrays import CODES, IS_OTHER, NUM_LABEL_CODES
from sv6d.objective.json_columns import KIND_OF, NOT_THERE, Flags, Indices, JsonColumns, Spans
from sv6d.objective.json_shapes import Frame, Record, Shape
from sv6d.schema.document import Document
from sv6d.schema.fields import field_of
from sv6d.timeline import NS_PER_S

# One a line. Possessive: what follows one is never a part of it, so no other way to read a line need be tried.
_IDENTIFIERS = re.compile(r"(?:[a-z][a-z0-9_.:-]{0,63}+\n)*+")

# As in `consistency.py`: frames' times were rounded before and after the first one was subtracted, and a boundary may
# cite the first frame after it.
_ROUNDING_NS = 1
_AFTER_BOUNDARY_NS = 1 + _ROUNDING_NS

# Within that, with what the shapes hold, a frame's time less any other time fits 64 bits.
_MOST_SECONDS = 2**32


def _supports() -> Flags:
    allowed = np.zeros((NUM_LABEL_CODES, len(KIND_OF)), dtype=np.bool_)
    for i, code in enumerate(CODES[:NUM_LABEL_CODES]):
        field = field_of(code.field)
        assert field is not None  # the codes were made from the fields
        allowed[i, [KIND_OF[kind] for kind in field.evidence]] = True
    return allowed


# (label codes, kinds): whether evidence of a kind can support a value.
_SUPPORTS = _supports()


def is_well_named(document: Shape) -> bool:
    """Whether identifiers look like such, none is there twice, and each sentence cites something that is there."""
    sentences = () if document.report is None else document.report.sentences
    shots, evidence, labels, told = (
        [part.id for part in parts] for parts in (document.shots, document.evidence, document.labels, sentences)
    )
    groups = [set(shots), set(evidence), set(labels), set(told)]
    if sum(map(len, groups)) != len(shots) + len(evidence) + len(labels) + len(told):
        return False
    names = [*shots, *evidence, *labels, *told, *{item.stat for item in document.evidence}]
    lines = "\n".join([*names, ""])
    if lines.count("\n") != len(names) or _IDENTIFIERS.fullmatch(lines) is None:
        return False
    recorded = {record["id"] for record in document.records if isinstance(record.get("id"), str)} if told else set()
    return all(
        (sentence.labels or sentence.evidence or sentence.records)
        and recorded.issuperset(sentence.records)
        and groups[2].issuperset(sentence.labels)
        and groups[1].issuperset(sentence.evidence)
        and sentence.start_ns < sentence.end_ns <= document.video.duration_ns
        for sentence in sentences
    )


def has_sound_records(document: Shape) -> bool:
    """Whether the schema accepts the records, by themselves: with what they cite, and without the labels."""
    records = document.records
    if not records:
        return True
    cited = {name for record in records for name in _cited(record)}
    evidence = tuple(item for item in document.evidence if item.id in cited)
    alone = msgspec.structs.replace(document, evidence=evidence, labels=(), report=None)
    try:
        Document.model_validate_json(msgspec.json.encode(alone))
    except (ValidationError, RecursionError):  # or it nests without end
        return False
    return True


def _cited(record: Record) -> list[str]:
    cited = record.get("evidence")
    return [name for name in cited if isinstance(name, str)] if isinstance(cited, list) else []


def doubtful(columns: JsonColumns) -> Flags:
    """(D,): documents that break a rule, or that only the schema can judge."""
    doubts = np.zeros(len(columns), dtype=np.bool_)
    duration_ns = np.asarray(columns.duration_ns)
    for kind in (columns.labels, columns.shots, columns.boundaries, columns.evidence):
        doubts[kind.owner()[kind.start_ns() >= kind.end_ns()]] = True
    for kind in (columns.labels, columns.evidence):
        owner = kind.owner()
        doubts[owner[kind.end_ns() > duration_ns[owner]]] = True
    doubts[columns.shots.owner()[_astray(columns.shots, duration_ns)]] = True
    doubts[columns.labels.owner()[_unfounded(columns)]] = True
    if columns.frames:
        doubts |= _cites_frames_elsewhere(columns)
    return doubts


def _astray(shots: Spans, duration_ns: Indices) -> Flags:
    """(S,): whether a shot begins elsewhere than where the one before ended, or ends before the video does."""
    owner, start, end = shots.owner(), shots.start_ns(), shots.end_ns()
    is_first, is_last = np.diff(owner, prepend=-1) != 0, np.diff(owner, append=-1) != 0
    wanted = np.roll(end, 1)
    wanted[is_first] = 0
    astray: Flags = (start != wanted) | (is_last & (end != duration_ns[owner]))
    return astray


def _unfounded(columns: JsonColumns) -> Flags:
    """(L,): whether a label says what its field does not know, or rests on nothing that can support it."""
    code, start, end = np.asarray(columns.code), columns.labels.start_ns(), columns.labels.end_ns()
    unfounded: Flags = (code == NOT_THERE) | (np.asarray(columns.num_cited) == 0)
    unfounded |= IS_OTHER[code] != (np.asarray(columns.text) > 0)
    citing, cited = columns.cites()
    unfounded[citing[cited == NOT_THERE]] = True
    citing, cited = citing[cited != NOT_THERE], cited[cited != NOT_THERE]
    unfounded[citing[~_SUPPORTS[code[citing], np.asarray(columns.kind)[cited]]]] = True
    from_ns, to_ns = columns.evidence.start_ns()[cited], columns.evidence.end_ns()[cited]
    unfounded[citing[(from_ns >= end[citing]) | (to_ns <= start[citing])]] = True
    return unfounded


def _cites_frames_elsewhere(columns: JsonColumns) -> Flags:
    """(D,): whether no time of the first frame puts all frames that are cited within the spans of their evidence.

    What is known of that time, document by document: it lies in (after, until], in the container's time.
    """
    after, until = np.full(len(columns), np.iinfo(np.int64).min), np.full(len(columns), np.iinfo(np.int64).max)
    owners = np.array(list(columns.first_frames), dtype=np.int64)
    time_ns, far = _times_ns(list(columns.first_frames.values()))
    after[owners], until[owners] = time_ns - 1, time_ns
    elsewhere = np.zeros(len(columns), dtype=np.bool_)
    elsewhere[owners[far]] = True
    framed = np.asarray(columns.framed)
    owners = columns.evidence.owner()[framed]
    time_ns, far = _times_ns(columns.frames)
    elsewhere[owners[far]] = True
    more_ns = np.where(np.asarray(columns.kind)[framed] == KIND_OF["boundary"], _AFTER_BOUNDARY_NS, 0)
    np.maximum.at(after, owners, time_ns - columns.evidence.end_ns()[framed] - more_ns)
    np.minimum.at(until, owners, time_ns - columns.evidence.start_ns()[framed] + _ROUNDING_NS)
    return elsewhere | (after >= until)


def _times_ns(frames: Sequence[Frame]) -> tuple[Indices, Flags]:
    """`FrameRef.time_ns` of each, and whether a frame lies too far for that."""
    columns = [(frame.pts * frame.time_base_num, frame.time_base_den) for frame in frames]
    ticks, den = np.array(columns, dtype=np.int64).reshape(-1, 2).T
    whole, rest = np.divmod(ticks, den)
    far = np.abs(whole) >= _MOST_SECONDS
    whole[far] = 0
    time_ns: Indices = whole * NS_PER_S + (2 * rest * NS_PER_S + den) // (2 * den)
    return time_ns, far
