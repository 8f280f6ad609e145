"""A document is refused for each rule it breaks, and accepted by the published JSON Schema otherwise."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from sv6d.errors import SchemaError
from sv6d.schema.document import Document, Report, Sentence
from sv6d.schema.fields import FIELDS, OTHER, field_of
from sv6d.schema.versions import dump_document, json_schema, load_document
from tests.sv6d.objective.made_documents import documents, made_document

DOCUMENT = made_document(
    [(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "hard_cut", 1.96, 2.0)],
    [("camera_movement", "pan_left", 0.0, 2.0), ("lighting_key", "low_key", 2.0, 4.0)],
)
SENTENCE = Sentence(id="r0", text="The camera pans.", start_ns=0, end_ns=10, labels=("l0",), evidence=("e0",))


def set_at(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        place: Any = raw
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def framed(index: int, *times_s: float, first_s: float | None = 0.0) -> Callable[[dict[str, Any]], None]:
    """Evidence that cites frames at these times, of a video whose first frame has the time 0 (None: not told)."""

    def change(raw: dict[str, Any]) -> None:
        raw["video"]["first_frame"] = None if first_s is None else ref(first_s)
        raw["evidence"][index]["frames"] = [ref(time_s) for time_s in times_s]

    return change


def ref(time_s: float) -> dict[str, int]:
    return {"pts": round(time_s * 1000), "time_base_num": 1, "time_base_den": 1000}


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "unknown key": (set_at("mood", value="fine"), "mood: Extra inputs"),
    "no version": (set_at("schema_version", value=None), "schema_version None"),
    "a later version": (set_at("schema_version", value="sv6d/2"), "schema_version 'sv6d/2'"),
    "time as text": (set_at("labels", 0, "start_ns", value="0.5"), "labels.0.start_ns"),
    "time as a fraction": (set_at("labels", 0, "start_ns", value=0.5), "labels.0.start_ns"),
    "negative time": (set_at("labels", 0, "start_ns", value=-1), "labels.0.start_ns"),
    "empty span": (set_at("labels", 0, "end_ns", value=0), "must be greater than start_ns"),
    "no shots": (set_at("shots", value=[]), "shots"),
    "a gap between shots": (set_at("shots", 1, "start_ns", value=2_100_000_000), "shots must tile the video"),
    "shots end early": (set_at("video", "duration_ns", value=5_000_000_000), "shots must tile the video"),
    "a label after the end": (set_at("labels", 1, "end_ns", value=4_000_000_001), "after the video"),
    "the same id twice": (set_at("labels", 1, "id", value="l0"), "label ids must be unique"),
    "an unknown field": (set_at("labels", 0, "field", value="mood"), "there is no field 'mood'"),
    "another dimension": (set_at("labels", 0, "dimension", value="subject"), "belongs to camera"),
    "an unknown value": (set_at("labels", 0, "value", value="pan"), "'pan' is no camera_movement"),
    "other without words": (set_at("labels", 0, "value", value=OTHER), "other_text goes with"),
    "words without other": (set_at("labels", 0, "other_text", value="whirls"), "other_text goes with"),
    "confidence above one": (set_at("labels", 0, "confidence", value=1.5), "labels.0.confidence"),
    "no evidence": (set_at("labels", 0, "evidence", value=[]), "cites no evidence"),
    "evidence that is not there": (set_at("labels", 0, "evidence", value=["e9"]), "cites e9, which is not there"),
    "evidence of another kind": (set_at("labels", 0, "evidence", value=["e1"]), "can not support camera_movement"),
    "evidence after the end": (
        lambda raw: raw["evidence"][0].update(end_ns=4_000_000_001),
        "e0 ends at 4000000001 ns, after the video",
    ),
    "a frame before its evidence's span": (framed(1, 1.9), "evidence e1 cites a frame that lies outside its span"),
    "a frame after its evidence's span": (framed(0, 2.0), "evidence e0 cites a frame that lies outside its span"),
    "frames of one evidence that no span could hold": (
        framed(0, 0.5, 2.6, first_s=None),
        "evidence e0 cites a frame that lies outside its span",
    ),
    "a sentence that cites a record that is not there": (
        set_at("report", "sentences", 0, "records", value=["hook"]),
        "cites what is not there: ['hook']",
    ),
    "a sentence that cites what is not there": (
        set_at("report", "sentences", 0, "labels", value=["l9"]),
        "cites what is not there",
    ),
}


def raw_document() -> dict[str, Any]:
    return dump_document(DOCUMENT.model_copy(update={"report": Report(sentences=(SENTENCE,))}))


def test_the_document_that_the_broken_ones_start_from_is_accepted() -> None:
    raw = raw_document()
    assert dump_document(load_document(raw, name="whole.json")) == raw


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_refused_and_named(name: str) -> None:
    change, found = BROKEN[name]
    raw = copy.deepcopy(raw_document())
    change(raw)
    with pytest.raises(SchemaError) as refused:
        load_document(raw, name="broken.json")
    assert "broken.json" in refused.value.what
    assert found in refused.value.found


@pytest.mark.parametrize("first_s", [0.0, -0.08, 3600.0, None])
def test_frames_within_their_spans_are_accepted_wherever_the_containers_clock_starts(first_s: float | None) -> None:
    raw = raw_document()
    offset_s = 77.7 if first_s is None else first_s
    raw["video"]["first_frame"] = None if first_s is None else ref(first_s)
    raw["evidence"][0]["frames"] = [ref(offset_s), ref(offset_s + 1.999)]
    raw["evidence"][1]["frames"] = [ref(offset_s + 2.0)]
    document = load_document(raw, name="framed.json")
    assert [len(item.frames) for item in document.evidence] == [2, 1]


def test_without_the_first_frames_time_one_time_must_fit_all_frames() -> None:
    raw = raw_document()
    raw["evidence"][0]["frames"] = [ref(10.0)]
    raw["evidence"][1]["frames"] = [ref(10.5)]
    load_document(raw, name="framed.json")
    raw["evidence"][1]["frames"] = [ref(14.5)]
    with pytest.raises(SchemaError, match="evidence e0 or e1 cites a frame that lies outside its span"):
        load_document(raw, name="framed.json")


def test_a_boundary_may_cite_the_first_frame_of_the_new_shot() -> None:
    raw = raw_document()
    raw["video"]["first_frame"] = ref(0.0)
    raw["evidence"].append({**raw["evidence"][0], "id": "e7", "kind": "boundary", "start_ns": 1_960_000_000})
    raw["evidence"][-1]["frames"] = [ref(1.96), ref(2.0)]
    load_document(raw, name="framed.json")
    raw["evidence"][-1]["frames"] = [ref(1.96), ref(2.04)]
    with pytest.raises(SchemaError, match="evidence e7 cites a frame"):
        load_document(raw, name="framed.json")


def test_the_published_schema_refuses_a_value_of_another_field() -> None:
    validator = Draft202012Validator(orjson.loads(json_schema()))
    raw = raw_document()
    for field, value, dimension in (("mood", "fine", "camera"), ("lighting_key", "warm", "aesthetics")):
        raw["labels"][1].update(field=field, value=value, dimension=dimension)
        assert not validator.is_valid(raw)
    raw["labels"][1].update(field="lighting_key", value="low_key", dimension="camera")
    assert not validator.is_valid(raw)
    raw["labels"][1].update(dimension="aesthetics")
    assert validator.is_valid(raw)


def test_evidence_must_overlap_the_label_that_cites_it() -> None:
    raw = raw_document()
    raw["evidence"][0].update(start_ns=2_000_000_000, end_ns=3_000_000_000)
    with pytest.raises(SchemaError, match="outside its span"):
        load_document(raw, name="broken.json")


def test_a_sentence_must_cite_something() -> None:
    raw = raw_document()
    raw["report"]["sentences"][0].update(labels=[], evidence=[])
    with pytest.raises(SchemaError, match="cites neither"):
        load_document(raw, name="broken.json")


def test_text_that_is_no_json_and_json_that_is_no_object_are_refused() -> None:
    with pytest.raises(SchemaError, match="not JSON"):
        load_document(b"{", name="half.json")
    with pytest.raises(SchemaError, match="a list"):
        load_document(b"[]", name="list.json")


def test_only_the_first_problems_are_listed_and_the_others_counted() -> None:
    raw = raw_document()
    raw.update({f"key_{i}": i for i in range(9)})
    with pytest.raises(SchemaError, match="and 4 more"):
        load_document(raw, name="odd.json")


@given(document=documents())
def test_a_stored_document_comes_back_the_same_and_fits_the_published_schema(document: Document) -> None:
    stored = orjson.dumps(dump_document(document))
    assert load_document(stored, name="stored.json") == document
    Draft202012Validator(orjson.loads(json_schema())).validate(orjson.loads(stored))


def test_the_published_schema_is_valid_closed_and_refuses_an_unknown_key() -> None:
    schema = orjson.loads(json_schema())
    Draft202012Validator.check_schema(schema)
    raw = raw_document()
    raw["labels"][0]["mood"] = "fine"
    assert not Draft202012Validator(schema).is_valid(raw)


def test_a_frame_keeps_the_containers_time() -> None:
    raw = raw_document()
    raw["evidence"][0]["frames"] = [{"pts": 1001, "time_base_num": 1, "time_base_den": 30_000}]
    (frame,) = load_document(raw, name="framed.json").evidence[0].frames
    assert frame.time_ns == 33_366_667


def test_evidence_of_a_label_comes_in_its_order() -> None:
    raw = raw_document()
    raw["evidence"].append({**raw["evidence"][0], "id": "e7"})
    raw["labels"][0]["evidence"] = ["e7", "e0"]
    document = load_document(raw, name="two.json")
    assert [item.id for item in document.evidence_of(document.labels[0])] == ["e7", "e0"]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_is_found_by_name_sorted_defined_and_supported(field: Any) -> None:
    assert field_of(field.name) is field
    assert list(field.values) == sorted({term.name for term in field.terms})
    assert OTHER not in field.values
    assert field.evidence
    assert field.definition.endswith(".")
    assert field.source
