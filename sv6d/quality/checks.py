"""Evidence checks: is what a label cites there, as measured, at its place, and does it say what the label says?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sv6d.annotate.config import RulesConfig
from sv6d.annotate.rules import RULES, boundary_value
from sv6d.quality.verify.answer import Answer
from sv6d.schema.document import Document, Evidence, Label
from sv6d.schema.fields import EvidenceKind

# What shows a thing once tells of the label's whole span: who is in a picture, what is written or said, how the picture
# is laid out. What was measured (motion, light, colour, sound, boundaries) tells of where it was measured alone.
_SHOWN_ONCE: frozenset[EvidenceKind] = frozenset({"keyframe", "text", "speech", "box", "layout", "sidecar"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a label or a document is rejected: a stable code, and what was found."""

    code: str
    detail: str


def check_evidence(
    label: Label, document: Document, measured: Mapping[str, Evidence], *, min_cover: float
) -> list[Reason]:
    """Whether the evidence that a label cites is what was measured, and about the label's span.

    `measured` is the video's evidence by id, as the `evidence` artifact holds it.
    """
    cited = document.evidence_of(label)
    reasons = []
    for item in cited:
        if item.id not in measured:
            reasons.append(Reason("evidence_unknown", f"{item.id} is not among what was measured of this video"))
        elif item != measured[item.id]:
            reasons.append(Reason("evidence_altered", _difference(item, measured[item.id])))
    if not any(item.value is not None or item.frames for item in cited):
        reasons.append(Reason("evidence_unmeasured", f"nothing was measured of {', '.join(label.evidence)}"))
    cover = _cover(label, cited)
    if cover < min_cover:
        reasons.append(Reason("evidence_outside", f"covers {cover:.2f} of the label's span, {min_cover:.2f} is wanted"))
    return reasons


def read_again(label: Label, document: Document, rules: RulesConfig) -> tuple[str, ...] | None:
    """The values that what a label cites gives its field; None where no rule can read it.

    Numbers are read by the rules that labels are made with. How one shot gives way to the next is
    read from the document's shots: nothing, (), where no shot begins.
    """
    if label.field == "boundary_kind":
        boundaries = [shot.boundary_in for shot in document.shots if shot.boundary_in is not None]
        return tuple(sorted({boundary_value(b) for b in boundaries if b.span.overlap_ns(label.span)}))
    rule = RULES.get(label.field)
    findings = rule(document.evidence_of(label), rules) if rule is not None else ()
    return tuple(sorted(finding.value for finding in findings)) or None


def check_value(label: Label, measured: tuple[str, ...] | None) -> list[Reason]:
    """Whether the label's value is one that its evidence gives (`read_again`)."""
    if measured is None or label.value in measured:
        return []
    return [Reason("contradicted", f"claimed {label.value}, measured {', '.join(measured) or 'nothing'}")]


def check_again(answer: Answer) -> list[Reason]:
    """Whether measuring by another way contradicts the label (`sv6d verify`)."""
    if answer.state != "contradicted":
        return []
    told = f"claimed {answer.claimed}, measured again {answer.measured or 'something else'}: {answer.detail}"
    return [Reason("remeasured_otherwise", told)]


def _cover(label: Label, cited: Sequence[Evidence]) -> float:
    """Share of the label's span that cited evidence lies on; what shows a thing once speaks for all of it."""
    covered_ns, reached_ns = 0, label.start_ns
    for item in sorted(cited, key=lambda item: (item.start_ns, item.end_ns)):
        if item.kind in _SHOWN_ONCE and item.span.overlap_ns(label.span):
            return 1.0
        start_ns, end_ns = max(item.start_ns, reached_ns), min(item.end_ns, label.end_ns)
        covered_ns += max(0, end_ns - start_ns)
        reached_ns = max(reached_ns, end_ns)
    return covered_ns / label.span.length_ns


def _difference(stated: Evidence, measured: Evidence) -> str:
    names = [name for name in Evidence.model_fields if getattr(stated, name) != getattr(measured, name)]
    told = [f"{name} {getattr(stated, name)!r} instead of {getattr(measured, name)!r}" for name in names]
    return f"{stated.id}: {'; '.join(told)}"
