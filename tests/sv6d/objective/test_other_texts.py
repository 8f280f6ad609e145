"""Free texts are matched by field, time and wording."""

from __future__ import annotations

import pytest

from sv6d.objective.other_texts import other_pairs
from sv6d.schema.document import Document
from tests.sv6d.objective.made_answers import SHOTS
from tests.sv6d.objective.made_documents import made_document


def told(*rows: tuple[str, str, float, float]) -> Document:
    """Labels that say `other`: (field, free text, start_s, end_s)."""
    document = made_document(SHOTS, [(field, "other", start_s, end_s) for field, _, start_s, end_s in rows])
    texts = [row[1] for row in rows]
    labels = [label.model_copy(update={"other_text": t}) for label, t in zip(document.labels, texts, strict=True)]
    return document.model_copy(update={"labels": tuple(labels)})


def test_the_nearer_text_at_the_same_time_is_matched() -> None:
    ref = told(("beat", "a twist", 0.0, 2.0))
    pred = told(("beat", "a joke", 0.0, 2.0), ("beat", "A  TWIST", 0.0, 2.0), ("packaging", "a twist", 0.0, 2.0))
    (pair,) = other_pairs(pred, ref)
    assert (pair.field, pair.pred_id, pair.ref_id) == ("beat", "l1", "l0")
    assert (pair.text_similarity, pair.time_cost) == (1.0, 0.0)


def test_the_right_words_at_another_time_are_no_match() -> None:
    assert other_pairs(told(("beat", "a twist", 0.0, 2.0)), told(("beat", "a twist", 6.0, 8.0))) == ()


def test_chinese_texts_are_compared_by_character() -> None:
    (pair,) = other_pairs(told(("beat", "限时优惠", 0.0, 2.0)), told(("beat", "限时特惠", 0.0, 2.0)))
    assert pair.text_similarity == pytest.approx(0.75)
