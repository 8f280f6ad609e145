"""Labels as one compact line of text that a model writes and code reads back.

`subject_type vehicle; lighting_key high_key; packaging caption,hook_line` - fields in the order of
the vocabulary, values sorted, nothing else. A line is about one span; the span itself is given to
the model by the frames it sees, so it can not be hallucinated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sv6d.schema.fields import FIELDS, field_of

Values = Mapping[str, Iterable[str]]


def write_phrase(values: Values) -> str:
    """The line for values by field; fields without values are left out."""
    parts = []
    for field in FIELDS:
        chosen = sorted(set(values.get(field.name, ())))
        if chosen:
            parts.append(f"{field.name} {','.join(chosen)}")
    return "; ".join(parts)


def read_phrase(text: str) -> tuple[dict[str, tuple[str, ...]], int]:
    """Values by field, and the number of parts that could not be read.

    An unknown field or value, a second value of an exclusive field and a repeated field are not
    read; they are counted, never guessed at.
    """
    values: dict[str, tuple[str, ...]] = {}
    num_unread = 0
    for part in text.strip().rstrip(".").split(";"):
        name, _, listed = part.strip().partition(" ")
        field = field_of(name)
        chosen = tuple(sorted({value.strip() for value in listed.split(",")}))
        known = field is not None and name not in values and all(value in field.values for value in chosen)
        if known and field is not None and (len(chosen) == 1 or not field.exclusive):
            values[name] = chosen
        else:
            num_unread += 1
    return values, num_unread
