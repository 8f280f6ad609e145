"""The batch says what `document_score` says, pair by pair, whatever the documents."""

from __future__ import annotations

import random
from dataclasses import astuple
from itertools import pairwise, product

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.errors import InputError, SchemaError
from sv6d.objective.batch_score import BatchScores, batch_score
from sv6d.objective.batch_stream import CHUNK_PAIRS, score_array_chunks, score_json
from sv6d.objective.document_arrays import COMPONENTS, arrays_of
from sv6d.objective.document_score import document_score
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS, OTHER
from sv6d.schema.versions import dump_document
from tests.sv6d.objective.made_answers import DEGENERATE, HONEST, SHOTS, TRUTH, TWICE, truth_labels
from tests.sv6d.objective.made_documents import LabelRow, documents, made_document

# Two matchings of one cost may add up other numbers: the sums are exact, their terms are rounded.
TOLERANCE = 1e-12


def check(pairs: list[tuple[Document, Document]], found: BatchScores) -> None:
    assert len(found.total) == len(pairs)
    for n, (pred, ref) in enumerate(pairs):
        score = document_score(pred, ref)
        assert found.total[n] == pytest.approx(score.total, abs=TOLERANCE)
        assert found.alignment[n] == pytest.approx(score.alignment, abs=TOLERANCE)
        assert found.quality[n] == score.quality
        assert tuple(found.flaws[n]) == astuple(score.flaws)
        assert [component.name for component in score.components] == list(COMPONENTS)
        for value, component in zip(found.components[n].tolist(), score.components, strict=True):
            assert np.isnan(value) == (component.score is None)
            assert component.score is None or value == pytest.approx(component.score, abs=TOLERANCE)


def batched(pairs: list[tuple[Document, Document]]) -> BatchScores:
    return batch_score(arrays_of(pair[0] for pair in pairs), arrays_of(pair[1] for pair in pairs))


def crowded(rng: random.Random, num_labels: int, tick_ds: int) -> Document:
    """Labels anywhere on an 8 s grid of ticks: the coarser the grid and the more labels, the more ties."""
    cuts_ds = sorted(rng.sample(range(tick_ds, 80, tick_ds), rng.randint(0, min(6, 80 // tick_ds - 1))))
    edges_s = [0.0, *(cut / 10 for cut in cuts_ds), 8.0]
    kinds = ("hard_cut", "dissolve", "fade", "fade_in", "fade_out", "wipe", "flash")
    shots = [
        (start, end, rng.choice(kinds) if i else "", start - 0.05, start)
        for i, (start, end) in enumerate(pairwise(edges_s))
    ]
    rows: list[LabelRow] = []
    for _ in range(num_labels):
        field = rng.choice(FIELDS)
        start_ds, end_ds = sorted(rng.sample(range(0, 81, tick_ds), 2))
        rows.append((field.name, rng.choice((*field.values, OTHER)), start_ds / 10, end_ds / 10))
    document = made_document(shots, rows)
    unseen = tuple(
        item.model_copy(update={"value": None}) if rng.random() < 0.3 else item for item in document.evidence
    )
    return document.model_copy(update={"evidence": unseen})


@given(pairs=st.lists(st.tuples(documents(), documents()), min_size=1, max_size=4))
def test_the_batch_says_what_the_judge_says_of_each_pair(pairs: list[tuple[Document, Document]]) -> None:
    check(pairs, batched(pairs))


@pytest.mark.parametrize(("num_labels", "tick_ds"), [(60, 1), (60, 10), (60, 40), (15, 20), (150, 5)])
def test_the_batch_says_what_the_judge_says_of_crowded_documents_and_ties(num_labels: int, tick_ds: int) -> None:
    rng = random.Random(num_labels + tick_ds)
    pairs = [(crowded(rng, rng.randint(0, num_labels), tick_ds), crowded(rng, num_labels, tick_ds)) for _ in range(25)]
    check(pairs, batched(pairs))


def test_the_batch_says_what_the_judge_says_of_answers_given_without_looking() -> None:
    answers = [TRUTH, HONEST, TWICE, *DEGENERATE.values()]
    pairs = list(product(answers, repeat=2))
    check(pairs, batched(pairs))


def test_a_batch_of_nothing_has_no_scores() -> None:
    assert batched([]).components.shape == (0, len(COMPONENTS))


def test_a_pair_scores_the_same_alone_as_among_others() -> None:
    pairs = list(product([TRUTH, HONEST, *DEGENERATE.values()], repeat=2))
    pred, ref = arrays_of(a for a, _ in pairs), arrays_of(b for _, b in pairs)
    together = batch_score(pred, ref)
    for n in range(0, len(pairs), 7):
        alone = batch_score(pred.part(n, n + 1), ref.part(n, n + 1))
        assert alone.total[0] == together.total[n]


def test_other_texts_repeat_only_where_the_words_are_the_same() -> None:
    rows: list[LabelRow] = [("beat", OTHER, 0.0, 2.0), ("beat", OTHER, 0.0, 2.0), ("beat", OTHER, 0.0, 2.0)]
    same = made_document(SHOTS, rows)
    texts = ("a twist", "an unboxing", "a twist")
    several = same.model_copy(
        update={
            "labels": tuple(
                label.model_copy(update={"other_text": t}) for label, t in zip(same.labels, texts, strict=True)
            )
        }
    )
    pairs = [(same, several), (several, same)]
    found = batched(pairs)
    check(pairs, found)
    assert found.flaws[:, 1].tolist() == [pytest.approx(2 / 3), pytest.approx(1 / 3)]


def test_pairs_of_two_videos_and_lonely_documents_are_refused() -> None:
    elsewhere = made_document(SHOTS, truth_labels(), sha256="6" * 64)
    with pytest.raises(InputError, match="only documents about one video"):
        batch_score(arrays_of([TRUTH, TRUTH]), arrays_of([TRUTH, elsewhere]))
    with pytest.raises(InputError, match="2 predictions, 1 references"):
        batch_score(arrays_of([TRUTH, TRUTH]), arrays_of([TRUTH]))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stream_gives_the_scores_in_order_with_any_number_of_processes(workers: int) -> None:
    rng = random.Random(5)
    some = [(crowded(rng, 12, 5), crowded(rng, 12, 5)) for _ in range(20)]
    raw = [(orjson.dumps(dump_document(a)), orjson.dumps(dump_document(b))) for a, b in some]
    many = raw * (CHUNK_PAIRS // 20 + 3)
    parts = list(score_json(iter(many), workers=workers))
    assert [len(part.total) for part in parts] == [CHUNK_PAIRS, len(many) - CHUNK_PAIRS]
    expected = [document_score(a, b).total for a, b in some]
    totals = np.concatenate([part.total for part in parts])
    assert totals == pytest.approx(np.array(expected * (len(many) // 20)), abs=TOLERANCE)
    chunks = [(arrays_of([a]), arrays_of([b])) for a, b in some]
    scores = score_array_chunks(chunks, workers=workers)
    assert [score.total[0] for score in scores] == totals[:20].tolist()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_broken_document_in_a_stream_is_named_by_its_number(workers: int) -> None:
    raw = orjson.dumps(dump_document(TRUTH))
    pairs = [(raw, raw)] * (CHUNK_PAIRS + 3) + [(raw, b"{}")]
    with pytest.raises(SchemaError, match=f"reference {CHUNK_PAIRS + 3} is no SV6D document"):
        list(score_json(pairs, workers=workers))
