"""Optimal matching of what one document claims with what another claims.

Legend: P predicted claims, R reference claims. Costs are in [0, 1]; 1 is the price of leaving both
sides of a pair unmatched, so a pair that costs 1 is no match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from sv6d.objective.distances import TIME_SCALE_NS, value_similarity
from sv6d.schema.fields import field_of

Costs = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]

# The field of a claim that only says "here is a shot": its label distance is 0.
SHOT = "shot"

# Share of the edges in the temporal cost; the rest is 1 - IoU. Ours: IoU alone forgives an edge that
# is a second off in a long span, and gives a short span that is 0.1 s off nothing at all.
EDGE_WEIGHT = 0.25


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """What the judge compares: a field's value on [start_ns, end_ns). Ordered by time."""

    start_ns: int
    end_ns: int
    field: str
    value: str
    id: str


@dataclass(frozen=True, slots=True)
class Match:
    """One matched pair: indices into the two sequences, and what the pair costs."""

    pred: int
    ref: int
    cost: float
    time_cost: float
    label_cost: float


def match_claims(pred: Sequence[Claim], ref: Sequence[Claim]) -> list[Match]:
    """The one-to-one matching of least total cost, without the pairs that cost 1.

    The cost of a pair is min(1, temporal misalignment + label distance). Among matchings of equal
    cost the choice depends on the order of the claims: hand them over sorted.
    """
    time_PR = time_costs(pred, ref)
    label_PR = label_costs(pred, ref)
    cost_PR = np.minimum(1.0, time_PR + label_PR)
    rows, columns = linear_sum_assignment(cost_PR)
    return [
        Match(int(p), int(r), float(cost_PR[p, r]), float(time_PR[p, r]), float(label_PR[p, r]))
        for p, r in zip(rows, columns, strict=True)
        if cost_PR[p, r] < 1.0
    ]


def time_costs(pred: Sequence[Claim], ref: Sequence[Claim]) -> Costs:
    """Temporal misalignment, shape (P, R), in [0, 1]: 0 for equal spans.

    (1 - w) * (1 - IoU) + w * (1 - mean time similarity of the two starts and the two ends). The
    weight w is `EDGE_WEIGHT`, and 1 for boundaries: a cut spans one frame, so its IoU is 1 or 0.
    """
    start_P, end_P = _edges(pred)
    start_R, end_R = _edges(ref)
    weight_P = np.array([edge_weight(claim.field) for claim in pred], dtype=np.float64)
    return misalignment(
        start_P[:, None], end_P[:, None], start_R[None, :], end_R[None, :], edge_weight=weight_P[:, None]
    )


def misalignment(start_a: Times, end_a: Times, start_b: Times, end_b: Times, *, edge_weight: Costs) -> Costs:
    """The temporal cost of intervals a against intervals b, element by element (shapes broadcast), in [0, 1].

    Also defined for intervals without length, which no document holds: see `interval_iou`.
    """
    iou = interval_iou(start_a, end_a, start_b, end_b)
    edges = (_nearness(start_a, start_b) + _nearness(end_a, end_b)) / 2
    cost: Costs = (1 - edge_weight) * (1 - iou) + edge_weight * (1 - edges)
    return cost


def interval_iou(start_a: Times, end_a: Times, start_b: Times, end_b: Times) -> Costs:
    """Temporal IoU of [start, end) in ns, element by element (shapes broadcast), in [0, 1].

    0 for intervals that only touch. An interval without length has IoU 0 with everything but
    itself, and 1 with itself: so it is 1 exactly for equal intervals.
    """
    overlap = np.maximum(np.minimum(end_a, end_b) - np.maximum(start_a, start_b), 0)
    union = (end_a - start_a) + (end_b - start_b) - overlap
    same_point = (union == 0) & (start_a == start_b)
    iou: Costs = np.where(same_point, 1.0, overlap / np.maximum(union, 1))
    return iou


def edge_weight(field: str) -> float:
    """Share of the edges in the temporal cost of a field's claims: 1 for boundaries."""
    described = field_of(field)
    return 1.0 if described is not None and described.extent == "boundary" else EDGE_WEIGHT


def label_costs(pred: Sequence[Claim], ref: Sequence[Claim]) -> Costs:
    """Label distance, shape (P, R), in [0, 1]: 1 - value similarity, and 1 between two fields."""
    cost_PR = np.ones((len(pred), len(ref)))
    for (p, a), (r, b) in product(enumerate(pred), enumerate(ref)):
        if a.field == b.field:
            cost_PR[p, r] = 0.0 if a.field == SHOT else 1.0 - value_similarity(a.field, a.value, b.value)
    return cost_PR


def _edges(claims: Sequence[Claim]) -> tuple[Times, Times]:
    starts = np.array([claim.start_ns for claim in claims], dtype=np.int64)
    ends = np.array([claim.end_ns for claim in claims], dtype=np.int64)
    return starts, ends


def _nearness(times_a: Times, times_b: Times) -> Costs:
    """`time_similarity`, element by element."""
    near: Costs = np.maximum(0.0, 1.0 - np.abs(times_a - times_b) / TIME_SCALE_NS)
    return near
