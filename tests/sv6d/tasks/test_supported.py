"""Questions that kept labels support, and those that they do not."""

from __future__ import annotations

from sv6d.schema.document import Document
from sv6d.tasks.config import QuestionLimits
from sv6d.tasks.registry import KINDS
from sv6d.tasks.supported import question_id, supported_questions
from tests.sv6d.handmade import document, video_id

LIMITS = QuestionLimits(min_window_s=0.8, max_window_s=12.0)
VALUES = ({"camera_movement": "pan_left"}, {"camera_movement": "static"}, {"camera_movement": "zoom_in"})


def asked(
    made: Document, min_confidence: float = 0.5
) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    found = supported_questions(made, LIMITS, min_confidence=min_confidence, kinds=KINDS)
    return {(s.question.kind, s.question.answer): (s.labels, s.evidence) for s in found}


def without(made: Document, label_id: str) -> Document:
    return made.model_copy(update={"labels": tuple(label for label in made.labels if label.id != label_id)})


def test_each_question_cites_the_labels_and_evidence_of_its_answer() -> None:
    found = asked(document("a", [0.0, 2.0, 4.5, 7.0], VALUES, boundary_kinds=["hard_cut", "dissolve"]))
    assert found == {
        ("cut_time", "2.0"): (("l1.boundary",), ("e1.boundary",)),
        ("cut_time", "4.5"): (("l2.boundary",), ("e2.boundary",)),
        ("shot_count", "3"): (("l1.boundary", "l2.boundary"), ("e1.boundary", "e2.boundary")),
        ("camera_movement", "pan_left"): (("l0.camera_movement.pan_left",), ("e0.camera_movement",)),
        ("camera_movement", "static"): (("l1.camera_movement.static",), ("e1.camera_movement",)),
        ("camera_movement", "zoom_in"): (("l2.camera_movement.zoom_in",), ("e2.camera_movement",)),
    }


def test_a_boundary_without_a_kept_label_leaves_its_cut_and_the_count_unasked() -> None:
    made = document("a", [0.0, 2.0, 4.5, 7.0], VALUES)
    found = asked(without(made, "l1.boundary"))
    assert ("cut_time", "2.0") not in found
    assert ("cut_time", "4.5") in found
    assert not [key for key in found if key[0] == "shot_count"]


def test_unsure_labels_support_nothing() -> None:
    assert asked(document("a", [0.0, 2.0, 4.5], VALUES, confidence=0.4)) == {}
    assert asked(document("a", [0.0, 2.0, 4.5], VALUES, confidence=0.4), min_confidence=0.4)


def test_a_shot_with_two_movements_is_not_asked_about() -> None:
    made = document("a", [0.0, 2.0, 4.0], [{"camera_movement": ("pan_left", "zoom_in")}, {"camera_movement": "static"}])
    assert [key for key in asked(made) if key[0] == "camera_movement"] == [("camera_movement", "static")]


def test_windows_outside_the_limits_are_not_asked_about() -> None:
    short = asked(document("a", [0.0, 0.5, 4.5], VALUES))
    assert ("camera_movement", "pan_left") not in short
    assert ("camera_movement", "static") in short
    long = asked(document("a", [0.0, 4.0, 12.5], VALUES))
    assert {kind for kind, _ in long} == {"camera_movement"}


def test_a_single_shot_is_counted_where_the_pacing_was_measured() -> None:
    assert asked(document("a", [0.0, 4.0], [{}])) == {("shot_count", "1"): (("l.pacing",), ("e.pacing",))}
    assert asked(document("a", [0.0, 4.0], [{}], pacing=None)) == {}


def test_names_of_questions_differ_between_questions_and_videos_and_do_not_hold_the_answer() -> None:
    first, second = document("a", [0.0, 2.0, 4.5, 7.0], VALUES), document("b", [0.0, 2.2, 4.9, 7.0], VALUES)
    a, b = (
        [s.question for s in supported_questions(made, LIMITS, min_confidence=0.5, kinds=KINDS)]
        for made in (first, second)
    )
    names = [question_id(video_id("a"), q) for q in a]
    assert len(set(names)) == len(names)
    assert not set(names) & {question_id(video_id("b"), q) for q in a}
    same_prompt = [question_id(video_id("a"), q) for q in b if q.kind == "cut_time"]
    assert same_prompt == [question_id(video_id("a"), q) for q in a if q.kind == "cut_time"]
