"""What is written is read back; what cannot be read is counted and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.schema.fields import FIELDS, Field
from sv6d.schema.phrases import read_phrase, write_phrase


def choices(field: Field) -> st.SearchStrategy[tuple[str, ...]]:
    most = 1 if field.exclusive else len(field.values)
    return st.sets(st.sampled_from(field.values), max_size=most).map(lambda chosen: tuple(sorted(chosen)))


VALUES = st.fixed_dictionaries({}, optional={field.name: choices(field) for field in FIELDS})


@given(values=VALUES)
def test_a_written_phrase_is_read_back_whole(values: dict[str, tuple[str, ...]]) -> None:
    said = {name: chosen for name, chosen in values.items() if chosen}
    phrase = write_phrase(values)
    assert read_phrase(phrase) == ((said, 0) if said else ({}, 1))


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_counted(text: str) -> None:
    values, num_unread = read_phrase(text)
    assert len(values) + num_unread == len(text.strip().rstrip(".").split(";"))


def test_the_form_is_fields_in_order_and_values_sorted() -> None:
    phrase = write_phrase({"packaging": ["hook_line", "caption", "caption"], "subject_type": ["vehicle"]})
    assert phrase == "subject_type vehicle; packaging caption,hook_line"


@pytest.mark.parametrize(
    ("text", "num_read", "num_unread"),
    [
        ("subject_type vehicle; mood fine", 1, 1),
        ("subject_type car", 0, 1),
        ("lighting_key low_key,high_key", 0, 1),
        ("lighting_key low_key; lighting_key low_key", 1, 1),
        ("subject_type vehicle.", 1, 0),
        ("", 0, 1),
    ],
)
def test_what_breaks_the_form_is_counted(text: str, num_read: int, num_unread: int) -> None:
    values, unread = read_phrase(text)
    assert (len(values), unread) == (num_read, num_unread)
