"""The independent metric: F1 of labels at fixed temporal IoU. It shares no term with the judge.

Legend: P predicted labels, R reference labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from sv6d.schema.document import Document, Label
from sv6d.schema.fields import DIMENSIONS, OTHER, Dimension

# ActivityNet-style localisation reports recall at these (Krishna et al. 2017 use .3 .5 .7 .9).
IOU_THRESHOLDS = (0.3, 0.5, 0.7)


@dataclass(frozen=True, slots=True)
class F1:
    """Counts of one dimension (None: of all) at one threshold, and the F1 they give."""

    dimension: Dimension | None
    iou: float
    num_hits: int
    num_pred: int
    num_ref: int

    @property
    def f1(self) -> float | None:
        """2 hits / (predicted + reference), in [0, 1]; None where there are no labels at all."""
        total = self.num_pred + self.num_ref
        return 2 * self.num_hits / total if total else None


def f1_at_iou(pred: Document, ref: Document, thresholds: Sequence[float] = IOU_THRESHOLDS) -> tuple[F1, ...]:
    """F1 per dimension and over all (dimension None), at each threshold.

    A hit is a pair of labels of the same field and value whose temporal IoU reaches the threshold;
    each label takes part in at most one hit, and the number of hits is the largest possible.
    Labels that say `other` are left out.
    """
    names: tuple[Dimension | None, ...] = (*DIMENSIONS, None)
    return tuple(_f1(pred, ref, name, threshold) for name in names for threshold in thresholds)


def pool(scores: Iterable[F1]) -> tuple[F1, ...]:
    """The F1 of many documents taken as one: counts added per dimension and threshold, in the order first seen."""
    hits: Counter[tuple[Dimension | None, float]] = Counter()
    num_pred: Counter[tuple[Dimension | None, float]] = Counter()
    num_ref: Counter[tuple[Dimension | None, float]] = Counter()
    for score in scores:
        key = (score.dimension, score.iou)
        hits[key] += score.num_hits
        num_pred[key] += score.num_pred
        num_ref[key] += score.num_ref
    return tuple(F1(*key, hits[key], num_pred[key], num_ref[key]) for key in hits)


def _f1(pred: Document, ref: Document, dimension: Dimension | None, threshold: float) -> F1:
    pred_P, ref_R = _labels(pred, dimension), _labels(ref, dimension)
    hit_PR = np.zeros((len(pred_P), len(ref_R)))
    for p, a in enumerate(pred_P):
        for r, b in enumerate(ref_R):
            hit_PR[p, r] = (a.field, a.value) == (b.field, b.value) and a.span.iou(b.span) >= threshold
    rows, columns = linear_sum_assignment(hit_PR, maximize=True)
    return F1(dimension, threshold, int(hit_PR[rows, columns].sum()), len(pred_P), len(ref_R))


def _labels(document: Document, dimension: Dimension | None) -> list[Label]:
    return [label for label in document.labels if dimension in (None, label.dimension) and label.value != OTHER]
