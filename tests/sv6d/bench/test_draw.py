"""Items and baselines from expert documents."""

from __future__ import annotations

from collections import Counter

import pytest

from sv6d.bench.baselines import best_constant, constant_answer, learn_baselines
from sv6d.bench.config import FeedbenchConfig
from sv6d.bench.draw import draw, expert_questions
from sv6d.bench.items import Item
from sv6d.tasks.config import QuestionLimits
from sv6d.tasks.kind import Question
from tests.sv6d.handmade import document, ns, video_id

LIMITS = QuestionLimits(min_window_s=0.8, max_window_s=12.0)


def config(max_per_kind: int, max_answer_share: float = 1.0) -> FeedbenchConfig:
    return FeedbenchConfig(limits=LIMITS, min_items=1, max_per_kind=max_per_kind, max_answer_share=max_answer_share)


def moving(name: str, *movements: str) -> object:
    edges = [2.0 * i for i in range(len(movements) + 1)]
    return document(name, edges, [{"camera_movement": movement} for movement in movements])


def test_answers_take_turns_within_a_kind() -> None:
    documents = [moving(f"static{i}", "static", "static") for i in range(10)] + [moving("rare", "pan_left", "zoom_in")]
    chosen = draw(documents, config(4))  # type: ignore[arg-type]
    answers = Counter(c.question.answer for c in chosen if c.question.kind == "camera_movement")
    assert answers == {"pan_left": 1, "static": 2, "zoom_in": 1}
    assert Counter(c.question.kind for c in chosen) == {"camera_movement": 4, "cut_time": 4, "shot_count": 4}
    assert [c.item_id for c in chosen] == sorted(c.item_id for c in chosen)


def test_the_commonest_answer_is_thinned_out_but_never_below_the_next_one() -> None:
    documents = [moving(f"s{i}", *["static"] * 2) for i in range(8)] + [moving("p", "pan_left", "pan_left")]
    chosen = draw(documents, config(99, max_answer_share=0.75))  # type: ignore[arg-type]
    answers = Counter(c.question.answer for c in chosen if c.question.kind == "camera_movement")
    assert answers == {"static": 6, "pan_left": 2}
    level = draw(documents, config(99, max_answer_share=0.1))  # type: ignore[arg-type]
    assert Counter(c.question.answer for c in level if c.question.kind == "camera_movement") == {
        "static": 2,
        "pan_left": 2,
    }
    # All clips have two shots: with one answer there is nothing to level.
    assert sum(c.question.kind == "shot_count" for c in level) == 9


def test_the_draw_does_not_depend_on_the_order_of_documents() -> None:
    documents = [moving(f"v{i}", "static", "pan_left", "tilt_up") for i in range(6)]
    forward = draw(documents, config(5))  # type: ignore[arg-type]
    assert forward == draw(documents[::-1], config(5))  # type: ignore[arg-type]


def test_an_experts_shots_are_truth_without_labels() -> None:
    made = document("a", [0.0, 2.0, 5.0], [{}, {}], pacing=None)
    bare = made.model_copy(update={"labels": ()})
    assert [(q.kind, q.answer) for q in expert_questions(bare, LIMITS)] == [("cut_time", "2.0"), ("shot_count", "2")]


def question(kind: str, prompt: str, answer: str) -> Question:
    return Question(kind, 0, ns(8.0), f"{kind}/1", prompt, answer, 0, ns(8.0))


def item(number: int, kind: str, prompt: str, length_s: float = 8.0) -> Item:
    return Item(
        item_id=f"q_{number}",
        video_id=video_id("a"),
        cluster_id=video_id("a"),
        kind=kind,
        prompt_id=f"{kind}/1",
        prompt=prompt,
        start_ns=0,
        end_ns=ns(length_s),
    )


def test_the_best_constant_covers_most_cuts_within_the_tolerance() -> None:
    cuts = [question("cut_time", "cut 1", answer) for answer in ("2.0", "2.4", "2.8", "6.0", "6.0")]
    # 2.4 is within .5 s of three, 6.0 of two
    assert best_constant(cuts) == "2.4"


def test_baselines_by_kind_and_by_prompt() -> None:
    training = [
        *(question("cut_time", "cut 1", answer) for answer in ("2.0", "2.0", "2.0")),
        *(question("cut_time", "cut 2", answer) for answer in ("5.0", "5.0")),
        *(question("shot_count", "how many", answer) for answer in ("1", "2", "3", "3")),
    ]
    items = [item(1, "cut_time", "cut 2"), item(2, "cut_time", "cut 9"), item(3, "shot_count", "how many")]
    baselines = learn_baselines(training, items, {"q_1": "5.0", "q_2": "7.8", "q_3": "2"})
    assert [constant_answer(baselines, i, per_prompt=False) for i in items] == ["2.0", "2.0", "3"]
    assert [constant_answer(baselines, i, per_prompt=True) for i in items] == ["5.0", "2.0", "3"]
    # a uniform guess over 8 s: 1 s of it is right for 5.0; 0.7 s for 7.8, as the window ends
    assert baselines.chance["cut_time"] == pytest.approx((1.0 / 8.0 + 0.7 / 8.0) / 2)
    assert baselines.chance["shot_count"] == pytest.approx(1 / 3)
    assert constant_answer(baselines, item(4, "camera_movement", "how"), per_prompt=True) is None
