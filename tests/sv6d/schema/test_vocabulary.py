"""The vocabulary is closed, defined value by value, and says of each confusion what it is."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest

from sv6d.schema.document import BoundaryKind, Label
from sv6d.schema.field import EVIDENCE_KINDS, Field
from sv6d.schema.fields import DIMENSIONS, FIELD_NAMES, FIELDS, field_of

# Models have learnt to write these, in this order and with these values.
WRITTEN = {
    "subject_type": "animal building food human plant product scenery text_graphic vehicle",
    "lighting_key": "high_key low_key mid_key",
    "colour_tone": "cool neutral warm",
    "camera_movement": "pan_left pan_right static tilt_down tilt_up zoom_in zoom_out",
    "boundary_kind": "dissolve fade hard_cut",
    "pacing": "fast slow",
    "beat": "call_to_action context hook product_display",
    "packaging": "call_to_action_text caption hook_line price_tag",
}

each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)


def known_values(name: str) -> set[str]:
    field = field_of(name)
    assert field is not None
    return {*field.values, *(get_args(BoundaryKind) if name == "boundary_kind" else ())}


def test_names_are_unique_and_dimensions_follow_each_other() -> None:
    assert len(set(FIELD_NAMES)) == len(FIELDS)
    places = [DIMENSIONS.index(field.dimension) for field in FIELDS]
    assert all(before <= after for before, after in pairwise(places))
    assert set(places) == set(range(len(DIMENSIONS)))


def test_what_models_write_keeps_its_order_and_its_values() -> None:
    kept = [field for field in FIELDS if field.name in WRITTEN]
    assert [field.name for field in kept] == list(WRITTEN)
    assert {field.name: " ".join(field.values) for field in kept} == WRITTEN


@each_field
def test_every_value_has_a_name_that_documents_may_hold_and_a_definition_of_its_own(field: Field) -> None:
    pattern = Label.model_json_schema()["properties"]["value"]["pattern"]
    assert pattern.startswith("^[a-z]")
    assert len(field.terms) == len(field.values) >= 2
    definitions = [term.definition for term in field.terms]
    assert len(set(definitions)) == len(definitions)
    for term in field.terms:
        assert term.name.replace("_", "").isalnum()
        assert term.name == term.name.lower()
        assert term.definition.endswith(".")
        assert "\n" not in term.definition
        assert "|" not in term.definition + "".join(term.aliases)


@each_field
def test_an_alias_means_one_value_of_its_field(field: Field) -> None:
    said: dict[str, str] = {}
    for term in field.terms:
        for alias in (term.name, *term.aliases):
            key = alias.casefold().replace(" ", "_").replace("-", "_")
            assert said.setdefault(key, term.name) == term.name, alias
        assert len(set(term.aliases)) == len(term.aliases)


@each_field
def test_evidence_is_of_known_kinds_named_once(field: Field) -> None:
    assert set(field.evidence) <= set(EVIDENCE_KINDS)
    assert len(set(field.evidence)) == len(field.evidence) > 0


def test_every_kind_of_evidence_supports_a_field() -> None:
    assert {kind for field in FIELDS for kind in field.evidence} == set(EVIDENCE_KINDS)


@each_field
def test_a_confusion_is_of_two_values_that_exist_and_says_why(field: Field) -> None:
    for pair in field.confusable:
        assert pair.value in known_values(field.name)
        assert pair.other in known_values(pair.other_field or field.name)
        assert (field.name, pair.value) != (pair.other_field or field.name, pair.other)
        assert pair.other_field != field.name
        assert pair.reason
        assert 0.0 <= pair.similarity < 1.0
        if pair.other_field:
            assert pair.similarity == 0.0, "the objective compares values of one field only"
    pairs = [frozenset({(field.name, p.value), (p.other_field or field.name, p.other)}) for p in field.confusable]
    assert len(set(pairs)) == len(pairs)


def test_turning_and_travelling_are_told_apart() -> None:
    movement = field_of("camera_movement")
    assert movement is not None
    apart = {(pair.value, pair.other) for pair in movement.confusable if pair.other_field == "camera_translation"}
    assert apart == {
        ("pan_left", "truck_left"),
        ("pan_right", "truck_right"),
        ("tilt_up", "pedestal_up"),
        ("tilt_down", "pedestal_down"),
        ("zoom_in", "dolly_in"),
        ("zoom_out", "dolly_out"),
    }
