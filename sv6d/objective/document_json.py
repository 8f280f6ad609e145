"""Documents from JSON bytes straight to arrays, with the refusals of the schema.

Bytes are read into shapes that hold the schema's types and bounds, without building its models; what lies between the
parts of a document is checked over many documents at once. Neither is ever more lenient than the schema. Where
anything is not as it must be, the schema itself reads the document: it refuses it with its own message, or
accepts what this fast way does not understand.
"""

from __future__ import annotations

from collections.abc import Iterable

from sv6d.objective.document_arrays import DocumentArrays, arrays_of, joined
from sv6d.objective.json_checks import doubtful, has_sound_records, is_well_named
from sv6d.objective.json_columns import JsonColumns
from sv6d.objective.json_shapes import shape_of
from sv6d.schema.versions import load_document


def arrays_of_json(documents: Iterable[bytes], *, name: str, first: int = 0) -> DocumentArrays:
    """Documents as arrays, in the given order; equal to `arrays_of` of what `load_document` returns.

    `name` is used in messages, with the document's number, which counts from `first`.

    Raises:
        SchemaError: as `load_document`, for the first document that breaks the schema.
    """
    raws = list(documents)
    columns = JsonColumns()
    at: list[int] = []  # of each document in the columns: its place among all
    for place, raw in enumerate(raws):
        shape = shape_of(raw)
        if shape is not None and is_well_named(shape) and has_sound_records(shape):
            columns.add(shape)
            at.append(place)
    fast = columns.arrays()
    sound = {place: i for i, (place, doubt) in enumerate(zip(at, doubtful(columns).tolist(), strict=True)) if not doubt}
    if len(sound) == len(raws):
        return fast
    return joined(
        [
            fast.part(sound[place], sound[place] + 1)
            if place in sound
            else arrays_of([load_document(raw, name=f"{name} {first + place}")])
            for place, raw in enumerate(raws)
        ]
    )
