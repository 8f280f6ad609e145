"""The independent metric: hits at temporal IoU, same field and same value."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings

from sv6d.objective.f1 import F1, IOU_THRESHOLDS, f1_at_iou, pool
from sv6d.schema.document import Document
from sv6d.schema.fields import OTHER
from tests.sv6d.objective.made_documents import ShotRow, documents, made_document

SHOTS: list[ShotRow] = [(0.0, 8.0, "", 0.0, 0.0)]


def overall(scores: tuple[F1, ...], iou: float) -> F1:
    return next(score for score in scores if score.dimension is None and score.iou == iou)


def most_hits(pred: Document, ref: Document, iou: float) -> int:
    """The largest number of hits, by trying every one-to-one assignment."""
    few, many = sorted(([x for x in d.labels if x.value != OTHER] for d in (pred, ref)), key=len)
    hits = {
        (a.id, b.id): (a.field, a.value) == (b.field, b.value) and a.span.iou(b.span) >= iou for a in few for b in many
    }
    return max(
        (
            sum(hits[a.id, b.id] for a, b in zip(few, chosen, strict=True))
            for subset in combinations(many, len(few))
            for chosen in permutations(subset)
        ),
        default=0,
    )


@settings(max_examples=50)
@given(pred=documents(max_labels=5), ref=documents(max_labels=5))
def test_the_number_of_hits_is_the_largest_possible(pred: Document, ref: Document) -> None:
    scores = f1_at_iou(pred, ref)
    for iou in IOU_THRESHOLDS:
        assert overall(scores, iou).num_hits == most_hits(pred, ref, iou)


@given(document=documents())
def test_a_document_hits_all_of_itself(document: Document) -> None:
    for score in f1_at_iou(document, document):
        assert score.f1 in (None, 1.0)
        assert (score.f1 is None) == (score.num_ref == 0)


@given(pred=documents(), ref=documents())
def test_dimensions_add_up_to_the_whole_and_a_stricter_iou_hits_no_more(pred: Document, ref: Document) -> None:
    scores = f1_at_iou(pred, ref)
    for iou in IOU_THRESHOLDS:
        parts = [score for score in scores if score.dimension is not None and score.iou == iou]
        assert sum(part.num_hits for part in parts) == overall(scores, iou).num_hits
    hits = [overall(scores, iou).num_hits for iou in IOU_THRESHOLDS]
    assert hits == sorted(hits, reverse=True)


def test_the_threshold_decides_and_a_near_value_is_no_hit() -> None:
    ref = made_document(SHOTS, [("camera_movement", "pan_left", 0.0, 4.0), ("lighting_key", "low_key", 0.0, 8.0)])
    pred = made_document(SHOTS, [("camera_movement", "pan_left", 0.0, 8.0), ("lighting_key", "mid_key", 0.0, 8.0)])
    scores = f1_at_iou(pred, ref)
    assert [overall(scores, iou).f1 for iou in IOU_THRESHOLDS] == [0.5, 0.5, 0.0]


def test_pooled_counts_are_those_of_all_documents_together() -> None:
    ref = made_document(SHOTS, [("beat", "hook", 0.0, 4.0), ("beat", "context", 4.0, 8.0)])
    half = made_document(SHOTS, [("beat", "hook", 0.0, 4.0)])
    pooled = pool([*f1_at_iou(half, ref), *f1_at_iou(ref, ref)])
    whole = overall(pooled, 0.5)
    assert (whole.num_hits, whole.num_pred, whole.num_ref) == (3, 3, 4)
    assert whole.f1 == pytest.approx(6 / 7)
    assert [score.dimension for score in pooled] == [score.dimension for score in f1_at_iou(ref, ref)]
