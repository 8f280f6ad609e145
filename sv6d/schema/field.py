"""What a field of the language is made of: terms, pairs that are easily confused, and a check by measurement."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Dimension = Literal["subject", "aesthetics", "camera", "editing", "narrative", "dissemination"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

EvidenceKind = Literal[
    "boundary", "motion", "light", "colour", "sound", "keyframe", "text", "speech", "box", "layout", "sidecar"
]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)

Extent = Literal["video", "shot", "boundary", "free"]

# Always allowed beside a field's own values, with free text; never rewarded.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Term:
    """One value: its name in documents, when it applies, and what else it is called (trade names, Chinese)."""

    name: str
    definition: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confusable:
    """Two values that are easily taken for each other, and what tells them apart or makes them near.

    `similarity` in [0, 1) is what the one earns where the other is right; 0: nothing, however alike
    they look. `other_field` names the field of `other`; empty for the same field. Between two fields
    it is always 0: the objective compares values of one field only.
    """

    value: str
    other: str
    similarity: float
    reason: str
    other_field: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that a check looks at.

    `tolerance`, in `unit`, is how far beyond a bound the number may lie without contradicting the
    value; `source` says where it comes from.
    """

    stat: str
    unit: str
    tolerance: float
    source: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A value wants a number in [at_least, below); None: no limit on that side."""

    value: str
    stat: str
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What measurement says about the values of a field; pure data, read by whoever holds the numbers.

    A value is right where all its bounds hold; a value without bounds can not be checked. With
    `strongest`, where several values hold the one farthest beyond its bound is right: the largest
    ratio of number and bound.
    """

    readings: tuple[Reading, ...]
    bounds: tuple[Bound, ...]
    strongest: bool = False

    @property
    def checkable(self) -> frozenset[str]:
        """The values that have bounds."""
        return frozenset(bound.value for bound in self.bounds)

    def admits(self, value: str, numbers: Mapping[str, float]) -> bool | None:
        """Whether the numbers, by stat, allow a value, with tolerance; None where that can not be said.

        It can not be said of a value without bounds, nor where one of its numbers is missing and no
        other one speaks against it.
        """
        bounds = [bound for bound in self.bounds if bound.value == value]
        tolerances = {reading.stat: reading.tolerance for reading in self.readings}
        known = [bound for bound in bounds if bound.stat in numbers]
        if not all(_within(bound, numbers[bound.stat], tolerances[bound.stat]) for bound in known):
            return False
        return True if bounds and len(known) == len(bounds) else None


def _within(bound: Bound, number: float, tolerance: float) -> bool:
    if bound.at_least is not None and number < bound.at_least - tolerance:
        return False
    return bound.below is None or number < bound.below + tolerance


@dataclass(frozen=True, slots=True)
class Field:
    """One question that a label answers.

    Attributes:
        name: unique over all dimensions.
        terms: the closed vocabulary with its meaning. `other` is always allowed beside it, with free
            text, and is never rewarded.
        exclusive: one value at a time over the same extent.
        extent: what a label of this field spans.
        evidence: kinds of evidence that may support it; a label without any is refused.
        source: where the term comes from.
        confusable: pairs of values that are near, or look alike and are not.
        check: how measurement decides; None where none is declared.
        values: names of the terms, sorted.
    """

    name: str
    dimension: Dimension
    definition: str
    terms: tuple[Term, ...]
    exclusive: bool
    extent: Extent
    evidence: tuple[EvidenceKind, ...]
    source: str
    confusable: tuple[Confusable, ...] = ()
    check: Check | None = None
    values: tuple[str, ...] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(term.name for term in self.terms)))
