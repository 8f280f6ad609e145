"""How near the free texts of two documents' `other` labels are: reported beside a score, never counted in it.

Legend: P predicted labels, R reference labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from sv6d.objective.matching import Claim, time_costs
from sv6d.objective.text import text_similarity
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELD_NAMES, OTHER


@dataclass(frozen=True, slots=True)
class OtherPair:
    """Two `other` labels of one field: their free texts' similarity (higher is nearer) and time cost, in [0, 1]."""

    field: str
    pred_id: str
    ref_id: str
    text_similarity: float
    time_cost: float


def other_pairs(pred: Document, ref: Document) -> tuple[OtherPair, ...]:
    """The `other` labels of two documents matched one to one, by field and time.

    As in the judge, time cost and text distance add up, the least total is matched, and a pair that
    costs 1 is none.
    """
    return tuple(pair for field in FIELD_NAMES for pair in _pairs(_claims(pred, field), _claims(ref, field)))


def _pairs(pred: Sequence[Claim], ref: Sequence[Claim]) -> list[OtherPair]:
    near_PR = np.array([[text_similarity(a.value, b.value) for b in ref] for a in pred]).reshape(len(pred), len(ref))
    time_PR = time_costs(pred, ref)
    cost_PR = np.minimum(1.0, time_PR + (1.0 - near_PR))
    rows, columns = linear_sum_assignment(cost_PR)
    return [
        OtherPair(pred[p].field, pred[p].id, ref[r].id, float(near_PR[p, r]), float(time_PR[p, r]))
        for p, r in zip(rows, columns, strict=True)
        if cost_PR[p, r] < 1.0
    ]


def _claims(document: Document, field: str) -> list[Claim]:
    """The field's `other` labels, sorted; a claim's value is the free text."""
    return sorted(
        Claim(label.start_ns, label.end_ns, field, label.other_text or "", label.id)
        for label in document.labels
        if label.field == field and label.value == OTHER
    )
