"""What a document asks for beyond the feed's pictures: divided frames, windows, pages, fades to a card, roll, sound."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.measure import measure
from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.schema.document import Document
from sv6d.schema.records import ImageTextLayout, PackagingCue, Region
from sv6d.schema.versions import dump_document, read_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.from_document import plan_of
from sv6d.studio.labels import SOURCE
from sv6d.studio.plan import ClipPlan
from sv6d.studio.plan_sound import synthesise
from sv6d.studio.render import Paint, render_frame
from sv6d.studio.staged_frame import paint_of
from sv6d.studio.studio import render_document
from sv6d.timeline import NS_PER_S
from tests.sv6d.handmade import document, with_label

ROOT = Path(__file__).resolve().parents[3]
WIDE, HIGH = 90, 160
EDGES = (0.0, 2.0, 4.0)
RATE_HZ = 16_000


def asking(*labels: tuple[str, str, int]) -> Document:
    """Two shots of two seconds under a camera that stands, with labels (field, value, shot)."""
    asked = document("asked", EDGES, [{"camera_movement": "static"}] * 2)
    for field, value, shot in labels:
        asked = with_label(asked, field, value, shot, "motion" if field == "camera_roll" else "layout", field)
    sounding = asked.video.model_copy(update={"has_sound": True})
    return asked.model_copy(update={"video": sounding})


def painted(asked: Document) -> tuple[ClipPlan, Paint]:
    plan, staging, omitted = plan_of(asked)
    assert not omitted
    paint = paint_of(plan, staging)
    assert paint is not None
    return plan, paint


def with_boxes(asked: Document, layout: str, boxes: list[tuple[float, float, float, float]]) -> Document:
    record = ImageTextLayout(
        id="boxes",
        start_ns=0,
        end_ns=2 * NS_PER_S,
        confidence=1.0,
        source=SOURCE,
        evidence=("layout0",),
        layout=layout,
        regions=tuple(Region(role="image", box=box) for box in boxes),
    )
    return asked.model_copy(update={"layouts": (record,)})


def test_an_inset_lies_where_the_document_says_and_leaves_the_rest_alone() -> None:
    inset = (0.1, 0.5, 0.5, 0.8)
    asked = with_boxes(asking(("layout", "picture_in_picture", 0)), "picture_in_picture", [(0.0, 0.0, 1.0, 1.0), inset])
    plan, paint = painted(asked)
    with_inset, alone = paint(NS_PER_S, WIDE, HIGH), render_frame(plan, NS_PER_S, WIDE, HIGH)
    differs = np.abs(with_inset.astype(int) - alone).max(axis=2) > 0
    assert differs[80:128, 9:45].mean() > 0.8
    assert not differs[:77].any()
    assert not differs[130:].any()
    assert not differs[:, 47:].any()


@pytest.mark.parametrize("stated", [True, False])
def test_a_split_screen_has_two_pictures(stated: bool) -> None:
    asked = asking(("layout", "split_screen", 0))
    if stated:
        asked = with_boxes(asked, "split_screen", [(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)])
    plan, paint = painted(asked)
    picture, alone = (np.asarray(each, int) for each in (paint(0, WIDE, HIGH), render_frame(plan, 0, WIDE, HIGH)))
    # Each part is the middle of its picture.
    first, middle = (picture[:, :45], alone[:, 22:67]) if stated else (picture[:80], alone[40:120])
    assert np.abs(first - middle).max() == 0
    second, later = (each[:, 45:] if stated else each[80:] for each in (picture, paint(NS_PER_S, WIDE, HIGH)))
    assert np.abs(second - middle).mean() > 10.0
    assert np.abs(second - later).max() > 20


def test_a_window_plays_in_a_frame_that_stands_still_across_a_cut() -> None:
    plan, paint = painted(asking(("layout", "gap_text", 0), ("layout", "gap_text", 1)))
    early, late = paint(NS_PER_S, WIDE, HIGH).astype(int), paint(3 * NS_PER_S, WIDE, HIGH).astype(int)
    changed = np.abs(early - late).max(axis=2) > 0
    rows = np.flatnonzero(changed.any(axis=1))
    assert (rows[0], rows[-1]) == (pytest.approx(56, abs=2), pytest.approx(103, abs=2))
    assert changed[rows[0] : rows[-1] + 1, 4:-4].mean() > 0.8
    _, staging, _ = plan_of(asking(("layout", "gap_text", 0), ("layout", "gap_text", 1)))
    assert [(sign.kind, sign.first, sign.end) for sign in staging.signs] == [("title", 0, plan.num_frames)]


def test_a_blurred_fill_shows_the_picture_over_a_softer_copy() -> None:
    _, paint = painted(asking(("layout", "blurred_fill", 0)))
    steps = np.abs(np.diff(paint(NS_PER_S, WIDE, HIGH).astype(int), axis=1)).mean(axis=(1, 2))
    assert steps[60:100].mean() > 2.0 * max(steps[:50].mean(), steps[110:].mean())


def test_a_fade_leads_to_a_black_card_and_out_of_it() -> None:
    edges = (0.0, 2.0, 4.0, 6.0)
    asked = document("card", edges, [{}, {"layout": "slide"}, {}], boundary_kinds=["fade", "fade"])
    sides = ((1_600_000_000, 2_000_000_000), (4_000_000_000, 4_400_000_000))
    shots = [asked.shots[0]]
    for shot, (start_ns, end_ns) in zip(asked.shots[1:], sides, strict=True):
        assert shot.boundary_in is not None
        boundary = shot.boundary_in.model_copy(update={"start_ns": start_ns, "end_ns": end_ns})
        shots.append(shot.model_copy(update={"boundary_in": boundary}))
    plan, paint = painted(asked.model_copy(update={"shots": tuple(shots)}))
    spans = [tuple(plan.frame_time_ns(frame) for frame in shot.mixed_frames) for shot in plan.shots[1:]]
    assert spans == list(sides)
    assert [shot.first_frame for shot in plan.shots[1:]] == [50, 100]
    lumas = [float(paint(plan.frame_time_ns(frame), WIDE, HIGH).mean()) for frame in (39, 44, 48, 50, 99, 102, 110)]
    assert lumas[0] > lumas[1] > lumas[2] > lumas[3] == lumas[4] == 0.0 < lumas[5] < lumas[6]
    # The plan's own pictures fade the same way.
    alone = [float(render_frame(plan, plan.frame_time_ns(frame), WIDE, HIGH).mean()) for frame in (39, 44, 48)]
    assert alone == pytest.approx(lumas[:3], abs=0.5)


def test_what_is_open_of_light_and_colour_differs_from_shot_to_shot() -> None:
    plan, _, _ = plan_of(document("open", (0.0, 1.0, 2.0, 3.0, 4.0), [{}, {}, {"lighting_key": "low_key"}, {}]))
    looks = [shot.look for shot in plan.shots]
    assert looks[2].lighting_key == "low_key"
    for one, other in pairwise(looks):
        assert one.lighting_key != other.lighting_key
        assert one.colour_tone != other.colour_tone


def test_rolled_and_subtitled_shots_measure_and_say_what_was_asked(tmp_path: Path) -> None:
    asked = asking(("camera_roll", "roll_clockwise", 0), ("camera_roll", "roll_counterclockwise", 1))
    words = asked.evidence[-1].model_copy(update={"id": "words", "kind": "text", "stat": "text", "value": "this took"})
    cue = PackagingCue(
        id="cue",
        start_ns=5 * NS_PER_S // 2,
        end_ns=7 * NS_PER_S // 2,
        confidence=1.0,
        source=SOURCE,
        evidence=("words",),
        kind="subtitle_band",
        text="this took all day",
        box=(0.2, 0.8, 0.8, 0.84),
    )
    path = tmp_path / "asked.json"
    path.write_bytes(
        dump_json(
            dump_document(asked.model_copy(update={"packaging_cues": (cue,), "evidence": (*asked.evidence, words)}))
        )
    )
    studio, evidence = read_config(ROOT / "params.yaml", "studio"), read_config(ROOT / "params.yaml", "evidence")
    assert isinstance(studio, StudioConfig)
    assert isinstance(evidence, EvidenceConfig)
    small = studio.model_copy(update={"short_side_px": 180, "long_side_px": 320})
    clip, omitted = render_document(path, small, tmp_path / "out")
    assert not omitted
    shown = read_document(tmp_path / "out" / "documents" / "asked.json")
    told = {item.id: item.value for item in shown.evidence if item.stat == "roll_speed"}
    rows = {row["evidence_id"]: row["value"] for row in measure(clip, shown.shots, evidence)["evidence"]}
    for index, way in ((0, -1.0), (1, 1.0)):
        assert told[f"shot{index}.roll"] == pytest.approx(way * 0.14, abs=0.07)
        assert rows[f"motion.roll_speed.shot{index}"] == pytest.approx(told[f"shot{index}.roll"], rel=0.1)
    (band,) = shown.packaging_cues
    assert (band.kind, band.text) == ("subtitle_band", "this took all day")
    assert abs(band.start_ns - cue.start_ns) <= NS_PER_S // 20


def test_cuts_lie_on_the_beat_that_was_asked_for() -> None:
    cuts_s = (1.13, 1.69, 2.82, 3.38, 4.51, 5.07)
    asked = document("beats", (0.0, *cuts_s, 6.2), [{"camera_movement": "static"}] * 7)
    asked = asked.model_copy(update={"video": asked.video.model_copy(update={"has_sound": True})})
    plan, staging, omitted = plan_of(with_label(asked, "audio_edit", "beat_sync", 3, "sound", "cuts_on_beat"))
    assert not omitted
    assert [shown.value for shown in staging.shown] == ["beat_sync"]
    period_s = 60.0 / plan.sound.beats_per_minute
    off_s = [
        (cut_ns / NS_PER_S - plan.sound.first_beat_s + period_s / 2.0) % period_s - period_s / 2.0
        for cut_ns in plan.cuts_ns
    ]
    assert max(map(abs, off_s)) < 0.03
    samples = synthesise(plan, RATE_HZ)
    assert len(samples) == plan.duration_ns * RATE_HZ // NS_PER_S
    # A drum is struck on the beats: more sounds right after one than right before.
    beats = [round((plan.sound.first_beat_s + number * period_s) * RATE_HZ) for number in range(1, 9)]
    after, before = (
        np.mean([np.abs(samples[at + first : at + first + 800]).mean() for at in beats]) for first in (0, -800)
    )
    assert after > 1.5 * before


def test_a_voice_sounds_where_labels_name_neither_music_nor_silence() -> None:
    asked = document("sound", (0.0, 2.0, 4.0, 6.0), [{"camera_movement": "static"}] * 3)
    asked = asked.model_copy(update={"video": asked.video.model_copy(update={"has_sound": True})})
    asked = with_label(asked, "audio_edit", "music", 0, "sound", "music_likeness")
    asked = with_label(asked, "audio_edit", "silence", 1, "sound", "silence")
    plan, _, omitted = plan_of(asked)
    assert not omitted
    assert plan.sound.voiced == (2,)
    samples = np.abs(synthesise(plan, RATE_HZ))
    assert samples[int(1.9 * RATE_HZ) : int(4.1 * RATE_HZ)].max() == 0.0
    assert samples[: int(1.8 * RATE_HZ)].max() > 0.05 < samples[int(4.3 * RATE_HZ) :].max()
