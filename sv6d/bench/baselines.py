"""What can be scored without looking at a video: blind chance, and the best constant answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from sv6d.bench.items import Baselines, Item
from sv6d.tasks.camera_movement import MOVEMENTS
from sv6d.tasks.cut_time import TOLERANCE_NS
from sv6d.tasks.kind import Question
from sv6d.tasks.registry import is_correct
from sv6d.timeline import NS_PER_S

BASELINES = ("best_constant", "best_constant_per_prompt")  # names among the models of the records


def learn_baselines(training: Sequence[Question], items: Sequence[Item], answers: Mapping[str, str]) -> Baselines:
    """Constants from the training questions; chance for the items.

    Chance is a uniform guess: over the seven movements; over the counts that training documents
    have; over the window for the time of a cut (the share of it within the tolerance of the answer).
    """
    kinds = sorted({question.kind for question in training})
    prompts = sorted({question.prompt for question in training})
    counts = {question.answer for question in training if question.kind == "shot_count"}
    return Baselines(
        best_constant={kind: best_constant([q for q in training if q.kind == kind]) for kind in kinds},
        best_constant_per_prompt={
            prompt: best_constant([q for q in training if q.prompt == prompt]) for prompt in prompts
        },
        chance={
            kind: _mean([_chance(item, answers[item.item_id], counts) for item in items if item.kind == kind])
            for kind in sorted({item.kind for item in items})
        },
        num_training_questions={kind: sum(q.kind == kind for q in training) for kind in kinds},
    )


def best_constant(questions: Sequence[Question]) -> str:
    """The answer that is right most often over questions of one kind; of equals the first in order."""
    answers = sorted({question.answer for question in questions})
    return max(answers, key=lambda answer: sum(bool(is_correct(q.kind, answer, q.answer)) for q in questions))


def constant_answer(baselines: Baselines, item: Item, *, per_prompt: bool) -> str | None:
    """The baseline's answer to an item; None where training documents have no question of its kind."""
    fallback = baselines.best_constant.get(item.kind)
    return baselines.best_constant_per_prompt.get(item.prompt, fallback) if per_prompt else fallback


def _chance(item: Item, answer: str, counts: set[str]) -> float:
    if item.kind == "camera_movement":
        return 1.0 / len(MOVEMENTS)
    if item.kind == "shot_count":
        return float(answer in counts) / len(counts) if counts else 0.0
    cut_ns = round(float(answer) * NS_PER_S)
    low_ns, high_ns = max(item.start_ns, cut_ns - TOLERANCE_NS), min(item.end_ns, cut_ns + TOLERANCE_NS)
    return max(0, high_ns - low_ns) / item.span.length_ns


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
