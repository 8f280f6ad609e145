"""What the adapter says about a shot: its answer read as values, each with the probability it was given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from sv6d.model.answer import Answer
from sv6d.schema.phrases import read_phrase


@dataclass(frozen=True, slots=True)
class Said:
    """A value of a field, and the probability in [0, 1] that the model gave to writing it.

    The probability is the product over the tokens of the value, given all that stands before it. A
    mean over tokens would hide a doubt: after the first token of a long value the rest is certain.
    """

    field: str
    value: str
    probability: float


def read_answer(answer: Answer) -> tuple[list[Said], int]:
    """The values that an answer states, in the order of its fields, and the number of unread parts."""
    text = "".join(answer.tokens)
    values, num_unread = read_phrase(text)
    ends, length = [], 0
    for token in answer.tokens:
        length += len(token)
        ends.append(length)
    said = []
    for field, chosen in values.items():
        start, part = _part_of(text, field, chosen)
        for value in chosen:
            match = re.search(rf"(?<=[ ,]){re.escape(value)}(?![a-z_])", part)
            assert match is not None  # the part was read as holding this value
            first, last = start + match.start(), start + match.end()
            probabilities = [
                answer.probabilities[i]
                for i, end in enumerate(ends)
                if end > first and end - len(answer.tokens[i]) < last
            ]
            said.append(Said(field, value, prod(probabilities)))
    return said, num_unread


def _part_of(text: str, field: str, chosen: tuple[str, ...]) -> tuple[int, str]:
    """Where in the text the part lies that was read as these values of the field, and the part."""
    start = 0
    for part in text.split(";"):
        if read_phrase(part)[0] == {field: chosen}:
            return start, part
        start += len(part) + 1
    raise AssertionError(f"{field} was read from {text!r}, but no part of it holds it")
