"""Each flaw is found, is a share, and costs what its weight says."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given

from sv6d.objective.quality_term import CLEAN, WEIGHTS, Flaws, flaws_of, quality_against, repeated_labels
from sv6d.schema.document import Document
from sv6d.schema.fields import field_of
from tests.sv6d.objective.made_documents import ShotRow, documents, made_document


def field_values(name: str) -> tuple[str, ...]:
    field = field_of(name)
    assert field is not None
    return field.values


TWO_SHOTS: list[ShotRow] = [(0.0, 4.0, "", 0.0, 0.0), (4.0, 8.0, "hard_cut", 3.96, 4.0)]


@given(document=documents())
def test_flaws_are_shares_and_quality_never_leaves_the_unit_interval(document: Document) -> None:
    flaws = flaws_of(document, room=None)
    assert all(0.0 <= getattr(flaws, item.name) <= 1.0 for item in fields(Flaws))
    assert 0.0 <= quality_against(flaws, CLEAN) <= 1.0
    assert quality_against(flaws, flaws) == 1.0


def test_weights_name_every_flaw_and_sum_to_one() -> None:
    assert list(WEIGHTS) == [item.name for item in fields(Flaws)]
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_whole_flaw_costs_its_weight(name: str) -> None:
    assert quality_against(replace(CLEAN, **{name: 1.0}), CLEAN) == pytest.approx(1.0 - WEIGHTS[name])


def test_a_label_whose_evidence_was_not_measured_is_unsupported() -> None:
    document = made_document(TWO_SHOTS, [("lighting_key", "low_key", 0, 4), ("lighting_key", "low_key", 4, 8)])
    unmeasured = document.evidence[0].model_copy(update={"value": None})
    blind = document.model_copy(update={"evidence": (unmeasured, document.evidence[1])})
    assert flaws_of(document, room=None).unsupported == 0.0
    assert flaws_of(blind, room=None).unsupported == 0.5


def test_a_repeated_label_is_found_where_it_lies_on_the_same_place() -> None:
    rows = [("beat", "hook", 0.0, 4.0), ("beat", "hook", 0.5, 4.0), ("beat", "hook", 4.0, 8.0)]
    document = made_document(TWO_SHOTS, rows)
    assert repeated_labels(document.labels) == {"l1": "l0"}
    assert flaws_of(document, room=None).duplicated == pytest.approx(1 / 3)


def test_two_values_of_an_exclusive_field_at_one_place_conflict_and_of_another_field_do_not() -> None:
    exclusive = [("lighting_key", "low_key", 0.0, 4.0), ("lighting_key", "high_key", 1.0, 4.0)]
    apart = [("lighting_key", "low_key", 0.0, 4.0), ("lighting_key", "high_key", 4.0, 8.0)]
    several = [("camera_movement", "pan_left", 0.0, 4.0), ("camera_movement", "zoom_in", 0.0, 4.0)]
    assert flaws_of(made_document(TWO_SHOTS, exclusive), room=None).conflicting == 1.0
    assert flaws_of(made_document(TWO_SHOTS, apart), room=None).conflicting == 0.0
    assert flaws_of(made_document(TWO_SHOTS, several), room=None).conflicting == 0.0


def test_time_under_no_label_is_uncovered_and_a_label_about_the_whole_video_covers_nothing() -> None:
    rows = [("pacing", "slow", 0.0, 8.0), ("beat", "hook", 0.0, 2.0), ("beat", "context", 1.0, 4.0)]
    assert flaws_of(made_document(TWO_SHOTS, rows), room=None).uncovered == 0.5


def test_more_labels_than_there_is_room_for_are_verbose() -> None:
    rows = [("beat", "hook", 0.0, 4.0), ("beat", "context", 4.0, 8.0)]
    assert flaws_of(made_document(TWO_SHOTS, rows), room=1).verbose == 0.5
    assert flaws_of(made_document(TWO_SHOTS, rows), room=2).verbose == 0.0


@pytest.mark.parametrize(
    ("field", "values", "num_beyond"),
    [
        ("subject_type", ("animal", "building", "food", "human", "plant"), 0),  # half of nine
        ("subject_type", ("animal", "building", "food", "human", "plant", "product"), 2),
        ("cut_type", field_values("cut_type"), 2 * 12 - 5),  # one boundary; half of twelve would be six
        ("lighting_key", ("high_key", "low_key"), 2),  # one value at a time
    ],
)
def test_without_a_reference_each_field_has_its_own_room(field: str, values: tuple[str, ...], num_beyond: int) -> None:
    rows = [(field, value, start, start + 4.0) for start in (0.0, 4.0) for value in values]
    others = [("beat", "hook", 0.0, 4.0), ("location", "interior", 4.0, 8.0)]
    verbose = flaws_of(made_document(TWO_SHOTS, [*rows, *others]), room=None).verbose
    assert verbose == pytest.approx(num_beyond / len([*rows, *others]))
