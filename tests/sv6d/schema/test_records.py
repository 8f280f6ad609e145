"""Records beside the labels: accepted whole, refused for each rule that they break."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, get_args

import orjson
import pytest
from jsonschema import Draft202012Validator

from sv6d.errors import SchemaError
from sv6d.schema.document import Document
from sv6d.schema.field import EVIDENCE_KINDS
from sv6d.schema.records import CutRationale, Hook, ImageTextLayout, PackagingCue, PackagingKind, Record, TensionCurve
from sv6d.schema.versions import dump_document, json_schema, load_document
from tests.sv6d.objective.made_documents import made_document

S = 1_000_000_000
ROWS = [
    ("packaging", "hook_line", 0.0, 2.0),  # e0, a keyframe
    ("lighting_key", "low_key", 2.0, 4.0),  # e1, light
    ("boundary_kind", "hard_cut", 1.96, 2.0),  # e2, a boundary
    ("camera_movement", "static", 0.0, 2.0),  # e3, motion
]
BASE = made_document([(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "hard_cut", 1.96, 2.0)], ROWS)


def record(name: str, start_s: float, end_s: float, *evidence: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "start_ns": round(start_s * S),
        "end_ns": round(end_s * S),
        "confidence": 0.9,
        "source": {"producer": "expert", "name": "by hand"},
        "evidence": list(evidence),
        **more,
    }


def point(shot: str, start_s: int, end_s: int, tension: float | None) -> dict[str, Any]:
    parts = {"tension": tension, "pace": 0.5, "motion": tension, "light_change": None}
    return {"shot": shot, "start_ns": start_s * S, "end_ns": end_s * S, **parts}


def raw_document() -> dict[str, Any]:
    raw = dump_document(BASE)
    raw["hooks"] = [
        record("hook0", 0, 2, "e0", types=["question"], modalities=["on_screen_text"], promise="why", payoff_ns=3 * S)
    ]
    raw["cut_rationales"] = [
        record("why0", 1.96, 2, "e2", shot="s1", rationale="emphasis", changes=["lighting_key"], text="It darkens.")
    ]
    raw["tension"] = record("tension", 0, 4, "e1", "e3", points=[point("s0", 0, 2, 0.2), point("s1", 2, 4, None)])
    raw["packaging_cues"] = [
        record("cue0", 0, 2, "e0", kind="price", text="9.90", box=[0.1, 0.1, 0.4, 0.2]),
        record("cue1", 0, 4, "e0", kind="cover", text="", box=None),
    ]
    region = {"role": "image", "box": [0.0, 0.2, 1.0, 0.8], "text": ""}
    raw["layouts"] = [record("layout0", 0, 2, "e0", layout="gap_text", regions=[region])]
    return raw


def set_at(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        place: Any = raw
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a hook of no known type": (set_at("hooks", 0, "types", value=["shock"]), "'shock' is no hook_type"),
    "a hook of no type": (set_at("hooks", 0, "types", value=[]), "hooks.0.types"),
    "a hook through nothing known": (set_at("hooks", 0, "modalities", value=["smell"]), "'smell' is no hook_modality"),
    "a payoff before the hook": (
        lambda raw: raw["hooks"][0].update(start_ns=S, payoff_ns=S - 1),
        "comes before the hook",
    ),
    "a payoff after the video": (set_at("hooks", 0, "payoff_ns", value=5 * S), "payoff_ns 5000000000 lies after"),
    "a payoff of no promise": (set_at("hooks", 0, "promise", value=""), "there is no promise"),
    "a rationale of no known class": (set_at("cut_rationales", 0, "rationale", value="why_not"), "is no cut_rationale"),
    "a rationale of an unknown field": (set_at("cut_rationales", 0, "changes", value=["mood"]), "no field 'mood'"),
    "a rationale without a reason": (
        lambda raw: raw["cut_rationales"][0].update(rationale=None, changes=[], text=""),
        "why0 gives no reason",
    ),
    "a rationale of a first shot": (set_at("cut_rationales", 0, "shot", value="s0"), "no boundary leads to"),
    "a rationale beside its boundary": (
        lambda raw: raw["cut_rationales"][0].update(start_ns=0, end_ns=S, evidence=["e3"]),
        "lies outside the boundary of s1",
    ),
    "tension without a shot": (lambda raw: raw["tension"]["points"].pop(), "one point for each shot"),
    "tension above one": (set_at("tension", "points", 0, "tension", value=1.5), "tension.points.0.tension"),
    "a cue of no known kind": (set_at("packaging_cues", 0, "kind", value="banner"), "packaging_cues.0.kind"),
    "a box without area": (set_at("packaging_cues", 0, "box", value=[0.4, 0.1, 0.1, 0.2]), "has no area"),
    "a box beyond the picture": (set_at("packaging_cues", 0, "box", value=[0, 0, 1.5, 1]), "packaging_cues.0.box"),
    "a layout of no known kind": (set_at("layouts", 0, "layout", value="collage"), "'collage' is no layout"),
    "a region without area": (set_at("layouts", 0, "regions", 0, "box", value=[0, 0, 0, 1]), "has no area"),
    "the same id twice": (set_at("packaging_cues", 1, "id", value="hook0"), "record ids must be unique: ['hook0']"),
    "no evidence": (set_at("hooks", 0, "evidence", value=[]), "hooks.0.evidence"),
    "evidence that is not there": (set_at("hooks", 0, "evidence", value=["e9"]), "record hook0 cites e9, which is not"),
    "evidence of another kind": (set_at("layouts", 0, "evidence", value=["e3"]), "can not support ImageTextLayout"),
    "evidence outside its span": (
        lambda raw: raw["packaging_cues"][0].update(start_ns=2 * S, end_ns=4 * S),
        "record cue0 cites e0, which lies outside its span",
    ),
    "a record after the end": (set_at("packaging_cues", 1, "end_ns", value=4 * S + 1), "cue1 ends at 4000000001 ns"),
}


def test_the_document_that_the_broken_ones_start_from_is_accepted_by_code_and_schema() -> None:
    raw = raw_document()
    document = load_document(raw, name="whole.json")
    assert dump_document(document) == {**raw, **{key: dump_document(document)[key] for key in _WITH_DEFAULTS}}
    assert load_document(dump_document(document), name="again.json") == document
    Draft202012Validator(orjson.loads(json_schema())).validate(raw)
    assert [item.id for item in document.records] == ["hook0", "why0", "tension", "cue0", "cue1", "layout0"]


# Their sources are stored with the defaults filled in.
_WITH_DEFAULTS = ("hooks", "cut_rationales", "tension", "packaging_cues", "layouts")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_refused_and_named(name: str) -> None:
    change, found = BROKEN[name]
    raw = copy.deepcopy(raw_document())
    change(raw)
    with pytest.raises(SchemaError) as refused:
        load_document(raw, name="broken.json")
    assert found in refused.value.found


@pytest.mark.parametrize("kind", get_args(PackagingKind))
def test_every_kind_of_packaging_is_accepted(kind: str) -> None:
    raw = raw_document()
    raw["packaging_cues"][0]["kind"] = kind
    assert load_document(raw, name="cue.json").packaging_cues[0].kind == kind


def test_a_hook_may_promise_nothing_and_a_rationale_may_tell_changes_alone() -> None:
    raw = raw_document()
    raw["hooks"][0].update(promise="", payoff_ns=None)
    raw["cut_rationales"][0].update(rationale=None, text="")
    document: Document = load_document(raw, name="less.json")
    assert document.hooks[0].payoff_ns is None
    assert document.cut_rationales[0].changes == ("lighting_key",)


@pytest.mark.parametrize("record_class", [Hook, CutRationale, TensionCurve, PackagingCue, ImageTextLayout])
def test_a_record_names_the_evidence_that_may_support_it(record_class: type[Record]) -> None:
    assert set(record_class.EVIDENCE) <= set(EVIDENCE_KINDS)
    assert len(set(record_class.EVIDENCE)) == len(record_class.EVIDENCE) > 0
