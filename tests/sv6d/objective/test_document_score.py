"""The judge's properties: a share, exact on itself, blind to order, and not to be cheated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.errors import InputError
from sv6d.objective.document_score import document_score
from sv6d.schema.document import Document
from tests.sv6d.objective.made_answers import DEGENERATE, HONEST, SHOTS, TRUTH, TWICE, truth_labels
from tests.sv6d.objective.made_documents import documents, made_document


@given(pred=documents(), ref=documents())
def test_the_total_is_a_share_and_alignment_times_quality(pred: Document, ref: Document) -> None:
    score = document_score(pred, ref)
    assert 0.0 <= score.total <= 1.0
    assert score.total == score.alignment * score.quality
    for component in score.components:
        assert component.score is None or 0.0 <= component.score <= 1.0
        assert (component.score is None) == (component.num_pred + component.num_ref == 0)
        assert len(component.pairs) <= min(component.num_pred, component.num_ref)


@given(document=documents())
def test_a_document_scores_exactly_one_against_itself(document: Document) -> None:
    score = document_score(document, document)
    assert score.total == 1.0
    assert all(component.score in (None, 1.0) for component in score.components)


@given(pred=documents(), ref=documents(), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_labels_and_evidence_changes_nothing(pred: Document, ref: Document, shuffle) -> None:
    labels, evidence = list(pred.labels), list(pred.evidence)
    shuffle.shuffle(labels)
    shuffle.shuffle(evidence)
    shuffled = pred.model_copy(update={"labels": tuple(labels), "evidence": tuple(evidence)})
    assert document_score(shuffled, ref) == document_score(pred, ref)


@given(pred=documents(), ref=documents())
def test_alignment_does_not_depend_on_which_of_the_two_is_the_reference(pred: Document, ref: Document) -> None:
    assert document_score(pred, ref).alignment == pytest.approx(document_score(ref, pred).alignment)


@pytest.mark.parametrize("name", DEGENERATE)
def test_an_answer_given_without_looking_loses_to_an_honest_half(name: str) -> None:
    honest = document_score(HONEST, TRUTH).total
    assert document_score(DEGENERATE[name], TRUTH).total < 0.6 * honest


def test_saying_everything_twice_costs_more_than_saying_half() -> None:
    assert document_score(TWICE, TRUTH).total < document_score(HONEST, TRUTH).total


def test_a_dimension_of_which_nobody_speaks_is_unscored_and_not_zero() -> None:
    only_camera = made_document(SHOTS, [("camera_movement", "static", 0.0, 2.0)])
    score = document_score(only_camera, only_camera)
    assert score.component("narrative").score is None
    assert score.component("camera").score == 1.0


def test_what_the_reference_does_not_say_is_wrong() -> None:
    only_camera = made_document(SHOTS, [("camera_movement", "static", 0.0, 2.0)])
    more = made_document(SHOTS, [("camera_movement", "static", 0.0, 2.0), ("beat", "hook", 0.0, 2.0)])
    score = document_score(more, only_camera)
    assert score.component("narrative").score == 0.0
    assert score.total < 1.0


def test_other_is_left_out_and_counted() -> None:
    plain = made_document(SHOTS, [("camera_movement", "static", 0.0, 2.0)])
    with_other = made_document(SHOTS, [("camera_movement", "static", 0.0, 2.0), ("camera_movement", "other", 2.0, 3.5)])
    score = document_score(with_other, plain)
    assert score.num_other == 1
    assert score.component("camera").score == 1.0
    assert document_score(plain, with_other).component("camera").num_ref == 1


def test_documents_about_two_videos_are_not_compared() -> None:
    with pytest.raises(InputError, match="only documents about one video"):
        document_score(TRUTH, made_document(SHOTS, truth_labels(), sha256="6" * 64))
