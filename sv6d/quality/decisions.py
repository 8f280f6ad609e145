"""A decision, a score and reasons for every label of a document, and for the document itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sv6d.objective.document_score import document_score
from sv6d.objective.quality_term import CLEAN, flaws_of, quality_against, same_place
from sv6d.quality.calibration import Trust, only_fields
from sv6d.quality.checks import Reason, check_again, check_evidence, check_value, read_again
from sv6d.quality.config import FilteredCorpusConfig
from sv6d.quality.verify.answer import Answer
from sv6d.schema.document import Document, Evidence, Label
from sv6d.schema.fields import field_of

# Reasons that speak about the producer's certainty or reliability and not about this document.
_OF_THE_PRODUCER = frozenset({"low_confidence", "field_not_trusted"})

# {producer: {field: trust}}
TrustTable = Mapping[str, Mapping[str, Trust]]


@dataclass(frozen=True, slots=True)
class LabelDecision:
    """What is decided about one label.

    Attributes:
        measured: what the cited evidence says; None where no rule can read it.
        trust: lower bound of the agreement with experts on its field, None: not measured.
        score: the least of confidence and trust, in [0, 1]; 0 where a check failed.
        reasons: empty for a kept label.
    """

    label: Label
    measured: tuple[str, ...] | None
    trust: float | None
    score: float
    reasons: tuple[Reason, ...]

    @property
    def kept(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class DocumentDecision:
    """What is decided about one document.

    Attributes:
        kept_document: the document with its kept labels only.
        score: share of labels without a fault of their own, times quality; in [0, 1].
        quality: quality term of the kept labels, in [0, 1].
        agreement: the objective's total of the kept labels against an expert's document, in [0, 1];
            None where there is none in the training split.
        reasons: empty for a kept document.
    """

    kept_document: Document
    score: float
    quality: float
    agreement: float | None
    reasons: tuple[Reason, ...]


def decide_labels(
    document: Document,
    measured: Mapping[str, Evidence],
    answers: Mapping[str, Answer],
    trust: TrustTable,
    config: FilteredCorpusConfig,
) -> list[LabelDecision]:
    """A decision on every label, in the document's order.

    `measured` is the video's evidence by id, `answers` what measuring again says by label id. A label
    that fails a check takes no other with it: duplicates and contradictions between labels are looked
    for among those that passed.
    """
    alone = [_decide(label, document, measured, answers[label.id], trust, config) for label in document.labels]
    passed = sorted((d for d in alone if d.kept), key=lambda d: (-d.score, d.label.start_ns, d.label.id))
    rivals: dict[str, Reason] = {}
    accepted: list[Label] = []
    for decision in passed:
        reason = _rivalry(decision.label, accepted)
        if reason is None:
            accepted.append(decision.label)
        else:
            rivals[decision.label.id] = reason
    return [
        LabelDecision(d.label, d.measured, d.trust, 0.0, (rivals[d.label.id],)) if d.label.id in rivals else d
        for d in alone
    ]


def decide_document(
    document: Document,
    decisions: Sequence[LabelDecision],
    expert: Document | None,
    labelled: Collection[str],
    config: FilteredCorpusConfig,
) -> DocumentDecision:
    """The decision on a document whose labels were decided.

    `expert` is of the training split or None, `labelled` the fields that experts label at all: of the others
    they say nothing, right or wrong.
    """
    labels = tuple(decision.label for decision in decisions if decision.kept)
    kept = document.model_copy(update={"labels": labels})
    sound = sum(not {reason.code for reason in decision.reasons} - _OF_THE_PRODUCER for decision in decisions)
    quality = quality_against(flaws_of(kept, room=None), CLEAN)
    score = sound / len(decisions) * quality if decisions else 0.0
    agreement = document_score(only_fields(kept, labelled), expert).total if expert is not None else None
    reasons = []
    if not labels:
        reasons.append(Reason("nothing_kept", f"none of {len(decisions)} labels is kept"))
    if score < config.min_document_score:
        reasons.append(Reason("low_score", f"{score:.3f}, {config.min_document_score:.3f} is wanted"))
    if agreement is not None and agreement < config.min_agreement:
        reasons.append(Reason("disagrees_with_expert", f"{agreement:.3f}, {config.min_agreement:.3f} is wanted"))
    return DocumentDecision(kept, score, quality, agreement, tuple(reasons))


def _decide(
    label: Label,
    document: Document,
    measured: Mapping[str, Evidence],
    answer: Answer,
    trust: TrustTable,
    config: FilteredCorpusConfig,
) -> LabelDecision:
    values = read_again(label, document, config.rules)
    known = trust.get(label.source.producer, {}).get(label.field)
    reasons = [
        *check_evidence(label, document, measured, min_cover=config.min_evidence_cover),
        *check_value(label, values),
        *check_again(answer),
        *_certainty(label, known, config),
    ]
    bound = known.lower_bound if known is not None else None
    score = min(label.confidence, bound) if bound is not None else label.confidence
    return LabelDecision(label, values, bound, 0.0 if reasons else score, tuple(reasons))


def _certainty(label: Label, known: Trust | None, config: FilteredCorpusConfig) -> list[Reason]:
    """Doubts about the producer. What a rule says can be read again, so only the adapter must earn trust."""
    reasons = []
    if label.confidence < config.min_confidence:
        reasons.append(Reason("low_confidence", f"{label.confidence:.3f}, {config.min_confidence:.3f} is wanted"))
    if label.source.producer == "adapter":
        if known is None or known.min_confidence is None:
            reasons.append(Reason("field_not_trusted", _told(label.field, known)))
        elif label.confidence < known.min_confidence:
            found = f"{label.confidence:.3f}, {label.field} is trusted from {known.min_confidence:.3f} on"
            reasons.append(Reason("low_confidence", found))
    return reasons


def _told(field: str, known: Trust | None) -> str:
    if known is None or known.lower_bound is None or known.majority is None:
        return f"{field} was never compared with an expert's label"
    return (
        f"{field} agrees with experts in {known.num_agreeing} of {known.num_compared} labels, for sure in "
        f"{known.lower_bound:.3f} of them; a constant answer would in {known.majority:.3f}"
    )


def _rivalry(label: Label, accepted: Sequence[Label]) -> Reason | None:
    """Why a label can not stand beside those accepted before it, which scored at least as high."""
    field = field_of(label.field)
    assert field is not None  # checked when the label was made
    for other in accepted:
        if other.field == label.field and same_place(other.span, label.span):
            if other.value == label.value:
                return Reason("duplicate", f"repeats {other.id}")
            if field.exclusive:
                return Reason("conflicting", f"{other.id} says {other.value} at the same place")
    return None
