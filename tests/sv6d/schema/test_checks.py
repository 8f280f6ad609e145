"""Checks stand on numbers that exist, leave no gap between values, and say what the rules say."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.rules import RULES
from sv6d.evidence import subtitle_band
from sv6d.evidence.box_cue import FACE_STATS, PERSON_STATS
from sv6d.evidence.motion import PAN_PER_S, TILT_PER_S, ZOOM_PER_S
from sv6d.evidence.motion_cue import MOTION_STATS, SHAKE_STAT
from sv6d.evidence.shot_cues import LAYOUT_BOXES, LIGHT_STATS, SHARPNESS_STAT
from sv6d.evidence.sound_rows import SOUND_STATS
from sv6d.evidence.transcript import SPEECH_STATS
from sv6d.params import read_config
from sv6d.schema.document import Evidence
from sv6d.schema.field import Bound, Check, Field, Reading
from sv6d.schema.fields import FIELDS, field_of
from sv6d.schema.stats import STATS

CONFIG = read_config(Path(__file__).parents[3] / "params.yaml", "annotations")
assert isinstance(CONFIG, AnnotationsConfig)
CHECKED = [field for field in FIELDS if field.check is not None]
KNOWN = {stat.name: stat for stat in STATS}

each_checked = pytest.mark.parametrize("field", CHECKED, ids=lambda field: field.name)


def check_of(name: str) -> Check:
    field = field_of(name)
    assert field is not None
    assert field.check is not None
    return field.check


def test_what_can_be_measured_has_a_check() -> None:
    assert {"lighting_key", "colour_tone", "camera_movement", "boundary_kind", "pacing"} <= {f.name for f in CHECKED}
    assert {"saturation", "audio_edit", "steadiness"} <= {f.name for f in CHECKED}


@each_checked
def test_a_check_reads_numbers_that_exist_in_their_unit_from_evidence_that_the_field_allows(field: Field) -> None:
    assert field.check is not None
    assert {bound.stat for bound in field.check.bounds} == {reading.stat for reading in field.check.readings}
    assert field.check.checkable <= set(field.values)
    for reading in field.check.readings:
        assert KNOWN[reading.stat].unit == reading.unit
        assert KNOWN[reading.stat].kind in field.evidence
        assert reading.tolerance >= 0.0
        assert reading.source
    for bound in field.check.bounds:
        assert bound.at_least is not None or bound.below is not None
        if bound.at_least is not None and bound.below is not None:
            assert bound.at_least < bound.below


@pytest.mark.parametrize(
    "name",
    ["lighting_key", "colour_tone", "contrast", "saturation", "pacing", "camera_roll", "boundary_kind", "video_format"],
)
def test_every_number_gives_exclusive_fields_of_one_number_a_value(name: str) -> None:
    check = check_of(name)
    edges = sorted({edge for bound in check.bounds for edge in (bound.at_least, bound.below) if edge is not None})
    for number in (edges[0] - 1.0, *edges, edges[-1] + 1.0):
        exact = Check(tuple(Reading(r.stat, r.unit, 0.0, r.source) for r in check.readings), check.bounds)
        assert any(exact.admits(value, {check.readings[0].stat: number}) for value in check.checkable)


def test_statistics_are_those_that_the_evidence_measures() -> None:
    assert len(KNOWN) == len(STATS)
    by_kind = {
        "motion": (*MOTION_STATS, SHAKE_STAT),
        "sound": SOUND_STATS,
        "speech": SPEECH_STATS,
        "layout": (*LAYOUT_BOXES, subtitle_band.STAT),
        "box": (*FACE_STATS, *PERSON_STATS),
        "keyframe": (SHARPNESS_STAT,),
    }
    for kind, stats in by_kind.items():
        for stat, unit in stats:
            assert (KNOWN[stat].kind, KNOWN[stat].unit, KNOWN[stat].measured) == (kind, unit, True)
    for kind, stat, unit in LIGHT_STATS:
        assert (KNOWN[stat].kind, KNOWN[stat].unit, KNOWN[stat].measured) == (kind, unit, True)


def test_thresholds_are_those_of_the_rules() -> None:
    rules = CONFIG.rules
    light, tone, pacing = check_of("lighting_key"), check_of("colour_tone"), check_of("pacing")
    assert Bound("mid_key", "luma_mean", rules.low_key_below, rules.high_key_from) in light.bounds
    assert Bound("neutral", "red_minus_blue", -rules.neutral_within, rules.neutral_within) in tone.bounds
    assert Bound("fast", "mean_shot_length", below=rules.fast_below_s) in pacing.bounds
    assert [reading.tolerance for reading in (*light.readings, *tone.readings)] == [
        rules.luma_scale,
        rules.colour_scale,
    ]
    assert pacing.readings[0].tolerance == pytest.approx(rules.pacing_scale * rules.fast_below_s)
    movement = check_of("camera_movement")
    assert {bound.stat: bound.below for bound in movement.bounds if bound.value == "static"} == {
        "pan_speed": PAN_PER_S,
        "tilt_speed": TILT_PER_S,
        "zoom_speed": ZOOM_PER_S,
    }


NUMBERS: list[tuple[str, dict[str, float]]] = [
    *(("lighting_key", {"luma_mean": value}) for value in (0.1, 0.329, 0.33, 0.5, 0.62, 0.9)),
    *(("colour_tone", {"red_minus_blue": value}) for value in (-0.3, -0.05, 0.0, 0.056, 0.2)),
    *(("pacing", {"mean_shot_length": value}) for value in (0.5, 1.99, 2.0, 9.0)),
    *(
        ("camera_movement", {"pan_speed": pan, "tilt_speed": tilt, "zoom_speed": zoom})
        for pan, tilt, zoom in [(0, 0, 0), (0.3, 0, 0), (-0.3, 0.06, 0), (0, 0.1, 0), (0, -0.1, 0.05), (0, 0, -0.2)]
    ),
]


@pytest.mark.parametrize(("name", "numbers"), NUMBERS)
def test_a_check_admits_what_the_rule_reads_from_the_same_numbers(name: str, numbers: dict[str, float]) -> None:
    evidence = [
        Evidence(
            id=f"e{index}",
            kind=KNOWN[stat].kind,
            stat=stat,
            value=float(value),
            unit=KNOWN[stat].unit,
            method="made",
            start_ns=0,
            end_ns=1,
        )
        for index, (stat, value) in enumerate(numbers.items())
    ]
    (finding,) = RULES[name](evidence, CONFIG.rules)
    assert check_of(name).admits(finding.value, numbers) is True


def test_tolerance_widens_a_bound_and_a_missing_number_leaves_it_open() -> None:
    check = check_of("lighting_key")
    assert check.admits("low_key", {"luma_mean": 0.35}) is True
    assert check.admits("low_key", {"luma_mean": 0.37}) is False
    assert check.admits("low_key", {}) is None
    steady = check_of("steadiness")
    still = {"pan_speed": 0.0, "tilt_speed": 0.0, "zoom_speed": 0.0}
    assert steady.admits("fixed", still) is None
    assert steady.admits("fixed", {**still, "pan_speed": 0.2}) is False
    assert steady.admits("fixed", {**still, "shake_rms": 0.0}) is True
    assert check_of("audio_edit").admits("beat_sync", {"silence": 0.0}) is None
