"""Similarities are symmetric shares, and near values have no hedge among them."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.errors import SchemaError
from sv6d.objective.distances import (
    TIME_SCALE_NS,
    count_similarity,
    near_values,
    time_similarity,
    value_similarity,
)
from sv6d.schema.document import BoundaryKind
from sv6d.schema.fields import FIELDS, OTHER, Field


def vocabulary(field: Field) -> tuple[str, ...]:
    extra = get_args(BoundaryKind) if field.name == "boundary_kind" else ()
    return tuple(dict.fromkeys((*field.values, *extra)))


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_value_similarity_is_a_symmetric_share_and_one_only_for_equal_values(field: Field) -> None:
    for a, b in product(vocabulary(field), repeat=2):
        near = value_similarity(field.name, a, b)
        assert near == value_similarity(field.name, b, a)
        assert 0.0 <= near <= 1.0
        assert (near == 1.0) == (a == b)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_listed_pair_is_two_known_values_in_order(field: Field) -> None:
    for a, b in near_values(field.name):
        assert a < b
        assert {a, b} <= set(vocabulary(field))


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_other_is_never_rewarded(field: Field) -> None:
    assert {value_similarity(field.name, OTHER, value) for value in (*vocabulary(field), OTHER)} == {0.0}


@pytest.mark.parametrize("field", [f for f in FIELDS if len(f.values) > 3], ids=lambda field: field.name)
def test_no_constant_answer_earns_much_by_being_near_everything(field: Field) -> None:
    for value in field.values:
        mean = sum(value_similarity(field.name, value, truth) for truth in field.values) / len(field.values)
        assert mean <= 1.5 / len(field.values)


def test_the_ends_of_a_scale_and_a_still_camera_share_nothing_with_their_opposites() -> None:
    assert value_similarity("lighting_key", "low_key", "high_key") == 0.0
    assert value_similarity("lighting_key", "low_key", "mid_key") == 0.5
    assert value_similarity("camera_movement", "static", "pan_left") == 0.0
    assert value_similarity("camera_movement", "pan_right", "pan_left") == 0.25
    assert value_similarity("boundary_kind", "hard_cut", "dissolve") == 0.0


def test_unknown_fields_and_values_are_refused() -> None:
    with pytest.raises(SchemaError, match="no such field"):
        value_similarity("mood", "happy", "sad")
    with pytest.raises(SchemaError, match="'pan' is no camera_movement"):
        value_similarity("camera_movement", "pan", "static")


@given(a=st.integers(0, 10**12), b=st.integers(0, 10**12), c=st.integers(0, 10**12))
def test_time_similarity_falls_with_the_distance_and_ends_at_one_second(a: int, b: int, c: int) -> None:
    near = time_similarity(a, b)
    assert near == time_similarity(b, a)
    assert (near == 0.0) == (abs(a - b) >= TIME_SCALE_NS)
    assert (near == 1.0) == (a == b)
    if abs(a - b) <= abs(a - c):
        assert near >= time_similarity(a, c)


def test_time_similarity_has_the_stated_scale() -> None:
    assert time_similarity(3_000_000_000, 3_250_000_000) == 0.75


@given(a=st.integers(0, 1000), b=st.integers(0, 1000))
def test_count_similarity_is_a_symmetric_share(a: int, b: int) -> None:
    near = count_similarity(a, b)
    assert near == count_similarity(b, a)
    assert 0.0 <= near <= 1.0
    assert (near == 1.0) == (a == b)


@pytest.mark.parametrize(("a", "b", "near"), [(3, 2, 0.5), (4, 5, 0.75), (1, 2, 0.0), (0, 0, 1.0), (0, 1, 0.0)])
def test_count_similarity_is_relative_to_the_smaller_count(a: int, b: int, near: float) -> None:
    assert count_similarity(a, b) == near


def test_a_middling_guess_at_a_count_earns_less_than_half() -> None:
    counts = range(1, 7)
    assert max(sum(count_similarity(guess, truth) for truth in counts) / 6 for guess in counts) < 0.5
