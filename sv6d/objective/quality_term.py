"""The quality regularizer: flaws that a document has whatever it is compared with.

Each flaw is a share in [0, 1], 0 is clean. Against a reference only the excess over the reference's
own flaws costs anything, so a document never loses against itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import fsum

from sv6d.schema.document import Document, Label
from sv6d.schema.fields import FIELDS, Field, field_of
from sv6d.timeline import Span

# What a flaw of 1 takes away. They sum to 1, so quality stays in [0, 1]. Ours: a label that rests on
# nothing breaks the promise of the format, the others are bad manners of different weight.
WEIGHTS: Mapping[str, float] = {
    "unsupported": 0.3,
    "duplicated": 0.2,
    "conflicting": 0.2,
    "uncovered": 0.15,
    "verbose": 0.15,
}

# Two spans that share more than half of the shorter one are about the same thing. Ours: a detected
# edge may lie off by part of a shot, never by half of it.
_SAME_PLACE_SHARE = 0.5

# Values of one field that one place has room for, however large its vocabulary. Ours: half of `subject_type`; a shot of
# more subjects, cut types or hooks than five is told by none of them.
_MOST_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Flaws:
    """Shares in [0, 1]; 0 is clean.

    Attributes:
        unsupported: of labels, that cite nothing that was measured or seen (all values None, no frame).
        duplicated: of labels, that repeat an earlier one: same field and value at the same place.
        conflicting: of labels of exclusive fields, that contradict another one at the same place.
        uncovered: of the video's duration, that lies under no label about a shot or a free span.
        verbose: of labels, that exceed what there is room for: the reference's number of labels, or
            without a reference, field by field, one value of an exclusive field and half a vocabulary
            (at most five values) of another for each shot, boundary or video. A field's spare room
            is no other field's.
    """

    unsupported: float
    duplicated: float
    conflicting: float
    uncovered: float
    verbose: float


CLEAN = Flaws(0.0, 0.0, 0.0, 0.0, 0.0)


def flaws_of(document: Document, *, room: int | None) -> Flaws:
    """The flaws of one document; `room` is the number of labels that is not yet verbose (None: see `Flaws`)."""
    labels = sorted(document.labels, key=lambda label: (label.start_ns, label.end_ns, label.id))
    excess = _beyond_room(document) if room is None else max(0, len(labels) - room)
    return Flaws(
        unsupported=_share(sum(not _is_supported(document, label) for label in labels), len(labels)),
        duplicated=_share(len(repeated_labels(labels)), len(labels)),
        conflicting=_conflicting(labels),
        uncovered=_uncovered(document),
        verbose=_share(excess, len(labels)),
    )


def quality_against(flaws: Flaws, baseline: Flaws) -> float:
    """1 - weighted sum of the flaws in excess of the baseline's, in [0, 1]; higher is better."""
    names = [item.name for item in fields(Flaws)]
    excess = {name: max(0.0, getattr(flaws, name) - getattr(baseline, name)) for name in names}
    return 1.0 - fsum(WEIGHTS[name] * excess[name] for name in names)


def same_place(a: Span, b: Span) -> bool:
    """Whether two spans share more than half of the shorter one."""
    return a.overlap_ns(b) > _SAME_PLACE_SHARE * min(a.length_ns, b.length_ns)


def repeated_labels(labels: Sequence[Label]) -> dict[str, str]:
    """{id of a label: id of the earlier one in the sequence that it repeats (same field, value and place)}."""
    earlier: dict[tuple[str, str, str | None], list[Label]] = defaultdict(list)
    repeats: dict[str, str] = {}
    for label in labels:
        group = earlier[(label.field, label.value, label.other_text)]
        first = next((other for other in group if same_place(other.span, label.span)), None)
        if first is not None:
            repeats[label.id] = first.id
        group.append(label)
    return repeats


def conflicting_labels(labels: Sequence[Label]) -> dict[str, tuple[str, ...]]:
    """{id of a label of an exclusive field: ids of those that give another value at the same place}."""
    conflicts: dict[str, tuple[str, ...]] = {}
    for label in labels:
        if _field(label).exclusive:
            others = [o for o in labels if o.field == label.field and o.value != label.value]
            against = tuple(o.id for o in others if same_place(o.span, label.span))
            if against:
                conflicts[label.id] = against
    return conflicts


def _conflicting(labels: Sequence[Label]) -> float:
    return _share(len(conflicting_labels(labels)), sum(_field(label).exclusive for label in labels))


def _is_supported(document: Document, label: Label) -> bool:
    return any(item.value is not None or item.frames for item in document.evidence_of(label))


def _uncovered(document: Document) -> float:
    spans = sorted(label.span for label in document.labels if _field(label).extent in ("shot", "free"))
    covered_ns, reached_ns = 0, 0
    for span in spans:
        covered_ns += max(0, span.end_ns - max(span.start_ns, reached_ns))
        reached_ns = max(reached_ns, span.end_ns)
    return 1.0 - covered_ns / document.video.duration_ns


def _beyond_room(document: Document) -> int:
    num_shots = len(document.shots)
    places = {"shot": num_shots, "free": num_shots, "boundary": num_shots - 1, "video": 1}
    said = Counter(label.field for label in document.labels)
    return sum(max(0, said[field.name] - places[field.extent] * _values_at_once(field)) for field in FIELDS)


def _values_at_once(field: Field) -> int:
    return 1 if field.exclusive else min(_MOST_AT_ONCE, (len(field.values) + 1) // 2)


def _field(label: Label) -> Field:
    field = field_of(label.field)
    assert field is not None  # checked when the label was made
    return field


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
