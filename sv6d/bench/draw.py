"""Which questions about held-out videos become items: as many answers of each sort as there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from sv6d.bench.config import FeedbenchConfig
from sv6d.schema.document import Document
from sv6d.tasks.config import QuestionLimits
from sv6d.tasks.cut_time import TOLERANCE_NS
from sv6d.tasks.kind import Question
from sv6d.tasks.registry import questions
from sv6d.tasks.supported import question_id, single_movements, within
from sv6d.timeline import NS_PER_S


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could become an item, with the expert's document that answers it."""

    item_id: str
    document: Document
    question: Question


def expert_questions(document: Document, limits: QuestionLimits) -> list[Question]:
    """Every question that an expert's document answers. Its shots are truth, whatever it labels."""
    return within(limits, questions(document.shots, single_movements(document, min_confidence=0.0)))


def draw(documents: Sequence[Document], config: FeedbenchConfig) -> list[Candidate]:
    """At most `max_per_kind` candidates of each kind, sorted by item id.

    Within a kind, answers take turns (movements, counts, and for each N the half seconds of cut N),
    and those of the commonest answer are left out as far as it has more than `max_answer_share` of
    the kind and than the next one: so a constant answer is right no more often than it must be. The
    order of equals is that of the ids, which are hashes.
    """
    by_kind: dict[str, dict[tuple[str, str], list[Candidate]]] = {}
    for document in documents:
        for question in expert_questions(document, config.limits):
            candidate = Candidate(question_id(document.video.sha256, question), document, question)
            by_kind.setdefault(question.kind, {}).setdefault(_sort_of(question), []).append(candidate)
    chosen: list[Candidate] = []
    for by_answer in by_kind.values():
        queues = _levelled([sorted(queue, key=_item_id) for _, queue in sorted(by_answer.items())], config)
        in_turn = [candidate for candidate in chain.from_iterable(zip_longest(*queues)) if candidate is not None]
        chosen += in_turn[: config.max_per_kind]
    return sorted(chosen, key=_item_id)


def _levelled(queues: Sequence[list[Candidate]], config: FeedbenchConfig) -> list[list[Candidate]]:
    """The queues without the surplus of the longest one."""
    levelled = [list(queue) for queue in queues]
    while True:
        longest, *others = sorted(levelled, key=len, reverse=True)
        next_length = len(others[0]) if others else len(longest)
        if len(longest) <= max(next_length, config.max_answer_share * sum(map(len, levelled))):
            return levelled
        longest.pop()


def _sort_of(question: Question) -> tuple[str, str]:
    """What a constant answer would have to be to be right: prompt and answer, times within the tolerance."""
    if question.kind == "cut_time":
        return question.prompt, str(int(float(question.answer) * NS_PER_S) // TOLERANCE_NS)
    return question.prompt, question.answer


def _item_id(candidate: Candidate) -> str:
    return candidate.item_id
