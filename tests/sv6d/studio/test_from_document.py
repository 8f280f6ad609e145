"""A document becomes a plan that shows what it says; what can not be drawn is named."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from sv6d.errors import InputError
from sv6d.events import Events
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.measure import measure
from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.schema.boundaries import TRANSITION_STYLES
from sv6d.schema.document import Boundary, BoundaryKind, Document, Evidence
from sv6d.schema.versions import dump_document, read_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.from_document import plan_of
from sv6d.studio.labels import true_label
from sv6d.studio.render import render_frame
from sv6d.studio.staged_frame import paint_of
from sv6d.studio.studio import render_document, render_folder
from sv6d.timeline import NS_PER_S
from tests.sv6d.handmade import document, with_label

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def config() -> StudioConfig:
    config = read_config(ROOT / "params.yaml", "studio")
    assert isinstance(config, StudioConfig)
    small = {"seed": 53, "num_clips": 3, "short_side_px": 90, "long_side_px": 160, "max_duration_s": 5.0}
    return config.model_copy(update=small)


@pytest.fixture(scope="module")
def rendered(config: StudioConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rendered")
    render_folder(config, out, 1, Events.silent())
    return out


def said(document: Document) -> list[tuple[str, str, int]]:
    """Field, value and number of the shot of each label, sorted."""
    starts = [shot.start_ns for shot in document.shots]
    return sorted(
        (label.field, label.value, sum(start <= label.span.middle_ns for start in starts) - 1)
        for label in document.labels
        if label.field != "boundary_kind"
    )


def test_a_clip_rendered_from_its_document_says_the_same(rendered: Path, config: StudioConfig, tmp_path: Path) -> None:
    for path in sorted((rendered / "documents").glob("*.json")):
        clip, omitted = render_document(path, config, tmp_path)
        assert clip == tmp_path / f"{path.stem}.mp4"
        assert not omitted
        asked, shown = read_document(path), read_document(tmp_path / "documents" / path.name)
        assert said(shown) == said(asked)
        frame_ns = NS_PER_S // 23
        for old, new in zip(asked.shots, shown.shots, strict=True):
            assert abs(old.start_ns - new.start_ns) <= frame_ns
            assert (old.boundary_in is None) == (new.boundary_in is None)
            if old.boundary_in is not None and new.boundary_in is not None:
                assert old.boundary_in.kind == new.boundary_in.kind
                assert abs(old.boundary_in.start_ns - new.boundary_in.start_ns) <= 2 * frame_ns
        words = {item.value for item in asked.evidence if item.kind == "text"}
        assert {item.value for item in shown.evidence if item.kind == "text"} == words


def test_the_same_document_gives_the_same_bytes(rendered: Path, config: StudioConfig, tmp_path: Path) -> None:
    path = rendered / "documents" / "studio_0000.json"
    clips = [render_document(path, config, tmp_path / name)[0] for name in ("one", "two")]
    assert clips[0].read_bytes() == clips[1].read_bytes()


def test_what_can_not_be_drawn_is_named_and_the_rest_is_drawn() -> None:
    values = {"subject_type": "human", "camera_movement": "tilt_up", "beat": "context", "lighting_key": "low_key"}
    asked = document("a person", (0.0, 2.0, 4.0), [values, {"subject_type": "food"}])
    plan, _, omitted = plan_of(asked)
    human = next(label.id for label in asked.labels if label.value == "human")
    assert [item.name for item in omitted] == [human]
    assert (plan.shots[0].camera.movement, plan.shots[0].look.lighting_key) == ("tilt_up", "low_key")
    assert plan.shots[1].subject.kind == "food"


def changing(kind: BoundaryKind, style: str | None = None, length_ns: int = NS_PER_S // 2) -> Document:
    """Two shots of two seconds between which there is such a boundary, with the label of its look."""
    asked = document("change", (0.0, 2.0, 4.0), [{"camera_movement": "static"}, {"camera_movement": "static"}])
    start_ns = 2 * NS_PER_S - length_ns // 2
    boundary = Boundary(kind=kind, start_ns=start_ns, end_ns=start_ns + length_ns, score=1.0, detector="made")
    second = asked.shots[1].model_copy(update={"boundary_in": boundary})
    labels = [label for label in asked.labels if label.field != "boundary_kind"]
    update: dict[str, object] = {"shots": (asked.shots[0], second), "labels": tuple(labels)}
    if style is not None:
        said = Evidence(
            id="look",
            kind="boundary",
            stat=style,
            value=1.0,
            unit="share",
            method="made",
            start_ns=boundary.start_ns,
            end_ns=boundary.end_ns,
        )
        update["evidence"] = (*asked.evidence, said)
        update["labels"] = (*labels, true_label("transition_style", style, boundary.span, ("look",), 1))
    return asked.model_copy(update=update)


LOOKS: list[tuple[BoundaryKind, str, str]] = [
    ("dissolve", "wipe", "dissolve"),
    ("dissolve", "whip_pan", "dissolve"),
    ("dissolve", "zoom_transition", "dissolve"),
    ("fade", "flash", "fade"),
]


@pytest.mark.parametrize(("kind", "style", "under"), LOOKS)
def test_an_effect_is_drawn_over_the_transition_of_its_kind(kind: BoundaryKind, style: str, under: str) -> None:
    plan, staging, omitted = plan_of(changing(kind, style))
    assert not omitted
    transition = plan.shots[1].transition
    assert transition is not None
    ((index, joint),) = staging.joints
    assert (index, transition.kind, TRANSITION_STYLES[joint.kind]) == (1, under, style)
    assert joint.num_frames == transition.num_frames >= 6
    paint = paint_of(plan, staging)
    assert paint is not None
    first, pure = plan.shots[1].mixed_frames
    for frame in (first - 1, pure):  # outside the effect nothing is changed
        time_ns = plan.frame_time_ns(frame)
        assert np.array_equal(paint(time_ns, 90, 160), render_frame(plan, time_ns, 90, 160))
    middle_ns = plan.frame_time_ns((first + pure) // 2)
    assert not np.array_equal(paint(middle_ns, 90, 160), render_frame(plan, middle_ns, 90, 160))


def test_a_boundary_of_the_kind_wipe_is_drawn_as_one() -> None:
    plan, staging, omitted = plan_of(changing("wipe"))
    assert not omitted
    assert [joint.kind for _, joint in staging.joints] == ["wipe"]
    assert plan.shots[1].transition is not None
    assert plan.shots[1].transition.kind == "dissolve"


REFUSED: list[tuple[BoundaryKind, str, int, str]] = [
    ("hard_cut", "whip_pan", NS_PER_S // 25, "its boundary is a hard_cut"),
    ("dissolve", "flash", NS_PER_S // 2, "a flash is drawn as a fade"),
    ("dissolve", "glitch", NS_PER_S // 2, "no picture for it"),
]


@pytest.mark.parametrize(("kind", "style", "length_ns", "reason"), REFUSED)
def test_an_effect_that_can_not_be_drawn_is_named(kind: BoundaryKind, style: str, length_ns: int, reason: str) -> None:
    _, staging, omitted = plan_of(changing(kind, style, length_ns))
    assert not staging.joints
    ((name, told),) = [(item.name, item.reason) for item in omitted]
    assert name.endswith(f"transition_style.{style}")
    assert reason in told


def test_bars_pages_and_sound_are_shown_and_said(config: StudioConfig, tmp_path: Path) -> None:
    asked = changing("dissolve", "wipe")
    asked = with_label(asked, "layout", "letterbox", 0, "layout", "letterbox")
    asked = with_label(asked, "layout", "slide", 1, "layout", "card")
    asked = with_label(asked, "steadiness", "fixed", 0, "motion", "shake_rms")
    asked = with_label(asked, "camera_roll", "roll_none", 1, "motion", "roll_speed")
    asked = with_label(asked, "audio_edit", "music", 0, "sound", "music_likeness")
    asked = with_label(asked, "audio_edit", "silence", 1, "sound", "silence")
    path = tmp_path / "asked.json"
    path.write_bytes(dump_json(dump_document(asked)))
    clip, omitted = render_document(path, config, tmp_path / "out")
    assert not omitted
    shown = read_document(tmp_path / "out" / "documents" / "asked.json")
    staged = {"transition_style", "layout", "steadiness", "camera_roll", "audio_edit"}
    of_stage = [[each for each in said(one) if each[0] in staged] for one in (asked, shown)]
    assert of_stage[0] == of_stage[1]
    assert [layout.layout for layout in shown.layouts] == ["letterbox", "slide"]
    # A page without overlays bears its subject's picture.
    assert sorted(each[2] for each in said(shown) if each[0] == "subject_type") == [0, 1]
    with av.open(str(clip)) as container:
        lumas = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    bar = round(0.1 * config.long_side_px)
    early, late = lumas[12], lumas[-12]
    assert early[: bar - 1].max() < 24 > early[-bar + 1 :].max()
    assert early[bar + 1 : -bar - 1].mean() > 40
    assert np.abs(late.astype(int) - lumas[-6]).max() < 24  # a page stands still
    assert np.median(late) == pytest.approx(np.percentile(late, 30), abs=4)


def test_a_hand_shakes_the_picture_by_what_the_document_says(config: StudioConfig, tmp_path: Path) -> None:
    asked = with_label(changing("dissolve"), "steadiness", "shaky", 0, "motion", "shake_rms")
    path = tmp_path / "asked.json"
    path.write_bytes(dump_json(dump_document(asked)))
    clip, omitted = render_document(path, config, tmp_path / "out")
    assert not omitted
    shown = read_document(tmp_path / "out" / "documents" / "asked.json")
    (told,) = [item.value for item in shown.evidence if item.stat == "shake_rms"]
    evidence = read_config(ROOT / "params.yaml", "evidence")
    assert isinstance(evidence, EvidenceConfig)
    rows = measure(clip, shown.shots, evidence)["evidence"]
    measured = {row["evidence_id"]: row["value"] for row in rows}
    assert measured["motion.shake_rms.shot0"] == pytest.approx(told, rel=0.35)
    assert measured["motion.shake_rms.shot1"] < 0.003 < 0.015 < told


def test_what_contradicts_the_feed_is_named() -> None:
    asked = changing("dissolve")
    asked = with_label(asked, "steadiness", "stable", 0, "motion", "shake_rms")
    asked = with_label(asked, "steadiness", "stable", 1, "motion", "shake_rms")
    asked = with_label(asked, "audio_edit", "on_screen_speech", 1, "sound", "silence")
    asked = with_label(asked, "audio_edit", "beat_sync", 1, "sound", "cuts_on_beat")
    asked = with_label(asked, "text_overlay", "subtitle", 1, "boundary", "text")
    plan, staging, omitted = plan_of(asked)
    assert paint_of(plan, staging) is None
    assert len(omitted) == 5
    assert not staging.shown


def test_a_shot_too_short_to_be_drawn_is_refused() -> None:
    asked = document("short", (0.0, 2.0, 2.02, 4.0), [{}, {}, {}])
    with pytest.raises(InputError, match="too short"):
        plan_of(asked)


def test_words_that_do_not_fit_are_replaced_and_named(rendered: Path, tmp_path: Path) -> None:
    raw = dump_document(read_document(rendered / "documents" / "studio_0000.json"))
    texts = [item for item in raw["evidence"] if item["kind"] == "text"]
    if not texts:
        raw = dump_document(read_document(rendered / "documents" / "studio_0001.json"))
        texts = [item for item in raw["evidence"] if item["kind"] == "text"]
    for item in texts:
        item["value"] = "不买后悔 " * 20
    path = tmp_path / "long.json"
    path.write_bytes(dump_json(raw))
    plan, _, omitted = plan_of(read_document(path))
    assert len(omitted) == len(texts) > 0
    assert all(overlay.text.isascii() for shot in plan.shots for overlay in shot.overlays)
