"""Trust is earned against experts: more labels and more agreement raise it, guessing never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.objective.intervals import wilson_interval
from sv6d.quality.calibration import (
    Comparison,
    compare,
    labelled_fields,
    majority_share,
    trust_by_field,
    trust_in,
)
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS, field_of
from tests.sv6d.objective.made_documents import made_document

SHOTS = [(0.0, 4.0, "", 0.0, 0.0), (4.0, 8.0, "hard_cut", 3.96, 4.0)]
THRESHOLDS = (0.5, 0.7, 0.9)
Z = 1.96


def said(hits: int, misses: int, confidence: float) -> list[Comparison]:
    return [Comparison("beat", confidence, i < hits) for i in range(hits + misses)]


@pytest.mark.parametrize(
    ("num_hits", "num_trials", "bound"),
    [(10, 10, 0.7225), (0, 10, 0.0), (9, 10, 0.5958), (50, 100, 0.4038)],
)
def test_wilsons_bound_has_the_published_values(num_hits: int, num_trials: int, bound: float) -> None:
    assert wilson_interval(num_hits, num_trials, Z)[0] == pytest.approx(bound, abs=5e-5)


@given(num_trials=st.integers(1, 60), data=st.data())
def test_wilsons_bound_solves_its_equation_and_stays_below_the_share(num_trials: int, data: st.DataObject) -> None:
    num_hits = data.draw(st.integers(1, num_trials))
    bound, share = wilson_interval(num_hits, num_trials, Z)[0], num_hits / num_trials
    assert 0.0 < bound < share
    assert abs(share - bound) == pytest.approx(Z * (bound * (1 - bound) / num_trials) ** 0.5, rel=1e-6)


def test_more_trials_of_the_same_share_raise_the_bound() -> None:
    bounds = [wilson_interval(8 * n, 10 * n, Z)[0] for n in (1, 2, 5, 20)]
    assert bounds == sorted(bounds)


def test_a_field_that_beats_the_majority_for_sure_is_accepted_from_the_lowest_threshold() -> None:
    trust = trust_in("beat", said(45, 5, 0.6), 0.5, thresholds=THRESHOLDS, z=Z)
    assert trust.min_confidence == 0.5
    assert trust.lower_bound == wilson_interval(45, 50, Z)[0]
    assert (trust.num_compared, trust.num_agreeing) == (50, 45)


def test_only_the_confident_labels_are_accepted_where_only_they_agree() -> None:
    compared = said(5, 45, 0.55) + said(40, 2, 0.95)
    trust = trust_in("beat", compared, 0.6, thresholds=THRESHOLDS, z=Z)
    assert trust.min_confidence == 0.7
    assert trust.lower_bound == wilson_interval(40, 42, Z)[0]


@pytest.mark.parametrize("compared", [[], said(3, 0, 0.95), said(50, 50, 0.95)], ids=["none", "too few", "a guess"])
def test_a_field_that_does_not_beat_the_majority_for_sure_is_not_accepted(compared: list[Comparison]) -> None:
    trust = trust_in("beat", compared, 0.5, thresholds=THRESHOLDS, z=Z)
    assert trust.min_confidence is None
    assert (trust.lower_bound is None) == (not compared)


def test_a_constant_answer_is_never_accepted() -> None:
    """A producer that always gives the commonest value agrees as often as the majority share, so never more."""
    experts = [expert("hook", "context"), expert("hook", "hook")] * 20
    ours = made_document(SHOTS, [("beat", "hook", 0.0, 4.0), ("beat", "hook", 4.0, 8.0)])
    compared = [item for document in experts for item in compare(ours.labels, document, labelled_fields(experts))]
    trust = trust_by_field(compared, experts, thresholds=THRESHOLDS, z=Z)["beat"]
    assert trust.majority == 0.75
    assert trust.num_agreeing / trust.num_compared == 0.75
    assert trust.min_confidence is None


def expert(first: str, second: str) -> Document:
    return made_document(SHOTS, [("beat", first, 0.0, 4.0), ("beat", second, 4.0, 8.0)])


def test_a_label_agrees_by_field_value_and_place() -> None:
    ours = made_document(
        SHOTS,
        [
            ("beat", "hook", 0.2, 3.8),
            ("beat", "hook", 4.0, 8.0),
            ("beat", "context", 5.0, 8.0),
            ("pacing", "slow", 0.0, 8.0),
        ],
    )
    compared = compare(ours.labels, expert("hook", "context"), {"beat"})
    assert [item.agrees for item in compared] == [True, False, True]


def test_silence_of_an_expert_who_labels_the_field_is_disagreement() -> None:
    silent = made_document(SHOTS, [("packaging", "caption", 0.0, 4.0)])
    ours = made_document(SHOTS, [("packaging", "caption", 4.0, 8.0)])
    assert [item.agrees for item in compare(ours.labels, silent, labelled_fields([silent]))] == [False]


def test_the_majority_share_counts_places_without_a_label() -> None:
    field = field_of("packaging")
    assert field is not None
    silent = made_document(SHOTS, [("packaging", "caption", 0.0, 4.0)])
    assert majority_share(field, [silent]) == 0.5


def test_places_of_boundaries_and_videos_are_their_own() -> None:
    documents = [made_document(SHOTS, [("boundary_kind", "hard_cut", 3.96, 4.0), ("pacing", "slow", 0.0, 8.0)])]
    boundary, pacing = field_of("boundary_kind"), field_of("pacing")
    assert boundary is not None
    assert pacing is not None
    assert (majority_share(boundary, documents), majority_share(pacing, documents)) == (1.0, 1.0)
    one_shot = [made_document([(0.0, 8.0, "", 0.0, 0.0)], [])]
    assert majority_share(boundary, one_shot) is None


def test_every_field_has_its_trust_even_where_nothing_was_compared() -> None:
    trust = trust_by_field([], [expert("hook", "hook")], thresholds=THRESHOLDS, z=Z)
    assert set(trust) == {field.name for field in FIELDS}
    assert {item.min_confidence for item in trust.values()} == {None}
