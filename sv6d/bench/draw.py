"""Which questions about held-out videos become items: as many answers of each sort as there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from sv6d.schema.document import Document
from sv6d.tasks.config import QuestionLimits
from sv6d.tasks.kind import Question
from sv6d.tasks.registry import questions
from sv6d.tasks.supported import question_id, single_movements, within


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could become an item, with the expert's document that answers it."""

    item_id: str
    document: Document
    question: Question


def expert_questions(document: Document, limits: QuestionLimits) -> list[Question]:
    """Every question that an expert's document answers. Its shots are truth, whatever it labels."""
    return within(limits, questions(document.shots, single_movements(document, min_confidence=0.0)))


def draw(documents: Sequence[Document], limits: QuestionLimits, max_per_kind: int) -> list[Candidate]:
    """At most `max_per_kind` candidates of each kind, sorted by item id.

    Within a kind, answers take turns (movements, counts, whole seconds of cuts), so that no constant
    answer is right more often than it must be; the order of equals is that of the ids, which are hashes.
    """
    by_kind: dict[str, dict[str, list[Candidate]]] = {}
    for document in documents:
        for question in expert_questions(document, limits):
            candidate = Candidate(question_id(document.video.sha256, question), document, question)
            by_kind.setdefault(question.kind, {}).setdefault(_sort_of(question), []).append(candidate)
    chosen: list[Candidate] = []
    for by_answer in by_kind.values():
        queues = [sorted(queue, key=_item_id) for _, queue in sorted(by_answer.items())]
        in_turn = [candidate for candidate in chain.from_iterable(zip_longest(*queues)) if candidate is not None]
        chosen += in_turn[:max_per_kind]
    return sorted(chosen, key=_item_id)


def _sort_of(question: Question) -> str:
    return question.answer.partition(".")[0] if question.kind == "cut_time" else question.answer


def _item_id(candidate: Candidate) -> str:
    return candidate.item_id
