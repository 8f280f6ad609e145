"""A document becomes a plan that shows what it says; what can not be drawn is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.errors import InputError
from sv6d.events import Events
from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.schema.document import Boundary, Document
from sv6d.schema.versions import dump_document, read_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.from_document import plan_of
from sv6d.studio.studio import render_document, render_folder
from sv6d.timeline import NS_PER_S
from tests.sv6d.handmade import document

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
    plan, omitted = plan_of(asked)
    human = next(label.id for label in asked.labels if label.value == "human")
    assert [item.name for item in omitted] == [human]
    assert (plan.shots[0].camera.movement, plan.shots[0].look.lighting_key) == ("tilt_up", "low_key")
    assert plan.shots[1].subject.kind == "food"


def test_a_wipe_is_drawn_as_a_cut_and_says_so() -> None:
    asked = document("wipe", (0.0, 2.0, 4.0), [{}, {}])
    wipe = Boundary(kind="wipe", start_ns=NS_PER_S, end_ns=2 * NS_PER_S, score=1.0, detector="made")
    second = asked.shots[1].model_copy(update={"boundary_in": wipe})
    labels = tuple(label for label in asked.labels if label.field != "boundary_kind")
    plan, omitted = plan_of(asked.model_copy(update={"shots": (asked.shots[0], second), "labels": labels}))
    assert [item.name for item in omitted] == [second.id]
    assert plan.shots[1].transition is not None
    assert plan.shots[1].transition.kind == "hard_cut"


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
    plan, omitted = plan_of(read_document(path))
    assert len(omitted) == len(texts) > 0
    assert all(overlay.text.isascii() for shot in plan.shots for overlay in shot.overlays)
