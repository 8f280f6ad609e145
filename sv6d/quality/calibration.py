"""How far a producer may be trusted with a field: measured against experts, never assumed.

Only documents of the training split enter here. A field is accepted from the lowest confidence at
which the labels agree with experts for sure more often than the best constant answer would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sv6d.objective.intervals import wilson_interval
from sv6d.objective.quality_term import same_place
from sv6d.schema.document import Document, Label
from sv6d.schema.fields import FIELDS, OTHER, Field


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an expert says the same as one of our labels."""

    field: str
    confidence: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of one field's labels by one producer.

    Attributes:
        field: name of the field.
        num_compared: labels of videos that have an expert's document.
        num_agreeing: of these, with a value that the expert gives too.
        majority: how often the best constant answer would agree, in [0, 1]; None where there is no
            place for one.
        min_confidence: labels from this confidence on are accepted; None: no label is.
        lower_bound: of the agreement of the accepted ones (of all where none is accepted), in
            [0, 1]; None where nothing could be compared.
    """

    field: str
    num_compared: int
    num_agreeing: int
    majority: float | None
    min_confidence: float | None
    lower_bound: float | None


def compare(labels: Iterable[Label], expert: Document, labelled: Collection[str]) -> list[Comparison]:
    """Our labels of the fields in `labelled` against an expert's document of the same video.

    A label agrees where the expert gives its field the same value at the same place (the spans
    share more than half of the shorter one). An expert's document is taken as complete, as the
    objective takes it: a label where the expert has none does not agree.
    """
    compared = []
    for label in labels:
        if label.field in labelled and label.value != OTHER:
            agrees = any(
                (other.field, other.value) == (label.field, label.value) and same_place(other.span, label.span)
                for other in expert.labels
            )
            compared.append(Comparison(label.field, label.confidence, agrees))
    return compared


def labelled_fields(experts: Iterable[Document]) -> frozenset[str]:
    """The fields that experts label at all; of the others they say nothing, right or wrong."""
    return frozenset(label.field for expert in experts for label in expert.labels)


def only_fields(document: Document, fields: Collection[str]) -> Document:
    """The document with the labels of these fields alone."""
    return document.model_copy(update={"labels": tuple(each for each in document.labels if each.field in fields)})


def majority_share(field: Field, experts: Iterable[Document]) -> float | None:
    """Agreement of the best constant answer to a field, in [0, 1]; None where there is no place for it.

    Places are the experts' shots, boundaries or videos, as the field spans.
    """
    num_places = 0
    right: Counter[str] = Counter()
    for expert in experts:
        num_shots = len(expert.shots)
        num_places += {"video": 1, "boundary": num_shots - 1}.get(field.extent, num_shots)
        spans = {(o.value, o.start_ns, o.end_ns) for o in expert.labels if o.field == field.name and o.value != OTHER}
        right.update(value for value, _, _ in spans)
    return max(right.values(), default=0) / num_places if num_places else None


def trust_in(
    field: str, compared: Sequence[Comparison], majority: float | None, *, thresholds: Sequence[float], z: float
) -> Trust:
    """The lowest threshold of confidence from which the lower bound of agreement exceeds the majority share."""
    ours = [item for item in compared if item.field == field]
    accepted: tuple[float, float] | None = None
    for threshold in sorted(thresholds):
        above = [item for item in ours if item.confidence >= threshold]
        if above and majority is not None:
            bound = wilson_interval(sum(item.agrees for item in above), len(above), z)[0]
            if bound > majority:
                accepted = (threshold, bound)
                break
    hits = sum(item.agrees for item in ours)
    overall = wilson_interval(hits, len(ours), z)[0] if ours else None
    return Trust(
        field=field,
        num_compared=len(ours),
        num_agreeing=hits,
        majority=majority,
        min_confidence=accepted[0] if accepted else None,
        lower_bound=accepted[1] if accepted else overall,
    )


def trust_by_field(
    compared: Sequence[Comparison], experts: Sequence[Document], *, thresholds: Sequence[float], z: float
) -> dict[str, Trust]:
    """Trust in every field of the vocabulary, by name."""
    return {
        field.name: trust_in(field.name, compared, majority_share(field, experts), thresholds=thresholds, z=z)
        for field in FIELDS
    }
