"""What the labels on both sides of a cut say: which fields are labelled on both, and which of them change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sv6d.schema.document import Label, Shot
from sv6d.schema.fields import OTHER

# Fields that are compared, in the order in which a viewer would name a change (ours).
COMPARED_FIELDS = ("subject_type", "packaging", "camera_movement", "lighting_key", "colour_tone")

# Fields of shots that models are asked about and texts speak of. What rules measure beyond them (how steady, how laid
# out) stands in documents alone: the label line that models are taught does not change with it.
TOLD_FIELDS = frozenset({*COMPARED_FIELDS, "beat"})

Side = Mapping[str, Sequence[Label]]


def labels_of_shot(labels: Sequence[Label], shot: Shot) -> dict[str, list[Label]]:
    """Labels of one shot by field, sorted by value: those of `TOLD_FIELDS`, without `other`."""
    by_field: dict[str, list[Label]] = {}
    for label in sorted(labels, key=lambda label: (label.value, label.id)):
        if label.field in TOLD_FIELDS and label.value != OTHER and shot.span.contains(label.span.middle_ns):
            by_field.setdefault(label.field, []).append(label)
    return by_field


def fields_on_both_sides(before: Side, after: Side) -> list[str]:
    """The compared fields that are labelled on both sides.

    A missing label says nothing about the picture, so it is never read as a change.
    """
    return [field for field in COMPARED_FIELDS if field in before and field in after]


def changed_fields(before: Side, after: Side) -> list[str]:
    """The fields labelled on both sides whose values differ, in the order of `COMPARED_FIELDS`."""
    return [field for field in fields_on_both_sides(before, after) if _values(before[field]) != _values(after[field])]


def _values(labels: Sequence[Label]) -> set[str]:
    return {label.value for label in labels}
