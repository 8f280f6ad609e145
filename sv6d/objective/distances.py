"""How near two values, two times and two counts are. Every reward and filter is built from these.

All similarities lie in [0, 1], are symmetric, and are 1 exactly for equal arguments (but for
`other`, which is never rewarded).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from sv6d.errors import SchemaError
from sv6d.schema.document import BoundaryKind
from sv6d.schema.fields import FIELDS, OTHER, field_of
from sv6d.timeline import NS_PER_S

# Two times this far apart have nothing in common. Ours: the model sees a frame every 0.5 to 1 s of a
# window and prints times with one decimal, so a much tighter scale would give nearly every answer 0
# and a wider one would reward a guess at the middle of a short window.
TIME_SCALE_NS = NS_PER_S

# Partial similarity of two different values, as the fields declare it; a pair that is not listed has none.
_NEAR: Mapping[str, Mapping[tuple[str, str], float]] = {
    field.name: {
        (min(pair.value, pair.other), max(pair.value, pair.other)): pair.similarity
        for pair in field.confusable
        if not pair.other_field and pair.similarity > 0.0
    }
    for field in FIELDS
}


def near_values(field: str) -> Mapping[tuple[str, str], float]:
    """The pairs of different values of a field that share something: {(a, b): similarity}, a < b."""
    return _NEAR.get(field, {})


def value_similarity(field: str, a: str, b: str) -> float:
    """How much two values of a field say the same, in [0, 1]; symmetric.

    1 for equal values, the listed share for near ones, else 0. `other` scores 0 against everything,
    itself included. `boundary_kind` also takes the kinds that only boundaries of shots have.

    Raises:
        SchemaError: no such field, or a value that is not in its vocabulary.
    """
    known = _vocabulary(field)
    for value in (a, b):
        if value != OTHER and value not in known:
            raise SchemaError(
                f"{value!r} is no {field}",
                found=value,
                wanted=f"one of {', '.join(known)}, or {OTHER}",
                next_step="correct the value",
            )
    if OTHER in (a, b):
        return 0.0
    if a == b:
        return 1.0
    return near_values(field).get((min(a, b), max(a, b)), 0.0)


def _vocabulary(field: str) -> tuple[str, ...]:
    described = field_of(field)
    if described is None:
        raise SchemaError(
            "there is no such field",
            found=field,
            wanted="a field of docs/schema.md",
            next_step="correct the field",
        )
    return (*described.values, *get_args(BoundaryKind)) if field == "boundary_kind" else described.values


def time_similarity(a_ns: int, b_ns: int) -> float:
    """How near two times are: 1 - |a - b| / 1 s, and 0 from one second on. In [0, 1]; symmetric."""
    return max(0.0, 1.0 - abs(a_ns - b_ns) / TIME_SCALE_NS)


def count_similarity(a: int, b: int) -> float:
    """How near two counts (>= 0) are: 1 - |a - b| / max(1, min(a, b)), at least 0; symmetric.

    Relative to the smaller one (ours), so that a middling guess earns little: over answers 1 to 6
    the best constant guess gets 0.49; relative to the larger one it would get 0.66.
    """
    return max(0.0, 1.0 - abs(a - b) / max(1, min(a, b)))
