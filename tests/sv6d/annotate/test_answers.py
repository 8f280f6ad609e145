"""An answer is read with the probability of each value, whatever way the tokens cut it."""

from __future__ import annotations

import itertools
import re
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.annotate.answers import Said, read_answer
from sv6d.model.answer import Answer
from sv6d.schema.fields import FIELDS
from sv6d.schema.phrases import read_phrase, write_phrase


def answer(*pieces: tuple[str, float]) -> Answer:
    return Answer("".join(text for text, _ in pieces), *zip(*pieces, strict=True))


def test_the_probability_is_that_of_the_values_own_tokens() -> None:
    said, num_unread = read_answer(
        answer(("subject_type", 0.9), (" veh", 0.5), ("icle", 0.8), (";", 0.99), (" beat", 0.7), (" hook", 0.25))
    )
    assert said == [Said("subject_type", "vehicle", 0.5 * 0.8), Said("beat", "hook", 0.25)]
    assert num_unread == 0


def test_several_values_of_a_field_have_their_own_probabilities() -> None:
    said, _ = read_answer(answer(("packaging", 0.9), (" caption", 0.6), (",", 1.0), ("price_", 0.5), ("tag", 0.5)))
    assert said == [Said("packaging", "caption", 0.6), Said("packaging", "price_tag", 0.25)]


def test_a_value_that_begins_like_another_is_not_mistaken_for_it() -> None:
    said, _ = read_answer(answer(("beat call", 0.5), ("_to_action", 0.5), (";", 1.0), ("packaging", 1.0),
                                 (" call_to_action_text", 0.3)))  # fmt: skip
    assert said == [Said("beat", "call_to_action", 0.25), Said("packaging", "call_to_action_text", 0.3)]


def test_parts_that_cannot_be_read_are_counted_and_a_later_good_one_is_taken() -> None:
    said, num_unread = read_answer(
        answer(("beat", 1.0), (" nothing", 0.1), ("; beat", 1.0), (" hook", 0.4), ("; x", 1.0))
    )
    assert said == [Said("beat", "hook", 0.4)]
    assert num_unread == 2


def test_an_empty_answer_says_nothing() -> None:
    assert read_answer(Answer("", (), ())) == ([], 1)


@given(
    values=st.fixed_dictionaries(
        {}, optional={f.name: st.sampled_from(f.values).map(lambda value: (value,)) for f in FIELDS}
    ),
    width=st.integers(1, 9),
    chances=st.lists(st.floats(0.01, 1.0), min_size=40, max_size=40),
)
def test_any_cutting_into_tokens_gives_the_same_values(
    values: dict[str, tuple[str, ...]], width: int, chances: list[float]
) -> None:
    text = write_phrase(values)
    pieces = re.findall(f".{{1,{width}}}", text)
    probabilities = tuple(itertools.islice(itertools.cycle(chances), len(pieces)))
    said, _ = read_answer(Answer(text, tuple(pieces), probabilities))
    assert {(item.field, item.value) for item in said} == {
        (f, v) for f, chosen in read_phrase(text)[0].items() for v in chosen
    }
    for item in said:
        assert prod(probabilities) <= item.probability <= 1.0


@pytest.mark.parametrize("text", ["subject_type vehicle", " subject_type  vehicle ; ", "subject_type vehicle."])
def test_spaces_and_a_full_stop_do_not_matter(text: str) -> None:
    said, _ = read_answer(Answer(text, tuple(text), (1.0,) * len(text)))
    assert said == [Said("subject_type", "vehicle", 1.0)]
