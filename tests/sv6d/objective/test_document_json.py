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
from sv6d.schema.document import Context, Document, FrameRef, Report, Sentence
from sv6d.schema.versions import dump_document, load_document
from tests.sv6d.objective.made_answers import TRUTH
from tests.sv6d.objective.made_documents import ShotRow, documents, made_document

SHOTS: list[ShotRow] = [(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "hard_cut", 1.96, 2.0)]


def rich_document() -> Document:
    """A document in which every optional part but records is there."""
    plain = made_document(SHOTS, [("beat", "other", 0.0, 2.0), ("beat", "hook", 2.0, 4.0), ("pacing", "slow", 0, 4)])
    frames = (FrameRef(pts=3, time_base_num=1, time_base_den=1000),)
    first, *rest = plain.evidence
    sentence = Sentence(id="r0", start_ns=0, end_ns=5, text="A hook.", labels=("l1",), evidence=("e0",))
    told = {
        "first_frame": FrameRef(pts=0, time_base_num=1, time_base_den=1000),
        "context": Context(title="Ä", hashtags=("#a",), comments=("so", "so"), cover="cover.png"),
    }
    return plain.model_copy(
        update={
            "video": plain.video.model_copy(update=told),
            "evidence": (first.model_copy(update={"frames": frames, "box": (0.0, 0.1, 0.5, 1.0)}), *rest),
            "report": Report(sentences=(sentence,)),
        }
    )


RICH: dict[str, Any] = dump_document(rich_document())
SAID: dict[str, Any] = {"confidence": 1.0, "source": {"producer": "expert", "name": "by hand"}}
RECORDED: dict[str, Any] = {
    **dump_document(made_document(SHOTS, [("beat", "hook", 0.0, 2.0), ("boundary_kind", "hard_cut", 1.96, 2.0)])),
    "hooks": [
        {**SAID, "id": "h0", "start_ns": 0, "end_ns": 5, "evidence": ["e0"], "types": ["question"],
         "modalities": ["spoken"], "promise": "more", "payoff_ns": 9},
    ],
    "cut_rationales": [
        {**SAID, "id": "c0", "start_ns": 1_970_000_000, "end_ns": 1_990_000_000, "evidence": ["e1"], "shot": "s1",
         "rationale": "emphasis", "changes": ["beat"], "text": ""},
    ],
    "tension": {
        **SAID, "id": "t0", "start_ns": 0, "end_ns": 4_000_000_000, "evidence": ["e1"], "points": [
            {"start_ns": 0, "end_ns": 2_000_000_000, "shot": "s0", "tension": None, "pace": 0.5, "motion": None,
             "light_change": None},
            {"start_ns": 2_000_000_000, "end_ns": 4_000_000_000, "shot": "s1", "tension": 1, "pace": 0.5, "motion": 0.1,
             "light_change": 0.2},
        ],
    },
    "packaging_cues": [
        {**SAID, "id": "p0", "start_ns": 0, "end_ns": 5, "evidence": ["e0"], "kind": "title_card", "text": "New",
         "box": [0, 0.1, 0.5, 1.0]},
    ],
    "layouts": [
        {**SAID, "id": "a0", "start_ns": 0, "end_ns": 5, "evidence": ["e0"], "layout": "letterbox",
         "regions": [{"role": "image", "box": [0.0, 0.0, 1.0, 0.5]}]},
    ],
}  # fmt: skip
# What a number could be written as, and what is none.
ODD_TOKENS = [
    b"1e999", b"-1e999", b"NaN", b"-Infinity", b"9" * 400, b"18446744073709551616", b"1.0", b"1e0", b"-0", b"-0.0",
    b"01", b"1.", b"+1", b".5", b"0x1", b"null", b"true", b"[]", b"{}", b"", b'"1"', b'"\\ud800"', b'"\xed\xa0\x80"',
    b'"\\u0065\\u0030"', b'"a\nb"',
]  # fmt: skip
# What a field could hold instead: other types, and values at and beyond the schema's bounds.
ODD = [
    None, True, False, -1, 0, 1, 5, 2**53, 2**63 - 1, 2**63, 2**70, -(2**70), 0.0, 0.5, 1.0, 1.5, "", "1", "other",
    "hook", "Ä", "x" * 64, "x" * 65, "e0\n", "l1", "e1", "beat", "camera", "keyframe", "motion", "5" * 64, "sv6d/1",
    "sv6d/2", [], ["e0"], ["e0", "e2"], ["nothing"], [0, 0, 1, 1], {}, {"a": 1}, "\u0000", 4_000_000_000,
    1_960_000_000, 2_000_000_000, 2**62, "e0\ne1", "l0\n", {"pts": 3}, "hard_cut", "boundary",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from places(below, (*path, key))


def changed(rng: random.Random, whole: Any, path: tuple[Any, ...]) -> Any:
    """The document with one thing changed at a place: another value, gone, an extra key, or an item twice."""
    value = copy.deepcopy(whole)
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


def written(whole: Any, path: tuple[Any, ...], *tokens: bytes) -> bytes:
    """The document with these bytes for the value at a place; several: the key is there that many times."""
    value = copy.deepcopy(whole)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = "@"
    if isinstance(parent, list):
        return as_json(value).replace(b'"@"', b",".join(tokens), 1)
    key = orjson.dumps(path[-1]) + b":"
    return as_json(value).replace(key + b'"@"', b",".join(key + token for token in tokens), 1)


@given(document=documents())
def test_the_arrays_are_those_of_the_document(document: Document) -> None:
    assert same(arrays_of_json([orjson.dumps(dump_document(document))], name="it"), arrays_of([document]))


def test_a_valid_document_takes_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(raw: bytes, *, name: str) -> Document:
        raise AssertionError("the schema was asked")

    monkeypatch.setattr(document_json, "load_document", slow)
    arrays_of_json([as_json(RICH), as_json(RECORDED), orjson.dumps(dump_document(TRUTH))], name="it")


@pytest.mark.parametrize("whole", [RICH, RECORDED], ids=["rich", "recorded"])
@pytest.mark.parametrize("seed", range(8))
def test_a_changed_document_is_accepted_or_refused_as_by_the_schema(seed: int, whole: dict[str, Any]) -> None:
    rng = random.Random(seed)
    answers: Counter[bool] = Counter()
    for path in places(whole):
        raw = as_json(changed(rng, whole, path))
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


@pytest.mark.parametrize("whole", [RICH, RECORDED], ids=["rich", "recorded"])
@pytest.mark.parametrize("token", ODD_TOKENS)
def test_a_token_is_read_as_by_the_schema_wherever_it_stands(token: bytes, whole: dict[str, Any]) -> None:
    for path in places(whole):
        raw = written(whole, path, token)
        assert same(read(raw), read_by_schema(raw)), raw


@pytest.mark.parametrize("whole", [RICH, RECORDED], ids=["rich", "recorded"])
@pytest.mark.parametrize("token", [b"1e999", b"NaN", b"null", b"[]", b"{}", b"1", b"2.5", b'"other"'])
def test_of_a_key_that_is_there_twice_the_last_value_counts_as_for_the_schema(
    token: bytes, whole: dict[str, Any]
) -> None:
    answers: Counter[bool] = Counter()
    for path in places(whole):
        value: Any = whole
        for key in path:
            value = value[key]
        if isinstance(path[-1], str):
            for tokens in ((token, as_json(value)), (as_json(value), token)):
                raw = written(whole, path, *tokens)
                expected = read_by_schema(raw)
                assert same(read(raw), expected), raw
                answers[isinstance(expected, str)] += 1
    # A value that nobody reads must still be JSON, and numbers must fit.
    assert answers[True] > 0
    assert (answers[False] == 0) == (token in (b"1e999", b"NaN"))


@pytest.mark.parametrize("depth", [100, 300, 2000, 100_000])
def test_what_nests_without_end_is_refused_as_by_the_schema(depth: int) -> None:
    for place in (("hooks", 0, "promise"), ("tension",), ("labels", 0, "value")):
        raw = written(RECORDED, place, b"[" * depth + b"]" * depth)
        expected = read_by_schema(raw)
        assert isinstance(expected, str)
        assert same(read(raw), expected)


@pytest.mark.parametrize("whole", [RICH, RECORDED], ids=["rich", "recorded"])
@pytest.mark.parametrize("seed", range(4))
def test_damaged_bytes_are_read_as_by_the_schema(seed: int, whole: dict[str, Any]) -> None:
    rng = random.Random(seed)
    raw = as_json(whole)
    for _ in range(300):
        at, kind = rng.randrange(len(raw)), rng.randrange(3)
        new = bytes([rng.choice([rng.randrange(256), *b'0123456789-+.eE",:{}[]\\ utrn\x00\x1f\x7f'])])
        damaged = raw[:at] + (new if kind else b"") + raw[at + (kind != 1) :]
        assert same(read(damaged), read_by_schema(damaged)), damaged


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


@pytest.mark.parametrize(("cited", "sound"), [("h0", True), ("nothing", False)])
def test_a_sentence_may_rest_on_a_record_alone(cited: str, sound: bool) -> None:
    told = {
        "id": "r0",
        "start_ns": 0,
        "end_ns": 5,
        "text": "It asks.",
        "labels": [],
        "evidence": [],
        "records": [cited],
    }
    raw = orjson.dumps({**RECORDED, "report": {"sentences": [told]}})
    expected = read_by_schema(raw)
    assert isinstance(expected, str) != sound
    assert same(read(raw), expected)
