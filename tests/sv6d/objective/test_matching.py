"""The matching is the best one: compared with all others, on small sizes."""

from __future__ import annotations

from itertools import permutations
from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.objective.distances import time_similarity, value_similarity
from sv6d.objective.matching import SHOT, Claim, label_costs, match_claims, time_costs
from sv6d.timeline import NS_PER_S, Span

FIELDS = {"camera_movement": ("pan_left", "pan_right", "static"), "lighting_key": ("high_key", "mid_key", "low_key")}


@st.composite
def claim_lists(draw: st.DrawFn) -> list[Claim]:
    claims = []
    for index in range(draw(st.integers(0, 5))):
        start_ds, end_ds = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=2, unique=True)))
        field = draw(st.sampled_from(sorted(FIELDS)))
        value = draw(st.sampled_from(FIELDS[field]))
        claims.append(Claim(start_ds * NS_PER_S // 10, end_ds * NS_PER_S // 10, field, value, f"l{index}"))
    return sorted(claims)


def pair_cost(a: Claim, b: Claim) -> float:
    """The cost of one pair, written down a second time without arrays."""
    iou = Span(a.start_ns, a.end_ns).iou(Span(b.start_ns, b.end_ns))
    edges = (time_similarity(a.start_ns, b.start_ns) + time_similarity(a.end_ns, b.end_ns)) / 2
    time_cost = 0.75 * (1 - iou) + 0.25 * (1 - edges)
    label_cost = 1 - value_similarity(a.field, a.value, b.value) if a.field == b.field else 1.0
    return min(1.0, time_cost + label_cost)


def best_gain(pred: list[Claim], ref: list[Claim]) -> float:
    """The largest total of 1 - cost over every one-to-one matching, by trying all."""
    few, many = sorted((pred, ref), key=len)
    return max(
        (
            fsum(1 - pair_cost(a, b) for a, b in zip(few, chosen, strict=True))
            for chosen in permutations(many, len(few))
        ),
        default=0.0,
    )


@given(pred=claim_lists(), ref=claim_lists())
def test_no_other_matching_gains_more(pred: list[Claim], ref: list[Claim]) -> None:
    matches = match_claims(pred, ref)
    assert fsum(1 - match.cost for match in matches) == pytest.approx(best_gain(pred, ref), abs=1e-9)


@given(pred=claim_lists(), ref=claim_lists())
def test_matches_are_one_to_one_worthwhile_and_priced_as_stated(pred: list[Claim], ref: list[Claim]) -> None:
    matches = match_claims(pred, ref)
    assert len({match.pred for match in matches}) == len({match.ref for match in matches}) == len(matches)
    for match in matches:
        assert 0.0 <= match.cost < 1.0
        assert match.cost == pytest.approx(pair_cost(pred[match.pred], ref[match.ref]))
        assert pred[match.pred].field == ref[match.ref].field


@given(claims=claim_lists())
def test_a_list_matches_itself_at_no_cost(claims: list[Claim]) -> None:
    matches = match_claims(claims, claims)
    assert len(matches) == len(claims)
    assert {match.cost for match in matches} <= {0.0}


def test_a_cut_is_judged_by_its_time_and_not_by_its_overlap() -> None:
    ref = [Claim(2 * NS_PER_S, 2 * NS_PER_S + 40_000_000, "boundary_kind", "hard_cut", "a")]
    late = [Claim(2 * NS_PER_S + 40_000_000, 2 * NS_PER_S + 80_000_000, "boundary_kind", "hard_cut", "b")]
    assert time_costs(late, ref) == pytest.approx(np.array([[0.04]]))


def test_claims_of_different_fields_never_match() -> None:
    a = Claim(0, NS_PER_S, "camera_movement", "static", "a")
    b = Claim(0, NS_PER_S, "lighting_key", "low_key", "b")
    assert label_costs([a], [b]) == np.array([[1.0]])
    assert match_claims([a], [b]) == []


def test_shots_are_compared_by_time_alone() -> None:
    a = Claim(0, 2 * NS_PER_S, SHOT, "", "a")
    b = Claim(0, NS_PER_S, SHOT, "", "b")
    (match,) = match_claims([a], [b])
    assert (match.label_cost, match.time_cost) == (0.0, pytest.approx(0.75 * 0.5 + 0.25 * 0.5))


def test_the_wrong_value_at_the_right_time_loses_to_the_right_value_nearby() -> None:
    ref = [Claim(0, 2 * NS_PER_S, "camera_movement", "pan_left", "r")]
    wrong = Claim(0, 2 * NS_PER_S, "camera_movement", "pan_right", "p0")
    right = Claim(0, 3 * NS_PER_S, "camera_movement", "pan_left", "p1")
    (match,) = match_claims([wrong, right], ref)
    assert match.pred == 1
