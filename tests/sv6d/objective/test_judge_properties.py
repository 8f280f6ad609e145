"""What must hold of any judge of timelines: worse answers score less, and nothing is undefined or left to chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.objective.document_score import document_score
from sv6d.objective.matching import Claim, interval_iou, match_claims, misalignment
from sv6d.schema.document import Report, Sentence
from sv6d.timeline import NS_PER_S
from tests.sv6d.objective.made_answers import HONEST, SHOTS, TRUTH, truth_labels
from tests.sv6d.objective.made_documents import LabelRow, ShotRow, made_document

MS = 1_000_000


def iou(a: tuple[int, int], b: tuple[int, int]) -> float:
    edges = [np.array([time]) for time in (*a, *b)]
    return float(interval_iou(*edges)[0])


def cost(a: tuple[int, int], b: tuple[int, int]) -> float:
    edges = [np.array([time]) for time in (*a, *b)]
    return float(misalignment(*edges, edge_weight=np.array([0.25]))[0])


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ((0, 5), (5, 9), 0.0),  # touching
        ((0, 5), (6, 9), 0.0),
        ((0, 5), (0, 5), 1.0),
        ((0, 4), (2, 6), 1 / 3),
        ((3, 3), (3, 3), 1.0),  # no length, the same point
        ((3, 3), (4, 4), 0.0),
        ((3, 3), (0, 5), 0.0),
        ((0, 0), (0, 5), 0.0),
        ((5, 5), (0, 5), 0.0),
    ],
)
def test_the_iou_of_touching_and_of_empty_intervals_is_defined(
    a: tuple[int, int], b: tuple[int, int], share: float
) -> None:
    assert iou(a, b) == iou(b, a) == pytest.approx(share)


interval = st.tuples(st.integers(0, 3000), st.integers(0, 3000)).map(lambda ends: (min(ends) * MS, max(ends) * MS))


@given(a=interval, b=interval)
def test_the_time_cost_is_a_symmetric_share_and_zero_only_for_equal_intervals(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    assert 0.0 <= cost(a, b) <= 1.0
    assert cost(a, b) == cost(b, a)
    assert (cost(a, b) == 0.0) == (a == b)


@given(error_ms=st.integers(0, 1900), more_ms=st.integers(0, 1900), side=st.sampled_from([-1, 1]))
def test_the_total_never_rises_with_the_error_of_a_boundary(error_ms: int, more_ms: int, side: int) -> None:
    totals = [_cut_off_by(side * error * MS) for error in sorted((error_ms, more_ms))]
    assert totals[0] >= totals[1]
    if error_ms != more_ms:
        assert totals[0] > totals[1]


def _cut_off_by(error_ns: int) -> float:
    """Total of an answer whose only cut, and the labels that end there, are that far off."""
    late_s = 2.0 + error_ns / NS_PER_S
    return document_score(_two_shots(late_s), _two_shots(2.0)).total


def _two_shots(cut_s: float):
    shots: list[ShotRow] = [(0.0, cut_s, "", 0.0, 0.0), (cut_s, 4.0, "hard_cut", cut_s - 0.04, cut_s)]
    return made_document(shots, [("lighting_key", "low_key", 0.0, cut_s), ("lighting_key", "high_key", cut_s, 4.0)])


@pytest.mark.parametrize(
    ("field", "truth", "by_distance"),
    [
        ("lighting_key", "low_key", ["low_key", "mid_key", "high_key"]),
        ("colour_tone", "cool", ["cool", "neutral", "warm"]),
        ("camera_movement", "pan_left", ["pan_left", "pan_right", "static"]),
        ("subject_type", "building", ["building", "scenery", "food"]),
    ],
)
def test_the_total_falls_with_the_distance_of_a_label(field: str, truth: str, by_distance: list[str]) -> None:
    ref = made_document(SHOTS, [(field, truth, 0.0, 2.0)])
    totals = [document_score(made_document(SHOTS, [(field, value, 0.0, 2.0)]), ref).total for value in by_distance]
    assert totals[0] == 1.0
    assert totals[0] > totals[1] > totals[2]


@given(left_out=st.integers(0, len(truth_labels()) - 1), wrong=st.booleans())
def test_leaving_out_a_right_label_and_inventing_one_cost_something(left_out: int, wrong: bool) -> None:
    rows: list[LabelRow] = truth_labels()
    if wrong:
        rows = [*rows, ("beat", "hook", 3.5, 6.0)]
    else:
        del rows[left_out]
    assert document_score(made_document(SHOTS, rows), TRUTH).total < 1.0


def test_ties_fall_the_same_way_in_any_order() -> None:
    rows: list[LabelRow] = [("beat", "hook", 0.0, 2.0)] * 3 + [("beat", "hook", 2.0, 3.5)] * 2
    ref = made_document(SHOTS, [("beat", "hook", 0.0, 2.0), ("beat", "hook", 0.0, 2.0), ("beat", "hook", 2.0, 3.5)])
    pred = made_document(SHOTS, rows)
    expected = document_score(pred, ref)
    assert len(expected.component("narrative").pairs) == 3
    for turn in range(1, len(rows)):
        turned = pred.model_copy(update={"labels": (*pred.labels[turn:], *pred.labels[:turn])})
        assert document_score(turned, ref).pairs == expected.pairs


@pytest.mark.parametrize(("num_pred", "num_ref"), [(0, 4), (4, 0), (1, 5), (5, 2), (3, 3)])
def test_the_fewer_side_of_equal_claims_is_matched_whole(num_pred: int, num_ref: int) -> None:
    claims = [Claim(0, NS_PER_S, "beat", "hook", f"l{i}") for i in range(5)]
    matches = match_claims(claims[:num_pred], claims[:num_ref])
    assert len(matches) == min(num_pred, num_ref)
    assert all(match.cost == 0.0 for match in matches)


@pytest.mark.parametrize("document", [HONEST, TRUTH], ids=["honest", "truth"])
def test_prose_earns_nothing_and_costs_nothing(document) -> None:
    sentences = tuple(
        Sentence(id=f"r{i}", start_ns=0, end_ns=8 * NS_PER_S, text="endless " * 500, labels=("l0",), evidence=())
        for i in range(50)
    )
    wordy = document.model_copy(update={"report": Report(sentences=sentences)})
    assert document_score(wordy, TRUTH) == document_score(document, TRUTH)
