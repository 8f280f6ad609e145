"""Rules read values from numbers, say how far from doubt they are, and are silent where nothing was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.annotate.config import AnnotationsConfig, RulesConfig
from sv6d.annotate.rule_labels import RULE_FIELDS, rule_labels, rule_source
from sv6d.annotate.rules import RULES, boundary_value
from sv6d.params import read_config
from sv6d.schema.boundaries import TRANSITION_STYLES
from sv6d.schema.document import Boundary, Document, Evidence, EvidenceKind, Label, Shot, Video
from sv6d.schema.fields import field_of
from sv6d.studio.truth import STUDIO_FIELDS
from tests.sv6d.objective.made_documents import to_ns

CONFIG = read_config(Path(__file__).parents[3] / "params.yaml", "annotations")
assert isinstance(CONFIG, AnnotationsConfig)
RULE_CONFIG: RulesConfig = CONFIG.rules
SOURCE = rule_source(RULE_CONFIG)

# Fields that models are not asked about.
MEASURED_ALONE = {"transition_style"}


def measured(kind: EvidenceKind, stat: str, value: float | None, start_s: float = 0.0, end_s: float = 2.0) -> Evidence:
    return Evidence(
        id=f"{kind}.{stat}.{start_s:g}",
        kind=kind,
        stat=stat,
        value=value,
        unit="made",
        method="made",
        start_ns=to_ns(start_s),
        end_ns=to_ns(end_s),
    )


def movement(pan: float | None, tilt: float, zoom: float) -> list[Evidence]:
    speeds = {"pan_speed": pan, "tilt_speed": tilt, "zoom_speed": zoom}
    return [measured("motion", stat, value) for stat, value in speeds.items()]


VALUES = [
    ("lighting_key", [measured("light", "luma_mean", 0.1)], "low_key"),
    ("lighting_key", [measured("light", "luma_mean", 0.45)], "mid_key"),
    ("lighting_key", [measured("light", "luma_mean", 0.9)], "high_key"),
    ("colour_tone", [measured("colour", "red_minus_blue", -0.2)], "cool"),
    ("colour_tone", [measured("colour", "red_minus_blue", 0.01)], "neutral"),
    ("colour_tone", [measured("colour", "red_minus_blue", 0.2)], "warm"),
    ("camera_movement", movement(0.3, 0.01, 0.0), "pan_right"),
    ("camera_movement", movement(-0.3, 0.01, 0.0), "pan_left"),
    ("camera_movement", movement(0.0, 0.2, 0.01), "tilt_up"),
    ("camera_movement", movement(0.0, -0.2, 0.01), "tilt_down"),
    ("camera_movement", movement(0.0, 0.0, 0.3), "zoom_in"),
    ("camera_movement", movement(0.0, 0.0, -0.3), "zoom_out"),
    ("camera_movement", movement(0.005, 0.0, 0.0), "static"),
    *(
        ("transition_style", [measured("boundary", style, 0.9)], style)
        for style in ("wipe", "whip_pan", "zoom_transition", "flash")
    ),
    ("pacing", [measured("boundary", "mean_shot_length", 1.2)], "fast"),
    ("pacing", [measured("boundary", "mean_shot_length", 3.0)], "slow"),
]


@pytest.mark.parametrize(("field", "evidence", "value"), VALUES, ids=lambda value: value if type(value) is str else "")
def test_a_rule_reads_the_value_with_confidence_and_cites_what_it_read(
    field: str, evidence: list[Evidence], value: str
) -> None:
    (finding,) = RULES[field](evidence, RULE_CONFIG)
    assert finding.value == value
    assert finding.confidence > 0.75
    assert finding.evidence == tuple(item.id for item in evidence)


@pytest.mark.parametrize(
    ("field", "evidence"),
    [
        ("lighting_key", [measured("light", "luma_mean", RULE_CONFIG.low_key_below)]),
        ("colour_tone", [measured("colour", "red_minus_blue", RULE_CONFIG.neutral_within)]),
        ("pacing", [measured("boundary", "mean_shot_length", RULE_CONFIG.fast_below_s)]),
    ],
)
def test_at_the_threshold_a_value_is_as_likely_as_its_neighbour(field: str, evidence: list[Evidence]) -> None:
    assert RULES[field](evidence, RULE_CONFIG)[0].confidence == 0.5


@given(luma=st.floats(0.0, 1.0), step=st.floats(0.0, 0.2))
def test_confidence_grows_with_the_distance_from_the_threshold(luma: float, step: float) -> None:
    edges = (RULE_CONFIG.low_key_below, RULE_CONFIG.high_key_from)

    def margin(value: float) -> float:
        return min(abs(value - edge) for edge in edges)

    (here,) = RULES["lighting_key"]([measured("light", "luma_mean", luma)], RULE_CONFIG)
    (there,) = RULES["lighting_key"]([measured("light", "luma_mean", luma + step)], RULE_CONFIG)
    assert 0.5 <= here.confidence <= 1.0
    if margin(luma + step) >= margin(luma):
        assert there.confidence >= here.confidence


@pytest.mark.parametrize("field", RULES)
def test_a_rule_is_silent_where_nothing_was_measured(field: str) -> None:
    unmeasured = [
        *movement(None, 0.2, 0.0),
        measured("light", "luma_mean", None),
        measured("colour", "red_minus_blue", None),
        measured("boundary", "mean_shot_length", None),
        *(measured("boundary", style, None) for style in TRANSITION_STYLES.values()),
    ]
    assert RULES[field](unmeasured, RULE_CONFIG) == ()
    assert RULES[field]([], RULE_CONFIG) == ()


@pytest.mark.parametrize("field", RULES)
def test_rules_speak_the_vocabulary_and_rest_on_admissible_evidence(field: str) -> None:
    described = field_of(field)
    assert described is not None
    spoken = {value for name, _, value in VALUES if name == field}
    # Of an effect that nothing measures no rule speaks.
    assert spoken == set(described.values) - {"match_dissolve", "object_cover", "glitch"}
    assert {item.kind for name, items, _ in VALUES if name == field for item in items} <= set(described.evidence)


def test_a_fade_in_and_a_fade_out_are_fades() -> None:
    kinds = ("hard_cut", "dissolve", "fade", "fade_in", "fade_out")
    values = [boundary_value(Boundary(start_ns=0, end_ns=1, kind=kind, score=1.0, detector="made")) for kind in kinds]
    assert values == ["hard_cut", "dissolve", "fade", "fade", "fade"]


def two_shots() -> tuple[tuple[Shot, ...], list[Evidence]]:
    boundary = Boundary(start_ns=to_ns(1.96), end_ns=to_ns(2.0), kind="hard_cut", score=0.93, detector="made")
    shots = (
        Shot(id="s0", start_ns=0, end_ns=to_ns(2.0)),
        Shot(id="s1", start_ns=to_ns(2.0), end_ns=to_ns(5.0), boundary_in=boundary),
    )
    evidence = [
        measured("light", "luma_mean", 0.1),
        measured("light", "luma_mean", 0.9, 2.0, 5.0),
        measured("colour", "red_minus_blue", None),
        *movement(0.3, 0.0, 0.0),
        measured("boundary", "score", 0.93, 1.96, 2.0),
        measured("boundary", "mean_shot_length", 2.5, 0.0, 5.0),
    ]
    return shots, evidence


def test_labels_lie_on_their_shots_boundaries_and_the_video_and_gaps_are_counted() -> None:
    shots, evidence = two_shots()
    labels, num_unmeasured = rule_labels(shots, evidence, RULE_CONFIG, SOURCE)
    assert {label.id: (label.start_ns, label.end_ns) for label in labels} == {
        "s0.lighting_key.low_key": (0, to_ns(2.0)),
        "s0.camera_movement.pan_right": (0, to_ns(2.0)),
        "s1.boundary_kind.hard_cut": (to_ns(1.96), to_ns(2.0)),
        "s1.lighting_key.high_key": (to_ns(2.0), to_ns(5.0)),
        "video.pacing.slow": (0, to_ns(5.0)),
    }
    assert num_unmeasured == 3  # colour of both shots, movement of the second
    assert {label.source for label in labels} == {SOURCE}
    (cut,) = [label for label in labels if label.field == "boundary_kind"]
    assert cut.confidence == 0.93


def test_the_labels_fit_a_document() -> None:
    shots, evidence = two_shots()
    labels: list[Label] = rule_labels(shots, evidence, RULE_CONFIG, SOURCE)[0]
    video = Video(sha256="0" * 64, duration_ns=to_ns(5.0), width_px=9, height_px=9, num_frames=9, has_sound=False)
    Document(video=video, shots=shots, evidence=tuple(evidence), labels=tuple(labels))


def test_the_source_names_code_and_thresholds() -> None:
    other = RULE_CONFIG.model_copy(update={"low_key_below": 0.2})
    assert rule_source(RULE_CONFIG) == SOURCE
    assert rule_source(other).digest != SOURCE.digest


def test_an_effect_that_the_detector_tells_is_a_label_of_its_boundary() -> None:
    shots, evidence = two_shots()
    told = measured("boundary", "whip_pan", 0.93, 1.96, 2.0)
    labels, num_unmeasured = rule_labels(shots, [*evidence, told], RULE_CONFIG, SOURCE)
    (style,) = [label for label in labels if label.field == "transition_style"]
    assert (style.id, style.confidence, style.evidence) == ("s1.transition_style.whip_pan", 0.93, (told.id,))
    assert (style.start_ns, style.end_ns) == (to_ns(1.96), to_ns(2.0))
    # Most cuts have no effect: that is no gap.
    assert num_unmeasured == rule_labels(shots, evidence, RULE_CONFIG, SOURCE)[1]


def test_rules_and_adapter_share_the_fields_among_them() -> None:
    assert set(CONFIG.adapter_fields) | RULE_FIELDS == set(STUDIO_FIELDS) | MEASURED_ALONE
    assert not set(CONFIG.adapter_fields) & RULE_FIELDS
