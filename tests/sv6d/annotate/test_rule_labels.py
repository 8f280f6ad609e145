"""Rules read values from numbers, say how far from doubt they are, and are silent where nothing was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.annotate.config import AnnotationsConfig, RulesConfig
from sv6d.annotate.rule_labels import RULE_FIELDS, is_ruled, rule_labels, rule_source
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
# Missed too often to be asked back of a clip that was rendered from a document.
TOLD_WHERE_CLEAR = {"split_screen", "picture_in_picture"}
MEASURED_ALONE = {"transition_style", "camera_roll", "steadiness", "layout", "audio_edit"}


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


def held(shake: float, pan: float = 0.0, roll: float = 0.0) -> list[Evidence]:
    shaken, rolled = measured("motion", "shake_rms", shake), measured("motion", "roll_speed", roll)
    return [shaken, *movement(pan, 0.0, 0.0), rolled]


def rolling(speed: float) -> list[Evidence]:
    return [measured("motion", "roll_speed", speed), measured("motion", "shake_rms", 0.001)]


def sounding(silence: float, loudness: float, music: float | None = None) -> list[Evidence]:
    found = [measured("sound", "silence", silence), measured("sound", "loudness", loudness)]
    return found if music is None else [*found, measured("sound", "music_likeness", music)]


VALUES = [
    ("camera_roll", rolling(0.2), "roll_counterclockwise"),
    ("camera_roll", rolling(-0.2), "roll_clockwise"),
    ("camera_roll", rolling(0.001), "roll_none"),
    ("steadiness", held(0.0005), "fixed"),
    ("steadiness", held(0.0005, pan=0.2), "stable"),
    ("steadiness", held(0.03, pan=0.2), "shaky"),
    ("layout", [measured("layout", "letterbox", 0.24)], "letterbox"),
    ("layout", [measured("layout", "card", 0.97)], "slide"),
    ("layout", [measured("layout", "card", 0.88), measured("motion", "residual", 0.0)], "slide"),
    ("layout", [measured("layout", "split_screen", 3.0)], "split_screen"),
    ("layout", [measured("layout", "picture_in_picture", 0.06)], "picture_in_picture"),
    ("audio_edit", sounding(1.0, -120.0), "silence"),
    ("audio_edit", sounding(0.0, -20.0, music=0.999), "music"),
    (
        "audio_edit",
        [measured("sound", "cuts_on_beat", 1.0), measured("sound", "cuts_on_beat_luck", 0.0001)],
        "beat_sync",
    ),
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
        ("camera_roll", [measured("motion", "roll_speed", RULE_CONFIG.roll_from)]),
        ("steadiness", held(RULE_CONFIG.shaky_from)),
        ("layout", [measured("layout", "letterbox", RULE_CONFIG.letterbox_from)]),
        ("audio_edit", sounding(0.0, -20.0, music=RULE_CONFIG.music_from)),
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
        measured("layout", "letterbox", None),
        measured("layout", "card", None),
        measured("sound", "silence", None),
        measured("sound", "cuts_on_beat_luck", None),
    ]
    assert RULES[field](unmeasured, RULE_CONFIG) == ()
    assert RULES[field]([], RULE_CONFIG) == ()


@pytest.mark.parametrize("field", RULES)
def test_rules_speak_the_vocabulary_and_rest_on_admissible_evidence(field: str) -> None:
    described = field_of(field)
    assert described is not None
    spoken = {value for name, _, value in VALUES if name == field}
    assert spoken <= set(described.values)
    assert spoken - TOLD_WHERE_CLEAR == {value for value in described.values if is_ruled(field, value)}
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


def test_a_page_with_a_speaker_in_its_corner_is_no_slide() -> None:
    inset, page = measured("layout", "picture_in_picture", 0.06), measured("layout", "card", 0.97)
    (finding,) = RULES["layout"]([page, inset], RULE_CONFIG)
    assert (finding.value, finding.evidence) == ("picture_in_picture", (inset.id,))


@pytest.mark.parametrize(
    ("field", "evidence"),
    [
        # A hand's wobble is no roll, and what neither rests nor trembles is neither.
        ("camera_roll", [measured("motion", "roll_speed", 0.3), measured("motion", "shake_rms", 0.02)]),
        ("steadiness", held(0.004)),
        ("steadiness", held(0.007, pan=0.2)),
        # A speaker in the corner of a page: more than a page.
        ("layout", [measured("layout", "card", 0.88), measured("motion", "residual", 0.003)]),
        ("layout", [measured("layout", "letterbox", 0.0), measured("layout", "split_screen", 0.0)]),
        # What stands still around a window may bear writing or none, and a copy behind the image was never rendered.
        ("layout", [measured("layout", "window", 0.6), measured("layout", "blurred_fill", 0.6)]),
        # Speech is not music, nor is a loud instant silence.
        ("audio_edit", sounding(0.1, -20.0, music=0.8)),
        ("audio_edit", sounding(0.99, -40.0, music=0.99)),
        ("audio_edit", [measured("sound", "cuts_on_beat", 1.0), measured("sound", "cuts_on_beat_luck", 0.05)]),
        # One shot pushes the other aside: a whip as well as a wipe.
        ("transition_style", [measured("boundary", "wipe", 0.9, 1.0, 1.2)]),
    ],
)
def test_a_rule_is_silent_in_doubt(field: str, evidence: list[Evidence]) -> None:
    assert RULES[field](evidence, RULE_CONFIG) == ()


def test_neighbouring_shots_in_which_the_same_is_heard_bear_one_label() -> None:
    shots = tuple(Shot(id=f"s{i}", start_ns=to_ns(2.0 * i), end_ns=to_ns(2.0 * i + 2.0)) for i in range(4))
    heard = [(0.0, -20.0, 0.99), (0.0, -18.0, 0.95), (1.0, -90.0, 0.99), (0.0, -20.0, 0.5)]
    evidence = [
        measured("sound", stat, value, 2.0 * i, 2.0 * i + 2.0)
        for i, values in enumerate(heard)
        for stat, value in zip(("silence", "loudness", "music_likeness"), values, strict=True)
    ]
    labels, num_unmeasured = rule_labels(shots, evidence, RULE_CONFIG, SOURCE)
    sounds = [label for label in labels if label.field == "audio_edit"]
    assert {label.id: (label.start_ns, label.end_ns) for label in sounds} == {
        "s0.audio_edit.music": (0, to_ns(4.0)),
        "s2.audio_edit.silence": (to_ns(4.0), to_ns(6.0)),
    }
    # Both shots must say so, and it is as sure as the less sure one.
    assert len(sounds[0].evidence) == 6
    assert sounds[0].confidence == RULES["audio_edit"](evidence[3:6], RULE_CONFIG)[0].confidence
    assert num_unmeasured == 4 * 3 + 1  # light, colour and movement of each shot, and the pace


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
