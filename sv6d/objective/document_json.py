"""Documents from JSON bytes straight to arrays, with the refusals of the schema.

What is checked here is no more lenient than the schema: types, patterns and bounds are the schema's own
(derived from its models, without building them), and what the models check beside that is written
out below. Where anything is not as it must be, the schema itself reads the document: it refuses it with its own
message, or accepts what this fast way does not understand, such as records, which the judge does not compare.
Of a key that is given twice the last value counts for both; here the first one need not even be a number that fits
(1e999), since nobody reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, reduce
from itertools import pairwise
from operator import itemgetter, or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic import Field as Bounds
from typing_extensions import TypedDict  # pydantic refuses that of `typing` before Python 3.12

from sv6d.objective.document_arrays import (
    BOUNDARY_CODE,
    LABEL_CODE,
    SHOT_CODE,
    Columns,
    DocumentArrays,
    columns_of,
    stack,
    text_numbers,
)
from sv6d.schema.consistency import misplaced_frames
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS, OTHER, EvidenceKind
from sv6d.schema.versions import load_document
from sv6d.timeline import pts_to_ns

Raw = dict[str, Any]

_CODE_OF = {
    (field.dimension, field.name, value): LABEL_CODE[field.name, value]
    for field in FIELDS
    for value in (*field.values, OTHER)
}
_EVIDENCE_OF = {field.name: frozenset(field.evidence) for field in FIELDS}
_OF_LABEL = itemgetter("dimension", "field", "value", "evidence", "start_ns", "end_ns")
_OF_FRAME = itemgetter("pts", "time_base_num", "time_base_den")
_OF_EVIDENCE = itemgetter("kind", "start_ns", "end_ns")
_RECORDS = ("hooks", "cut_rationales", "tension", "packaging_cues", "layouts")
_NOTHING = ("", 0, 0)  # what is cited and is not there: of no kind that supports anything
# What every JSON parser reads as the integer that is written; the schema alone decides about larger ones.
_INT64 = Annotated[int, Bounds(ge=-(2**63), lt=2**63)]


def arrays_of_json(documents: Iterable[bytes], *, name: str, first: int = 0) -> DocumentArrays:
    """Documents as arrays, in the given order; equal to `arrays_of` of what `load_document` returns.

    `name` is used in messages, with the document's number, which counts from `first`.

    Raises:
        SchemaError: as `load_document`, for the first document that breaks the schema.
    """
    return stack([columns_of_json(raw, name=f"{name} {i}") for i, raw in enumerate(documents, first)])


def columns_of_json(raw: bytes, *, name: str) -> Columns:
    """One document's items. Raises SchemaError as `load_document`."""
    try:
        value: Raw = _adapter().validate_json(raw, strict=True)
    except ValidationError:
        return columns_of(load_document(raw, name=name))
    columns = _checked_columns(value)
    return columns_of(load_document(raw, name=name)) if columns is None else columns


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(_plain(Document, {}))


def _plain(kind: Any, made: dict[type[BaseModel], Any]) -> Any:
    """The type of the dictionaries that a model is validated from: same keys, types and bounds."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind not in made:
            keys = {}
            for key, info in kind.model_fields.items():
                bounded = _plain(info.annotation, made)
                for bound in info.metadata:
                    bounded = Annotated[bounded, bound]
                keys[key] = bounded if info.is_required() else NotRequired[bounded]
            closed = with_config(ConfigDict(extra="forbid", allow_inf_nan=False))
            made[kind] = closed(TypedDict(kind.__name__, keys))  # type: ignore[operator]
        return made[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return Annotated[(_plain(parts[0], made), *parts[1:])]
    if origin is tuple:
        return GenericAlias(tuple, tuple(part if part is ... else _plain(part, made) for part in parts))
    if origin in (Union, UnionType):
        return reduce(or_, (_plain(part, made) for part in parts))
    return _INT64 if kind is int else kind


def _checked_columns(document: Raw) -> Columns | None:
    """The items, or None where something that lies between the parts is not as the schema wants it."""
    video, shots, evidence, labels = (document[key] for key in ("video", "shots", "evidence", "labels"))
    duration_ns = video["duration_ns"]
    boundaries = [shot["boundary_in"] for shot in shots if shot.get("boundary_in") is not None]
    report = document.get("report")
    sentences = report["sentences"] if report is not None else ()
    parts = (*labels, *shots, *boundaries)
    starts, ends = [part["start_ns"] for part in parts], [part["end_ns"] for part in parts]
    sound = (
        "schema_version" in document
        and not any(document.get(name) for name in _RECORDS)
        and all(map(int.__lt__, starts, ends))
        and all(part["start_ns"] < part["end_ns"] <= duration_ns for part in (*evidence, *sentences))
        and max(ends[: len(labels)], default=0) <= duration_ns
        and _tiles(shots, duration_ns)
        and all(_unique(group) for group in (shots, evidence, labels, sentences))
        and _cites(sentences, labels, evidence)
        and not misplaced_frames(_time_ns(video.get("first_frame")), _cited_frames(evidence))
    )
    codes = _label_codes(labels, evidence) if sound else None
    if codes is None:
        return None
    seen = {item["id"] for item in evidence if item["value"] is not None or item.get("frames")}
    num_plain = len(parts) - len(labels)
    return Columns(
        sha256=video["sha256"],
        duration_ns=duration_ns,
        start_ns=starts,
        end_ns=ends,
        code=[*codes, *([SHOT_CODE] * len(shots)), *(BOUNDARY_CODE[boundary["kind"]] for boundary in boundaries)],
        text=[*text_numbers([label.get("other_text") for label in labels]), *([0] * num_plain)],
        supported=[*(not seen.isdisjoint(label["evidence"]) for label in labels), *([False] * num_plain)],
    )


def _label_codes(labels: Sequence[Raw], evidence: Sequence[Raw]) -> list[int] | None:
    """Each label's code; None where one is outside its vocabulary, or its evidence can not support it."""
    by_id = dict(zip(map(itemgetter("id"), evidence), map(_OF_EVIDENCE, evidence), strict=True))
    codes = []
    for label, (dimension, name, value, cited, start_ns, end_ns) in zip(labels, map(_OF_LABEL, labels), strict=True):
        code = _CODE_OF.get((dimension, name, value))
        if code is None or not cited or (value == OTHER) != (label.get("other_text") is not None):
            return None
        allowed = _EVIDENCE_OF[name]
        for key in cited:
            kind, from_ns, to_ns = by_id.get(key, _NOTHING)
            if kind not in allowed or from_ns >= end_ns or to_ns <= start_ns:
                return None
        codes.append(code)
    return codes


def _cited_frames(evidence: Sequence[Raw]) -> Iterator[tuple[str, EvidenceKind, int, int, int]]:
    for item in evidence:
        for frame in item.get("frames", ()):
            time_ns = pts_to_ns(*_OF_FRAME(frame))
            yield item["id"], item["kind"], item["start_ns"], item["end_ns"], time_ns


def _time_ns(frame: Raw | None) -> int | None:
    return None if frame is None else pts_to_ns(*_OF_FRAME(frame))


def _tiles(shots: Sequence[Raw], duration_ns: int) -> bool:
    joined = all(a["end_ns"] == b["start_ns"] for a, b in pairwise(shots))
    return joined and shots[0]["start_ns"] == 0 and bool(shots[-1]["end_ns"] == duration_ns)


def _unique(parts: Sequence[Raw]) -> bool:
    return len({part["id"] for part in parts}) == len(parts)


def _cites(sentences: Sequence[Raw], labels: Sequence[Raw], evidence: Sequence[Raw]) -> bool:
    """Whether each sentence cites something, and only what is there."""
    if not sentences:
        return True
    label_ids, evidence_ids = {label["id"] for label in labels}, {item["id"] for item in evidence}
    return all(
        (sentence["labels"] or sentence["evidence"])
        and not sentence.get("records")
        and label_ids.issuperset(sentence["labels"])
        and evidence_ids.issuperset(sentence["evidence"])
        for sentence in sentences
    )
