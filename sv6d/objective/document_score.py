"""The one judge: how well a document agrees with a reference, per dimension and in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from sv6d.errors import InputError
from sv6d.objective.matching import SHOT, Claim, match_claims
from sv6d.objective.quality_term import Flaws, flaws_of, quality_against
from sv6d.schema.document import Document
from sv6d.schema.fields import DIMENSIONS, OTHER


@dataclass(frozen=True, slots=True)
class MatchedPair:
    """A predicted part and the part of the reference that it was matched with. Costs in [0, 1)."""

    component: str
    pred_id: str
    ref_id: str
    cost: float
    time_cost: float
    label_cost: float


@dataclass(frozen=True, slots=True)
class ComponentScore:
    """Agreement in one dimension, in the shots or in the boundaries.

    Attributes:
        name: a dimension, `shots` or `boundaries`.
        score: 2 * gain / (num_pred + num_ref), in [0, 1]; None where neither document says anything.
        gain: sum over the matched pairs of 1 - cost.
        num_pred: claims of the predicted document.
        num_ref: claims of the reference.
        pairs: the matched pairs, in the order of time.
    """

    name: str
    score: float | None
    gain: float
    num_pred: int
    num_ref: int
    pairs: tuple[MatchedPair, ...]


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """How well a document agrees with a reference.

    Attributes:
        total: alignment * quality, in [0, 1]; 1 for the reference itself.
        alignment: mean over structure (the mean of shots and boundaries) and the scored dimensions.
        quality: the quality regularizer, in [0, 1].
        components: one per dimension, then `shots` and `boundaries`.
        flaws: of the predicted document, with the reference's number of labels as its room.
        ref_flaws: of the reference.
        num_other: labels of either document that say `other` and were left out.
    """

    total: float
    alignment: float
    quality: float
    components: tuple[ComponentScore, ...]
    flaws: Flaws
    ref_flaws: Flaws
    num_other: int

    def component(self, name: str) -> ComponentScore:
        return next(component for component in self.components if component.name == name)

    @property
    def pairs(self) -> tuple[MatchedPair, ...]:
        """All matched pairs, by component and time."""
        return tuple(pair for component in self.components for pair in component.pairs)


def document_score(pred: Document, ref: Document) -> DocumentScore:
    """Score `pred` against `ref` (docs/objective.md has the formulas and a worked example).

    The order of labels, shots and evidence does not matter. A reference is taken as complete: what
    it does not say is wrong. A dimension about which neither says anything is unscored.

    Raises:
        InputError: the documents are about different videos.
    """
    if pred.video.sha256 != ref.video.sha256:
        raise different_videos(pred.video.sha256, ref.video.sha256)
    components = [_component(name, label_claims(pred, name), label_claims(ref, name)) for name in DIMENSIONS]
    components.append(_component("shots", shot_claims(pred), shot_claims(ref)))
    components.append(_component("boundaries", boundary_claims(pred), boundary_claims(ref)))
    by_name = {component.name: component.score for component in components}
    structure = _mean([by_name["shots"], by_name["boundaries"]])
    alignment = _mean([structure, *(by_name[name] for name in DIMENSIONS)])
    flaws, ref_flaws = flaws_of(pred, room=len(ref.labels)), flaws_of(ref, room=len(ref.labels))
    quality = quality_against(flaws, ref_flaws)
    return DocumentScore(
        total=alignment * quality,
        alignment=alignment,
        quality=quality,
        components=tuple(components),
        flaws=flaws,
        ref_flaws=ref_flaws,
        num_other=sum(label.value == OTHER for label in (*pred.labels, *ref.labels)),
    )


def different_videos(pred_sha256: str, ref_sha256: str) -> InputError:
    """The error of comparing documents about two videos."""
    return InputError(
        "only documents about one video can be compared",
        found=f"videos {pred_sha256[:12]} and {ref_sha256[:12]}",
        wanted="the same sha256",
        next_step="pair the documents by their video's sha256",
    )


def label_claims(document: Document, dimension: str | None) -> list[Claim]:
    """The labels of a dimension (None: of all) that count, sorted; `other` never does."""
    return sorted(
        Claim(label.start_ns, label.end_ns, label.field, label.value, label.id)
        for label in document.labels
        if dimension in (None, label.dimension) and label.value != OTHER
    )


def shot_claims(document: Document) -> list[Claim]:
    return sorted(Claim(shot.start_ns, shot.end_ns, SHOT, "", shot.id) for shot in document.shots)


def boundary_claims(document: Document) -> list[Claim]:
    """The boundaries by which shots begin, sorted; a boundary bears the id of its shot."""
    return sorted(
        Claim(shot.boundary_in.start_ns, shot.boundary_in.end_ns, "boundary_kind", shot.boundary_in.kind, shot.id)
        for shot in document.shots
        if shot.boundary_in is not None
    )


def _component(name: str, pred: Sequence[Claim], ref: Sequence[Claim]) -> ComponentScore:
    matches = match_claims(pred, ref)
    gain = fsum(1.0 - match.cost for match in matches)
    num_claims = len(pred) + len(ref)
    return ComponentScore(
        name=name,
        score=2 * gain / num_claims if num_claims else None,
        gain=gain,
        num_pred=len(pred),
        num_ref=len(ref),
        pairs=tuple(
            MatchedPair(name, pred[m.pred].id, ref[m.ref].id, m.cost, m.time_cost, m.label_cost) for m in matches
        ),
    )


def _mean(scores: Sequence[float | None]) -> float:
    """Mean of the scored ones; shots are always scored, so there is one."""
    scored = [score for score in scores if score is not None]
    return fsum(scored) / len(scored)
