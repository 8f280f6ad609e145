"""Tension against the formula in the module, by hand."""

from __future__ import annotations

import pytest

from sv6d.corpus.config import TensionConfig
from sv6d.corpus.tension import tension_curve
from sv6d.schema.document import Document
from tests.sv6d.handmade import document

CONFIG = TensionConfig(
    full_pace_per_s=1.0,
    full_motion_per_s=0.4,
    full_light_change=0.5,
    weight_pace=0.4,
    weight_motion=0.4,
    weight_light=0.2,
)


def measured(speeds: list[float | None], lumas: list[float | None]) -> Document:
    """Shots of 2 s and then 1 s each, with labels that rest on the measurements."""
    edges = [0.0, 2.0, *(3.0 + i for i in range(len(speeds) - 1))]
    stats = [
        {("motion", "pan_speed"): speed, ("light", "luma_mean"): luma}
        for speed, luma in zip(speeds, lumas, strict=True)
    ]
    made = document("a", edges, [{"camera_movement": "pan_left"}] * len(speeds), stats=stats)
    with_units = tuple(
        item.model_copy(update={"unit": "frame_widths_per_s"}) if item.stat == "pan_speed" else item
        for item in made.evidence
    )
    labels = tuple(
        label.model_copy(update={"evidence": (f"e{label.id[1]}.pan_speed",)})
        if label.field == "camera_movement"
        else label
        for label in made.labels
    )
    return Document.model_validate({**made.model_dump(), "evidence": with_units, "labels": labels})


def test_each_point_is_the_weighted_mean_of_its_parts() -> None:
    curve = tension_curve(measured([-0.2, 0.1], [0.2, 0.45]), CONFIG)
    assert curve is not None
    first, second = curve.points
    # no shot before the first: pace 1/2, motion .2/.4, weights .4 and .4
    assert (first.pace, first.motion, first.light_change) == (0.5, 0.5, None)
    assert first.tension == pytest.approx(0.5)
    # pace 1, motion .1/.4, light .25/.5
    assert (second.pace, second.motion, second.light_change) == (1.0, 0.25, 0.5)
    assert second.tension == pytest.approx(0.4 * 1.0 + 0.4 * 0.25 + 0.2 * 0.5)


def test_parts_are_limited_to_one() -> None:
    curve = tension_curve(measured([9.0, 9.0], [0.0, 1.0]), CONFIG)
    assert curve is not None
    assert curve.points[1].tension == 1.0


def test_a_shot_whose_motion_was_not_measured_has_no_tension() -> None:
    curve = tension_curve(measured([0.2, None, 0.2], [0.2, 0.3, None]), CONFIG)
    assert curve is not None
    assert [point.tension is None for point in curve.points] == [False, True, False]
    assert curve.points[2].light_change is None


def test_it_cites_what_was_measured_and_the_labels_that_rest_on_it() -> None:
    curve = tension_curve(measured([0.2, None], [0.2, 0.3]), CONFIG)
    assert curve is not None
    assert curve.evidence == ("e0.luma_mean", "e0.pan_speed", "e1.luma_mean")
    assert curve.labels == ("l0.camera_movement.pan_left",)


def test_without_a_kept_label_on_its_evidence_there_is_no_curve() -> None:
    made = measured([0.2, 0.2], [0.2, 0.3])
    bare = made.model_copy(update={"labels": tuple(label for label in made.labels if label.field == "pacing")})
    assert tension_curve(bare, CONFIG) is None
