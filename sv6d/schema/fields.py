"""The vocabulary of version 1: the fields of the six dimensions, joined in a fixed order."""

from __future__ import annotations

from sv6d.schema import aesthetics, camera, dissemination, editing, narrative, subject
from sv6d.schema.field import DIMENSIONS, EVIDENCE_KINDS, OTHER, Dimension, EvidenceKind, Extent, Field

__all__ = [
    "DIMENSIONS",
    "EVIDENCE_KINDS",
    "FIELDS",
    "FIELD_NAMES",
    "OTHER",
    "Dimension",
    "EvidenceKind",
    "Extent",
    "Field",
    "field_of",
]

# In this order label lines are written, and models have learnt to write them (sv6d/schema/phrases.py).
FIELDS: tuple[Field, ...] = (
    *subject.FIELDS,
    *aesthetics.FIELDS,
    *camera.FIELDS,
    *editing.FIELDS,
    *narrative.FIELDS,
    *dissemination.FIELDS,
)

_BY_NAME = {field.name: field for field in FIELDS}
FIELD_NAMES: tuple[str, ...] = tuple(_BY_NAME)


def field_of(name: str) -> Field | None:
    """The field of that name, or None where the vocabulary has none."""
    return _BY_NAME.get(name)
