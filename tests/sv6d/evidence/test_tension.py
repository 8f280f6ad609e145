"""Tension against the formula in the module, by hand."""

from __future__ import annotations

import pytest

from sv6d.evidence.config import TensionConfig
from sv6d.evidence.tension import tension_points
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
    """Shots of 2 s and then 1 s each."""
    edges = [0.0, 2.0, *(3.0 + i for i in range(len(speeds) - 1))]
    stats = [
        {("motion", "pan_speed"): speed, ("light", "luma_mean"): luma}
        for speed, luma in zip(speeds, lumas, strict=True)
    ]
    made = document("a", edges, [{}] * len(speeds), stats=stats)
    with_units = tuple(
        item.model_copy(update={"unit": "frame_widths_per_s"}) if item.stat == "pan_speed" else item
        for item in made.evidence
    )
    return made.model_copy(update={"evidence": with_units})


def test_each_point_is_the_weighted_mean_of_its_parts() -> None:
    made = measured([-0.2, 0.1], [0.2, 0.45])
    (first, second), _ = tension_points(made.shots, made.evidence, CONFIG)
    # no shot before the first: pace 1/2, motion .2/.4, weights .4 and .4
    assert (first.pace, first.motion, first.light_change) == (0.5, 0.5, None)
    assert first.tension == pytest.approx(0.5)
    # pace 1, motion .1/.4, light .25/.5
    assert (second.pace, second.motion, second.light_change) == (1.0, 0.25, 0.5)
    assert second.tension == pytest.approx(0.4 * 1.0 + 0.4 * 0.25 + 0.2 * 0.5)


def test_parts_are_limited_to_one() -> None:
    made = measured([9.0, 9.0], [0.0, 1.0])
    points, _ = tension_points(made.shots, made.evidence, CONFIG)
    assert points[1].tension == 1.0


def test_a_shot_whose_motion_was_not_measured_has_no_tension() -> None:
    made = measured([0.2, None, 0.2], [0.2, 0.3, None])
    points, _ = tension_points(made.shots, made.evidence, CONFIG)
    assert [point.tension is None for point in points] == [False, True, False]
    assert points[2].light_change is None


def test_what_was_measured_is_cited() -> None:
    made = measured([0.2, None], [0.2, 0.3])
    assert tension_points(made.shots, made.evidence, CONFIG)[1] == ("e0.luma_mean", "e0.pan_speed", "e1.luma_mean")
