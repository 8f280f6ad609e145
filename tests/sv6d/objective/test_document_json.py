"""The fast way from JSON to arrays accepts and refuses exactly what the schema does."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given

from sv6d.errors import SchemaError
from sv6d.objective import document_json
from sv6d.objective.document_arrays import DocumentArrays, arrays_of
from sv6d.objective.document_json import arrays_of_json
from sv6d.schema.document import Document, FrameRef, Report, Sentence
from sv6d.schema.versions import dump_document, load_document
from tests.sv6d.objective.made_answers import TRUTH
from tests.sv6d.objective.made_documents import ShotRow, documents, made_document

SHOTS: list[ShotRow] = [(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "hard_cut", 1.96, 2.0)]


def rich_document() -> Document:
    """A document in which every optional part is there."""
    plain = made_document(SHOTS, [("beat", "other", 0.0, 2.0), ("beat", "hook", 2.0, 4.0), ("pacing", "slow", 0, 4)])
    frames = (FrameRef(pts=3, time_base_num=1, time_base_den=1000),)
    first, *rest = plain.evidence
    sentence = Sentence(id="r0", start_ns=0, end_ns=5, text="A hook.", labels=("l1",), evidence=("e0",))
    return plain.model_copy(
        update={
            "evidence": (first.model_copy(update={"frames": frames, "box": (0.0, 0.1, 0.5, 1.0)}), *rest),
            "report": Report(sentences=(sentence,)),
        }
    )


RICH: dict[str, Any] = dump_document(rich_document())
# What a field could hold instead: other types, and values at and beyond the schema's bounds.
ODD = [
    None, True, False, -1, 0, 1, 5, 2**53, 2**63 - 1, 2**63, 2**70, -(2**70), 0.0, 0.5, 1.0, 1.5, "", "1", "other",
    "hook", "Ä", "x" * 64, "x" * 65, "e0\n", "l1", "e1", "beat", "camera", "keyframe", "motion", "5" * 64, "sv6d/1",
    "sv6d/2", [], ["e0"], ["e0", "e2"], ["nothing"], [0, 0, 1, 1], {}, {"a": 1}, "\u0000", 4_000_000_000,
    1_960_000_000, 2_000_000_000,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from places(below, (*path, key))


def changed(rng: random.Random, path: tuple[Any, ...]) -> Any:
    """RICH with one thing changed at a place: another value, gone, an extra key, or an item twice."""
    value = copy.deepcopy(RICH)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    match rng.randrange(4):
        case 0 if isinstance(parent, dict):
            del parent[path[-1]]
        case 1 if isinstance(parent[path[-1]], dict):
            parent[path[-1]]["extra"] = 1
        case 2 if isinstance(parent, list):
            parent.insert(0, copy.deepcopy(parent[path[-1]]))
        case _:
            parent[path[-1]] = rng.choice(ODD)
    return value


def read(raw: bytes) -> DocumentArrays | str:
    try:
        return arrays_of_json([raw], name="it")
    except SchemaError as error:
        return str(error)


def read_by_schema(raw: bytes) -> DocumentArrays | str:
    try:
        return arrays_of([load_document(raw, name="it 0")])
    except SchemaError as error:
        return str(error)


def same(a: DocumentArrays | str, b: DocumentArrays | str) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return all(np.array_equal(getattr(a, item.name), getattr(b, item.name)) for item in fields(DocumentArrays))


def as_json(value: Any) -> bytes:
    """Also integers that orjson can not write."""
    if isinstance(value, dict):
        return b"{" + b",".join(orjson.dumps(key) + b":" + as_json(below) for key, below in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(as_json, value)) + b"]"
    return str(value).encode() if type(value) is int else orjson.dumps(value)


@given(document=documents())
def test_the_arrays_are_those_of_the_document(document: Document) -> None:
    assert same(arrays_of_json([orjson.dumps(dump_document(document))], name="it"), arrays_of([document]))


def test_a_valid_document_takes_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(raw: bytes, *, name: str) -> Document:
        raise AssertionError("the schema was asked")

    monkeypatch.setattr(document_json, "load_document", slow)
    arrays_of_json([as_json(RICH), orjson.dumps(dump_document(TRUTH))], name="it")


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_document_is_accepted_or_refused_as_by_the_schema(seed: int) -> None:
    rng = random.Random(seed)
    answers: Counter[bool] = Counter()
    for path in places(RICH):
        raw = as_json(changed(rng, path))
        expected = read_by_schema(raw)
        assert same(read(raw), expected), (path, raw)
        answers[isinstance(expected, str)] += 1
    assert answers[True] > answers[False] > 5


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"\xef\xbb\xbf" + as_json(RICH),
        as_json(RICH)[:-1],
        as_json(RICH) + b"x",
        as_json(RICH).replace(b'"confidence":1.0', b'"confidence":NaN', 1),
        as_json(RICH).replace(b'"value":1.0', b'"value":Infinity', 1),
        as_json(RICH).replace(b'"value":1.0', b'"value":1e999', 1),
        as_json(RICH).replace(b'"value":1.0', b'"value":[],"value":2.0', 1),
        as_json(RICH).replace(b'"value":"hook"', b'"value":"hook","value":"nothing"', 1),
        as_json(RICH).replace(b'"value":"hook"', b'"value":"nothing","value":"hook"', 1),
        as_json(RICH).replace(b'"A hook."', b'"\\ud800"', 1),
        as_json(RICH).replace(b'"A hook."', b'"\xff"', 1),
        as_json(RICH).replace(b'"pts":3', b'"pts":03', 1),
        as_json(RICH).replace(b'"pts":3', b'"pts":3.0', 1),
        as_json(RICH).replace(b'"pts":3', b'"pts":-0', 1),
    ],
)
def test_odd_bytes_are_read_as_by_the_schema(raw: bytes) -> None:
    assert same(read(raw), read_by_schema(raw))


HOOK = {
    "id": "hook",
    "start_ns": 0,
    "end_ns": 5,
    "confidence": 1.0,
    "source": {"producer": "expert", "name": "x"},
    "evidence": ["e0"],
    "types": ["question"],
    "modalities": ["visual"],
    "promise": "",
    "payoff_ns": None,
}


@pytest.mark.parametrize(
    ("path", "value", "sound"),
    [
        (("hooks",), [HOOK], True),
        (("hooks",), [{**HOOK, "evidence": ["nothing"]}], False),
        (("hooks",), [{**HOOK, "types": ["nothing"]}], False),
        (("report", "sentences", 0, "records"), ["hook"], False),
        (("evidence", 0, "frames", 0, "pts"), 10**9, True),  # nothing tells the time of the first frame
        (("video", "first_frame"), {"pts": 0, "time_base_num": 1, "time_base_den": 1000}, True),
        (("video", "first_frame"), {"pts": 9, "time_base_num": 1, "time_base_den": 1000}, False),
    ],
)
def test_records_and_frames_are_judged_as_by_the_schema(path: tuple[Any, ...], value: Any, sound: bool) -> None:
    raw = copy.deepcopy(RICH)
    parent: Any = raw
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    expected = read_by_schema(orjson.dumps(raw))
    assert isinstance(expected, str) != sound
    assert same(read(orjson.dumps(raw)), expected)
