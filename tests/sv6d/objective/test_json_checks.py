"""What lies between the parts of many documents, read at once: frames, records, names, and who is to blame."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sv6d.errors import SchemaError
from sv6d.objective import document_json, json_shapes
from sv6d.objective.document_arrays import arrays_of
from sv6d.objective.document_json import arrays_of_json
from sv6d.schema import document as schema
from sv6d.schema.document import Document
from sv6d.schema.versions import dump_document, load_document
from tests.sv6d.objective.made_documents import ShotRow, made_document
from tests.sv6d.objective.test_document_json import RICH, as_json, read, read_by_schema, same

SHOTS: list[ShotRow] = [(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "hard_cut", 1.96, 2.0)]
PLAIN: dict[str, Any] = dump_document(
    made_document(SHOTS, [("boundary_kind", "hard_cut", 1.96, 2.0), ("beat", "hook", 2.0, 4.0)])
)
HOOK: dict[str, Any] = {
    "id": "h0",
    "start_ns": 2_000_000_000,
    "end_ns": 3_000_000_000,
    "confidence": 1.0,
    "source": {"producer": "expert", "name": "by hand"},
    "evidence": ["e1"],
    "types": ["question"],
    "modalities": ["spoken"],
    "promise": "",
    "payoff_ns": None,
}


def framed(frames: list[tuple[int, dict[str, int]]], first: dict[str, int] | None) -> bytes:
    """PLAIN whose pieces of evidence cite these frames."""
    value = copy.deepcopy(PLAIN)
    value["video"]["first_frame"] = first
    for i, frame in frames:
        value["evidence"][i]["frames"].append(frame)
    return as_json(value)


def frame(pts: int, num: int, den: int) -> dict[str, int]:
    return {"pts": pts, "time_base_num": num, "time_base_den": den}


NS = 1_000_000_000
# Around the edges of the spans [1.96 s, 2 s) and [2 s, 4 s), to the nanosecond.
EDGES = st.sampled_from([0, 1_960_000_000, 2_000_000_000, 4_000_000_000])
near_edges = st.builds(lambda edge, off: frame(edge + off, 1, NS), EDGES, st.integers(-4, 4))
anywhere = st.builds(
    frame,
    st.one_of(st.integers(-100, 100_000), st.sampled_from([2**46, 2**47, 2**63 - 1, 2**64, -(2**47), -(2**62)])),
    st.sampled_from([1, 1001, 2**16 - 1, 2**16, 2**31]),
    st.sampled_from([1, 24_000, 90_000, NS, 2**32 - 1, 2**32, 2**63 - 1]),
)


@given(
    frames=st.lists(st.tuples(st.integers(0, 1), near_edges), max_size=3),
    first=st.one_of(st.none(), st.builds(frame, st.integers(-4, 4), st.just(1), st.just(NS))),
)
def test_frames_at_the_edges_of_their_evidence_are_judged_as_by_the_schema(
    frames: list[tuple[int, dict[str, int]]], first: dict[str, int] | None
) -> None:
    raw = framed(frames, first)
    assert same(read(raw), read_by_schema(raw))


@given(frames=st.lists(st.tuples(st.integers(0, 1), anywhere), max_size=3), first=st.one_of(st.none(), anywhere))
def test_frames_of_any_time_base_are_judged_as_by_the_schema(
    frames: list[tuple[int, dict[str, int]]], first: dict[str, int] | None
) -> None:
    raw = framed(frames, first)
    assert same(read(raw), read_by_schema(raw))


@pytest.mark.parametrize(
    ("frames", "first", "fits"),
    [
        ([(0, frame(2_000_000_001, 1, NS))], frame(0, 1, NS), True),  # just after a boundary, rounded
        ([(0, frame(2_000_000_002, 1, NS))], frame(0, 1, NS), False),
        ([(1, frame(4_000_000_000, 1, NS))], frame(0, 1, NS), False),
        ([(1, frame(4_000_000_000, 1, NS))], None, True),
        ([(1, frame(2000, 1, 1000)), (0, frame(2500, 1, 1000))], None, False),
        ([(1, frame(1999, 1, 1000))], frame(0, 1, 1000), False),
        ([(1, frame(1999, 1, 1000))], frame(-1, 1, 1000), True),
    ],
)
def test_a_frame_outside_its_evidence_is_refused(
    frames: list[tuple[int, dict[str, int]]], first: dict[str, int] | None, fits: bool
) -> None:
    raw = framed(frames, first)
    if fits:
        assert same(read(raw), arrays_of([load_document(raw, name="it")]))
    else:
        with pytest.raises(SchemaError, match="lies outside its span"):
            arrays_of_json([raw], name="it")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"types": ["nonsense"]}, "is no hook_type"),
        ({"payoff_ns": 1}, "comes before the hook"),
        ({"evidence": ["e9"]}, "cites e9, which is not there"),
        ({"end_ns": 5_000_000_000}, "after the video"),
    ],
)
def test_records_are_judged_by_the_schema(change: dict[str, Any], problem: str | None) -> None:
    raw = as_json({**PLAIN, "hooks": [{**HOOK, **change}]})
    if problem is None:
        assert same(read(raw), arrays_of([load_document(raw, name="it")]))
    else:
        with pytest.raises(SchemaError, match=problem):
            arrays_of_json([raw], name="it")


@pytest.mark.parametrize("name", ["l0\nl1", "l0\n", "\nl0", "", "L0", "l" * 65, "é", "l0 "])
@pytest.mark.parametrize("part", ["shots", "evidence", "labels"])
def test_an_identifier_that_is_none_is_refused(part: str, name: str) -> None:
    value = copy.deepcopy(RICH)
    value[part][-1]["id"] = name
    with pytest.raises(SchemaError, match=f"{part}.*should match pattern"):
        arrays_of_json([as_json(value)], name="it")


def test_documents_keep_their_places_whoever_reads_them() -> None:
    other = copy.deepcopy(PLAIN)
    other["video"]["width_px"] = 64.0  # the schema takes it for a whole number
    raws = [as_json(value) for value in (RICH, other, PLAIN, {**PLAIN, "hooks": [HOOK]}, other, RICH)]
    assert same(arrays_of_json(raws, name="it"), arrays_of(load_document(raw, name="it") for raw in raws))
    for number in (0, 2, 5):
        part = arrays_of_json(raws, name="it").part(number, number + 1)
        assert same(part, arrays_of([load_document(raws[number], name="it")]))


def test_a_batch_of_no_documents_and_one_that_only_the_schema_understands_are_read() -> None:
    assert len(arrays_of_json([], name="it")) == 0
    raw = as_json({**PLAIN, "hooks": [HOOK]})
    assert same(arrays_of_json([raw, raw], name="it"), arrays_of([load_document(raw, name="it")] * 2))


def test_the_first_broken_document_is_named_whatever_breaks_it() -> None:
    late = copy.deepcopy(PLAIN)
    late["labels"][1]["evidence"] = ["e0"]
    ill_named = copy.deepcopy(PLAIN)
    ill_named["labels"][1]["id"] = "l0"
    good, broken = as_json(PLAIN), [as_json(late), as_json(ill_named), b"{", as_json({**PLAIN, "hooks": [1]})]
    for shift in range(len(broken)):
        raws = [good, good, *broken[shift:], *broken[:shift]]
        with pytest.raises(SchemaError) as found:
            arrays_of_json(raws, name="it", first=7)
        with pytest.raises(SchemaError) as wanted:
            load_document(raws[2], name="it 9")
        assert str(found.value) == str(wanted.value)


def test_documents_of_one_batch_do_not_judge_each_other() -> None:
    """Evidence, frames and texts of one document are nothing to the next."""
    without = copy.deepcopy(PLAIN)
    without["evidence"], without["labels"] = [], []
    texts = orjson.loads(framed([(1, frame(2000, 1, 1000))], frame(0, 1, 1000)))
    texts["labels"][1] |= {"value": "other", "other_text": "a twist"}
    astray = orjson.loads(framed([(1, frame(2000, 1, 1000))], frame(-9000, 1, 1000)))
    for values in ([without, texts, PLAIN, RICH], [RICH, without, texts, texts, without]):
        raws = [as_json(value) for value in values]
        assert same(arrays_of_json(raws, name="it"), arrays_of(load_document(raw, name="it") for raw in raws))
        with pytest.raises(SchemaError, match=f"it {len(values)} is no SV6D document"):
            arrays_of_json([*raws, as_json(astray)], name="it")


@pytest.mark.parametrize(
    ("shape", "model"),
    [(json_shapes.Shape, Document), (json_shapes.Frame, schema.FrameRef)]
    + [(getattr(json_shapes, name), getattr(schema, name)) for name in ("Evidence", "Label", "Sentence", "Shot")],
)
def test_shapes_have_the_keys_of_the_schema(shape: type[msgspec.Struct], model: type[BaseModel]) -> None:
    """A key that a shape lacks would send every document that has it the slow way."""
    assert {item.name for item in msgspec.structs.fields(shape)} == set(model.model_fields)


def test_many_sound_documents_take_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(raw: bytes, *, name: str) -> Document:
        raise AssertionError("the schema was asked")

    raws = [framed([(1, frame(2000 + i, 1, 1000))], frame(0, 1, 1000)) for i in range(9)]
    expected = arrays_of(load_document(raw, name="it") for raw in raws)
    monkeypatch.setattr(document_json, "load_document", slow)
    found = arrays_of_json(raws, name="it")
    assert same(found, expected)
    assert found.offset.dtype == expected.offset.dtype == np.int64
