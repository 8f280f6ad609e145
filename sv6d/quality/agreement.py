"""How far documents agree with experts: the judge's means, and the metric beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from sv6d.objective.document_score import DocumentScore, document_score
from sv6d.objective.f1 import f1_at_iou, pool
from sv6d.quality.calibration import labelled_fields, only_fields
from sv6d.schema.document import Document

# The names of a score's components are those of the dimensions, and of the structure.
Pair = tuple[Document, Document]


def agreement_metrics(pairs: Sequence[Pair], prefix: str) -> dict[str, float]:
    """Metrics by name over (ours, expert's) documents, all in [0, 1], higher is better.

    Only fields count that an expert labels in any of them: of the others experts say nothing, right or wrong.

    `total`, `alignment` and each component: means of the objective over the documents in which they
    are scored. `f1_iou_0.5` and the like: the independent metric, over the labels of all documents
    together. What could not be scored in any document is left out.
    """
    if not pairs:
        return {}
    labelled = labelled_fields(expert for _, expert in pairs)
    pairs = [(only_fields(ours, labelled), expert) for ours, expert in pairs]
    scores = [document_score(ours, expert) for ours, expert in pairs]
    values: dict[str, float] = {
        "total": _mean([score.total for score in scores]),
        "alignment": _mean([score.alignment for score in scores]),
        **_component_means(scores),
    }
    for f1 in pool(item for ours, expert in pairs for item in f1_at_iou(ours, expert)):
        if f1.f1 is not None:
            name = f"f1_iou_{f1.iou}" if f1.dimension is None else f"f1_iou_{f1.iou}.{f1.dimension}"
            values[name] = f1.f1
    return {f"{prefix}/{name}": value for name, value in values.items()}


def _component_means(scores: Sequence[DocumentScore]) -> Mapping[str, float]:
    means = {}
    for component in scores[0].components:
        scored = [value for score in scores if (value := score.component(component.name).score) is not None]
        if scored:
            means[component.name] = _mean(scored)
    return means


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
