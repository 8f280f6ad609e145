"""The registry against the strings that public extractors get wrong, and the shape of the reward."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sv6d.errors import InputError
from sv6d.schema.document import Boundary, Shot
from sv6d.schema.fields import field_of
from sv6d.tasks.registry import KINDS, is_correct, kind_of, parse, questions, reward
from sv6d.timeline import NS_PER_S, Span


def shot(number: int, start_s: float, end_s: float, boundary: tuple[str, float, float] | None = None) -> Shot:
    made = None
    if boundary is not None:
        kind, from_s, to_s = boundary
        made = Boundary(kind=kind, start_ns=ns(from_s), end_ns=ns(to_s), score=1.0, detector="test")  # type: ignore[arg-type]
    return Shot(id=f"s{number}", start_ns=ns(start_s), end_ns=ns(end_s), boundary_in=made)


def ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)


@pytest.mark.parametrize(
    ("completion", "parsed"),
    [
        ("2.4", "2.4"),
        (" 2.4 s.", "2.4"),
        ("2.4s", "2.4"),
        ("3", "3.0"),
        ("2.45", "2.5"),
        ("**2.4**", "2.4"),
        ("Cut 2 is at 3.4 seconds.", "3.4"),
        ("The 2nd cut happens at 3.4 s", "3.4"),
        ("3.4 seconds, so 3.4", "3.4"),
        ("Because the first part ends at 1.0, the answer is 2.4", "2.4"),
        ("A scene starts at 1.0. Answer: 2.4", "2.4"),
        ("<think>1.0 seems wrong</think> 2.4", "2.4"),
        ("1.0 seems wrong</think>2.4", "2.4"),
        ("It is unclear, but the answer is 2.4", "2.4"),
        # nothing, abstentions, negations
        ("", None),
        ("seconds", None),
        ("I cannot determine", None),
        ("I can't tell, 2.4", None),
        ("I don’t know", None),
        ("None of the above", None),
        ("It is not 2.4", None),
        ("not 3, 4", None),
        ("The answer is not 2.4", None),
        ("<think>2.4", None),
        ("<think>2.4</think>", None),
        # several answers
        ("2.4 or 3.1", None),
        ("between 2 and 3.4 s", None),
        ("Answer: 2.4. Answer: 3.1", None),
        # malformed numbers
        ("2-3", None),
        ("-2.4", None),
        ("1:02", None),
        ("2.4.1", None),
        ("2,4", None),
        ("2.4x", None),
        ("9999999999", None),
        ("2.4 2.", None),
    ],
)
def test_cut_time_is_read_only_where_the_text_says_one_time(completion: str, parsed: str | None) -> None:
    assert parse("cut_time", completion) == parsed


@pytest.mark.parametrize(
    ("completion", "parsed"),
    [
        ("3", "3"),
        ("03", "3"),
        ("three", "3"),
        ("Three shots.", "3"),
        ("There are 2 cuts, so 3 shots.", "3"),
        ("Two cuts, three shots", "3"),
        ("3 shots in 6 seconds", "3"),
        ("3.5", None),
        ("3 or 4", None),
        ("There are no shots", None),
        ("I cannot count", None),
        ("-3", None),
        ("many", None),
        ("2 cuts", None),
    ],
)
def test_shot_count_is_read_only_where_the_text_says_one_number(completion: str, parsed: str | None) -> None:
    assert parse("shot_count", completion) == parsed


@pytest.mark.parametrize(
    ("completion", "parsed"),
    [
        ("pan_left", "pan_left"),
        ("Pan left.", "pan_left"),
        ("zoom-in", "zoom_in"),
        ("**static**", "static"),
        ("The camera is static", "static"),
        ("A tilt_up seems odd. Answer: pan_right", "pan_right"),
        ("<think>static seems wrong</think> zoom_out", "zoom_out"),
        ("not pan_left", None),
        ("neither pan_left nor pan_right", None),
        ("pan_left pan_right", None),
        ("pan_left, pan_right, static, tilt_down, tilt_up, zoom_in, zoom_out", None),
        ("pan_leftish", None),
        ("statically", None),
        ("pan", None),
        ("", None),
        ("C", None),
    ],
)
def test_camera_movement_is_read_only_where_the_text_names_one_value(completion: str, parsed: str | None) -> None:
    assert parse("camera_movement", completion) == parsed


def test_questions_over_a_timeline() -> None:
    shots = [
        shot(0, 0.0, 1.96),
        shot(1, 1.96, 4.2, ("hard_cut", 1.92, 1.96)),
        shot(2, 4.2, 6.0, ("dissolve", 4.0, 4.6)),
        shot(3, 6.0, 9.0, ("fade", 5.0, 6.5)),
    ]
    asked = questions(shots, [(Span(ns(4.2), ns(6.0)), "static"), (Span(0, ns(1.96)), "pan_left")])
    assert [(q.kind, q.answer) for q in asked] == [
        ("cut_time", "2.0"),
        ("cut_time", "4.3"),
        ("shot_count", "4"),
        ("camera_movement", "pan_left"),
        ("camera_movement", "static"),
    ]
    assert {(q.start_ns, q.end_ns) for q in asked[:3]} == {(0, ns(9.0))}
    assert (asked[4].start_ns, asked[4].end_ns) == (ns(4.2), ns(6.0))
    assert "cut 2" in asked[1].prompt
    # What an answer rests on: the shots around the cut.
    assert (asked[1].about_start_ns, asked[1].about_end_ns) == (ns(1.96), ns(6.0))


def test_a_transition_too_long_for_the_tolerance_is_not_asked_about_and_still_counts() -> None:
    shots = [shot(0, 0.0, 2.0), shot(1, 2.0, 5.0, ("fade", 1.0, 2.5)), shot(2, 5.0, 6.0, ("hard_cut", 4.9, 5.0))]
    asked = questions(shots, [], kinds=("cut_time",))
    assert [(q.answer, "cut 2" in q.prompt) for q in asked] == [("5.0", True)]


def test_every_question_is_answered_right_by_its_own_answer() -> None:
    field = field_of("camera_movement")
    assert field is not None
    shots = [shot(0, 0.0, 2.0), shot(1, 2.0, 5.0, ("hard_cut", 1.9, 2.0))]
    movements = [(Span(ns(i), ns(i + 1)), value) for i, value in enumerate(field.values)]
    asked = questions(shots, movements)
    assert {q.kind for q in asked} == set(KINDS)
    for question in asked:
        assert is_correct(question.kind, question.answer, question.answer) is True
        assert reward(question.kind, question.answer, question.answer) == 1.0
        assert question.prompt_id.startswith(f"{question.kind}/")


def test_cut_time_is_right_within_half_a_second() -> None:
    assert is_correct("cut_time", "2.9", "2.4") is True
    assert is_correct("cut_time", "1.9", "2.4") is True
    assert is_correct("cut_time", "3.0", "2.4") is False
    assert is_correct("cut_time", "I cannot determine", "2.4") is None


def test_reward_falls_with_distance() -> None:
    rewards = [reward("cut_time", text, "2.4") for text in ("2.4", "2.6", "3.0", "9.0")]
    assert rewards == sorted(rewards, reverse=True)  # type: ignore[type-var]
    assert rewards[0] == 1.0
    assert rewards[-1] == 0.0
    near, far = reward("shot_count", "3", "4"), reward("shot_count", "1", "4")
    assert near is not None
    assert far is not None
    assert 1.0 > near > far


@pytest.mark.parametrize(
    ("kind", "answer", "longer"),
    [
        ("cut_time", "2.4", ["2.4", "2.4.", "2.4 seconds", "The cut is at 2.4 seconds", "x " * 200 + "2.4"]),
        ("shot_count", "3", ["3", "3.", "3 shots", "There are 3 shots", "<think>hm</think> There are 3 shots"]),
        ("camera_movement", "static", ["static", "static.", "It is static", "The camera is quite static here"]),
    ],
)
def test_reward_falls_with_every_character_beyond_the_answer(kind: str, answer: str, longer: list[str]) -> None:
    rewards = [reward(kind, text, answer) for text in longer]
    assert all(value is not None and 0.0 < value <= 1.0 for value in rewards)
    assert all(a > b for a, b in pairwise(rewards))  # type: ignore[operator]


def test_an_unreadable_completion_earns_nothing_and_an_unscorable_question_is_no_measurement() -> None:
    assert reward("cut_time", "I cannot determine", "2.4") == 0.0
    assert reward("cut_time", "2.4", "") is None
    assert reward("cut_time", "2.4", "at the end") is None
    assert reward("camera_movement", "static", "other") is None
    assert reward("shot_count", "3", "three") is None


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(InputError, match="cut_times"):
        kind_of("cut_times")
