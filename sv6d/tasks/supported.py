"""Questions that a document answers, each with the labels and the evidence that its answer rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sv6d.fingerprint import fingerprint
from sv6d.schema.document import Document, Label, Shot
from sv6d.schema.fields import OTHER
from sv6d.tasks.config import QuestionLimits
from sv6d.tasks.kind import Question
from sv6d.tasks.registry import questions
from sv6d.timeline import NS_PER_S, Span

_ID_DIGITS = 16  # of 64 hexadecimal: 64 bits do not collide among the questions of one corpus


@dataclass(frozen=True, slots=True)
class SupportedQuestion:
    """A question with the ids of the labels and evidence behind its answer, sorted."""

    question: Question
    labels: tuple[str, ...]
    evidence: tuple[str, ...]


def question_id(video_id: str, question: Question) -> str:
    """Stable name of a question: a hash of video, kind, window and prompt; the answer is not in it."""
    asked = [video_id, question.kind, question.start_ns, question.end_ns, question.prompt_id, question.prompt]
    return f"q_{fingerprint(asked)[:_ID_DIGITS]}"


def supported_questions(
    document: Document, limits: QuestionLimits, *, min_confidence: float, kinds: Collection[str]
) -> list[SupportedQuestion]:
    """The questions that a document of kept labels answers without ambiguity, by kind and time.

    A cut is asked about where a sure `boundary_kind` label says that it is one; the count of shots
    where every boundary has such a label; a movement where the shot has exactly one, and sure,
    `camera_movement` label. "Sure" means a confidence of at least `min_confidence`.
    """
    cuts = [boundary_labels(document, shot, min_confidence) for shot in document.shots[1:]]
    found = []
    for question in within(limits, questions(document.shots, single_movements(document, min_confidence), kinds=kinds)):
        if question.kind == "camera_movement":
            labels = [
                label
                for label in document.labels
                if label.field == "camera_movement" and label.span.middle_ns in _about(question)
            ]
        elif question.kind == "cut_time":
            labels = cuts[_cut_index(document.shots, question)]
        else:
            labels = _count_labels(document, cuts)
        if labels:
            cited = {name for label in labels for name in label.evidence}
            found.append(SupportedQuestion(question, tuple(sorted(label.id for label in labels)), tuple(sorted(cited))))
    return found


def within(limits: QuestionLimits, asked: Sequence[Question]) -> list[Question]:
    """The questions whose window is neither too short nor too long."""
    low_ns, high_ns = limits.min_window_s * NS_PER_S, limits.max_window_s * NS_PER_S
    return [question for question in asked if low_ns <= question.end_ns - question.start_ns <= high_ns]


def single_movements(document: Document, min_confidence: float) -> list[tuple[Span, str]]:
    """The shots with exactly one camera movement, sure and in the vocabulary, and that movement."""
    found = []
    for shot in document.shots:
        labels = [
            label
            for label in document.labels
            if label.field == "camera_movement" and shot.span.contains(label.span.middle_ns)
        ]
        if len(labels) == 1 and labels[0].value != OTHER and labels[0].confidence >= min_confidence:
            found.append((shot.span, labels[0].value))
    return found


def boundary_labels(document: Document, shot: Shot, min_confidence: float) -> list[Label]:
    """The sure `boundary_kind` labels of the boundary by which a shot begins."""
    return [
        label
        for label in document.labels
        if label.field == "boundary_kind" and label.confidence >= min_confidence and _is_at(label, shot)
    ]


def _is_at(label: Label, shot: Shot) -> bool:
    if shot.boundary_in is None:
        return label.start_ns <= shot.start_ns <= label.end_ns
    return label.span.overlap_ns(shot.boundary_in.span) > 0


def _count_labels(document: Document, cuts: Sequence[Sequence[Label]]) -> list[Label]:
    """Labels that say how many shots there are: of every boundary, or, with no boundary, of the pacing."""
    if not cuts:
        return [label for label in document.labels if label.field == "pacing"]
    return [label for labels in cuts for label in labels] if all(cuts) else []


def _about(question: Question) -> range:
    return range(question.about_start_ns, question.about_end_ns)


def _cut_index(shots: Sequence[Shot], question: Question) -> int:
    """Which boundary a question about a cut asks for: the one between the two shots that it is about."""
    edges = [(before.start_ns, after.end_ns) for before, after in pairwise(shots)]
    return edges.index((question.about_start_ns, question.about_end_ns))
