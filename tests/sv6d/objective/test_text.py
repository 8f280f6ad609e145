"""Texts of one meaning in one writing are equal, and everything else is a symmetric share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.objective.text import normalized, text_similarity


@given(a=st.text(max_size=40), b=st.text(max_size=40))
def test_the_similarity_is_a_symmetric_share_and_one_only_for_one_normal_form(a: str, b: str) -> None:
    near = text_similarity(a, b)
    assert 0.0 <= near <= 1.0
    assert near == text_similarity(b, a)
    assert (near == 1.0) == (normalized(a) == normalized(b))
    assert text_similarity(a, a) == 1.0


@given(text=st.text(max_size=40))
def test_a_normal_form_is_its_own(text: str) -> None:
    assert normalized(normalized(text)) == normalized(text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("An Unboxing", "an  unboxing\n"),
        ("STRASSE", "straße"),
        ("ｐｒｉｃｅ　１９９", "price 199"),
        ("cafe\u0301", "CAFÉ"),
        ("", " \t"),
    ],
)
def test_writing_makes_no_difference(a: str, b: str) -> None:
    assert text_similarity(a, b) == 1.0


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("", "hook", 0.0),
        ("abc", "xyz", 0.0),
        ("abcd", "abed", 0.75),
        ("限时优惠", "限时特惠", 0.75),
        ("开箱", "结尾", 0.0),
    ],
)
def test_the_share_is_that_of_the_common_subsequence(a: str, b: str, near: float) -> None:
    assert text_similarity(a, b) == pytest.approx(near)


def test_a_text_with_more_added_is_further_away() -> None:
    nears = [text_similarity("a red car", "a red car" + " and so on" * n) for n in range(6)]
    assert nears == sorted(nears, reverse=True)
    assert nears[-1] < 0.4
